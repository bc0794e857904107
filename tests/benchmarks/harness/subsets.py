"""Smaller and larger datasets made of the given ones, beside them and never in them."""

import os
import shutil
import zipfile
from pathlib import Path


def few(dataset: Path, folder: Path, *, each: int) -> Path:
    """Return a folder of links to the first photos of every class: so many to train, half as many in other splits."""
    for source in sorted(path for path in dataset.glob("*/*") if path.is_dir()):
        target = folder / source.relative_to(dataset)
        target.mkdir(parents=True)
        count = each if source.parent.name == "train" else each // 2
        for photo in sorted(source.iterdir())[:count]:
            (target / photo.name).symlink_to(photo.resolve())
    return folder


def unpack(archive: Path, folder: Path) -> list[Path]:
    """Unpack a zip of cat.0.jpg, dog.0.jpg, … and return its photos: cats and dogs by turns, by number."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    photos = sorted(folder.rglob("*.jpg"), key=_number)
    cats = [photo for photo in photos if photo.name.startswith("cat")]
    dogs = [photo for photo in photos if photo.name.startswith("dog")]
    return [photo for pair in zip(cats, dogs, strict=True) for photo in pair]


def subset(photos: list[Path], count: int, folder: Path) -> Path:
    """Return a folder of so many photos in cats/ and dogs/, by hard links.

    Where there are not enough photos they come again with other bytes and the same pixels (a JPEG comment with the
    number of the round), so that they are no exact copies to the engine.
    """
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
    for place in range(count):
        photo, again = photos[place % len(photos)], place // len(photos)
        target = folder / f"{photo.name[:3]}s" / f"{again}-{photo.name}"
        if again:
            target.write_bytes(commented(photo.read_bytes(), f"copy {again}".encode()))
        else:
            _link(photo, target)
    return folder


def commented(jpeg: bytes, comment: bytes) -> bytes:
    """Return a JPEG with a comment behind its first marker: the same picture in other bytes."""
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return jpeg[:2] + segment + jpeg[2:]


def _number(photo: Path) -> int:
    return int(photo.name.split(".")[1])


def _link(photo: Path, target: Path) -> None:
    try:
        os.link(photo, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(photo, target)
