"""What can be read from the name of a folder or file: a split, a class, a prefix before a number."""

import unicodedata
from collections.abc import Sequence

from trainer.dataset.records import SplitName

_SPLIT_NAMES: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "training_set", "train_set"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validation_set", "val_set"), "validation"),
    **dict.fromkeys(("test", "testing", "test_set"), "test"),
}

PET_NAMES = {"cat": "cat", "cats": "cat", "dog": "dog", "dogs": "dog"}
"""Spellings of the two classes that CatDog is about, so that all datasets of them agree."""

PHOTO_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"}
    | {".tif", ".tiff", ".heic", ".heif", ".hif", ".avif"}
)
"""What the files of photos end with, in lower case."""

_DOCUMENT_ENDINGS = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".log", ".md"}
    | {".rst", ".html", ".htm", ".py", ".ipynb", ".m", ".mat", ".npy", ".npz", ".pkl", ".pickle", ".h5", ".db"}
)

_CAMERA_PREFIXES = frozenset(
    {"img", "image", "images", "dsc", "dscn", "dscf", "pxl", "p", "pic", "picture", "photo", "mvi", "gopr", "dji"}
    | {"screenshot", "scan", "wp", "sam", "foto"}
)
"""Names that cameras and programs give to every photo, so they are not classes."""

_DIGITS = "0123456789"
_SEPARATORS = " ._-()"


def folders(path: str) -> tuple[str, ...]:
    """Return the names of the folders that a path goes through."""
    return tuple(path.split("/")[:-1])


def stem(path: str) -> str:
    """Return the file's name without its ending."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def ending(path: str) -> str:
    """Return the file's ending with its dot, in lower case; empty where it has none."""
    before, dot, after = path.rpartition("/")[2].rpartition(".")
    return dot + after.lower() if before else ""


def is_photo_name(path: str) -> bool:
    """Say whether a file has the ending of a photo."""
    return ending(path) in PHOTO_ENDINGS


def is_document(path: str) -> bool:
    """Say whether a file has the ending of the notes and lists that come with photos."""
    return ending(path) in _DOCUMENT_ENDINGS


def class_key(name: str) -> str:
    """Return the key that class names are compared by: "Cats" and "cat" have the same, "Siamese" and "siamese" too."""
    key = unicodedata.normalize("NFC", name).casefold()
    return PET_NAMES.get(key, key)


def split_of(names: Sequence[str]) -> SplitName | None:
    """Return the split that the innermost of these folders is called after; None where none is."""
    return next((_SPLIT_NAMES[name.casefold()] for name in reversed(names) if is_split(name)), None)


def is_split(name: str) -> bool:
    """Say whether a folder is called after a split."""
    return name.casefold() in _SPLIT_NAMES


def is_like_split(name: str) -> bool:
    """Say whether a folder is called after a split, perhaps with a number (Kaggle's `test1`): it is not a class."""
    return is_split(name.rstrip(_DIGITS))


def numbered_prefix(path: str) -> str:
    """Return what comes before the number of a file name ("cat" of `cat_001.jpg`, `Cat (1).jpg`, `cat12.jpg`).

    Empty where there is no number, nothing before it, or only a name that cameras give.
    """
    name = stem(path).rstrip(" )")
    prefix = name.rstrip(_DIGITS)
    if prefix == name:
        return ""
    prefix = prefix.rstrip(_SEPARATORS)
    known_to_cameras = prefix.casefold().rstrip(_DIGITS + _SEPARATORS) in _CAMERA_PREFIXES
    return "" if known_to_cameras else prefix


def pet_prefix(path: str) -> str:
    """Return "cat" or "dog" where the file name starts with that word, and empty where it does not."""
    name = stem(path).casefold()
    letters = len(name) - len(name.lstrip("abcdefghijklmnopqrstuvwxyz"))
    more = name[letters : letters + 1]
    return "" if more.isalpha() else PET_NAMES.get(name[:letters], "")
