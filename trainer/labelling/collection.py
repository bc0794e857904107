"""The user's collection of corrected and remembered photos: a file of labels for each pair of classes."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from trainer.dataset.label_file import ENDING, KnownPhoto, Label, LabelFile, class_pair
from trainer.dataset.photo import check_photo, read_photo_file
from trainer.dataset.records import digest
from trainer.dataset.sources.reference_source import key_of_place
from trainer.files.atomic import write_atomically
from trainer.files.paths import labels_folder


def collection_path(classes: tuple[str, str]) -> Path:
    """Return the file of the collection for these classes, in whichever order."""
    first, second = class_pair(classes)
    plain = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in f"{first} and {second}")
    return labels_folder() / f"My corrections, {plain[:80]}{ENDING}"


def remember(classes: tuple[str, str], label: Label | None, photos: Sequence[Path | bytes]) -> int:
    """Say the same of photos, as one act; None forgets them. Return how many the collection holds then.

    A photo given as bytes, such as one that was pasted, is saved in the user's data folder first. Raises PhotoError for
    one that cannot be read, DatasetError and DiskError; then nothing was said.
    """
    entries = [_entry(photo) for photo in photos]
    path = collection_path(classes)
    with LabelFile.open(path) if path.exists() else LabelFile.create(path, classes) as file:
        taken = {photo.key for photo in file.photos.values()}
        file.add_photos(entry for entry in entries if entry.digest not in file.photos and entry.key not in taken)
        file.say(label, [entry.digest for entry in entries if entry.digest in file.photos])
        return len(file.labels)


def _entry(photo: Path | bytes) -> KnownPhoto:
    place = photo.absolute() if isinstance(photo, Path) else _saved(photo)
    content = read_photo_file(place)
    width, height = check_photo(content)
    status = place.stat()
    return KnownPhoto(
        digest=digest(content),
        path=str(place),
        key=key_of_place(place),
        bytes=len(content),
        modified_ns=status.st_mtime_ns,
        width=width,
        height=height,
    )


def _saved(content: bytes) -> Path:
    """Keep a photo that has no file. Raises PhotoError where it is none."""
    check_photo(content)
    ending = ".png" if content.startswith(b"\x89PNG") else ".bmp" if content.startswith(b"BM") else ".jpg"
    place = labels_folder() / "photos" / f"{blake2b(content, digest_size=8).hexdigest()}{ending}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, content)
    return place
