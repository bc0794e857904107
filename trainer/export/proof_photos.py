"""The photos by which an export is judged: those kept back for the run's test, and some that are hard to read."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from PIL import Image

from trainer.core.errors import TrainerError
from trainer.core.text import text
from trainer.dataset.photo import read_photo_file
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.drawings.drawing import draw
from trainer.storage.model_description import ModelDescription
from trainer.storage.run_folder import RunFolder

MOST = 1000
"""Test photos at most, spread evenly over all of them: more take longer and show nothing new."""
DRAWINGS = 40
_SIDEWAYS = 6  # of EXIF's orientations: as a phone that is held upright writes it
_EXIF_ORIENTATION = 0x0112

_T = TypeVar("_T")


class ProofPhoto(NamedTuple):
    """A photo as the bytes of a file."""

    name: str
    read: Callable[[], bytes]
    """Raises PhotoError where it can no longer be read."""
    target: int | None = None
    """The index of its class, where that is known."""


class ProofPhotos(NamedTuple):
    """The photos for a proof. Close the source when they are done with."""

    photos: tuple[ProofPhoto, ...]
    source: PhotoSource | None


def test_photos(model: Path, description: ModelDescription, note: Callable[[str], None]) -> ProofPhotos:
    """Return the test photos of the run that a model is of; drawings, where there are none. `note` is told so."""
    run = RunFolder(model.absolute().parent)
    if run.model == model.absolute() and run.split.is_file():
        try:
            dataset = run.read_dataset()
            photos = dataset.of_split("test")
            if photos and dataset.classes == description.classes:
                source = open_source(dataset.choice)
                return ProofPhotos(
                    tuple(
                        ProofPhoto(photo.path, partial(source.read, photo.path), photo.class_index)
                        for photo in _spread(photos, MOST)
                    ),
                    source,
                )
        except TrainerError as error:
            note(text("The test photos of this model's run cannot be read. {reason}", reason=error.what))
    note(text("There are no test photos at hand, so the export is judged by practice drawings."))
    return ProofPhotos(tuple(drawings()), None)


def of_files(files: list[Path]) -> tuple[ProofPhoto, ...]:
    """Return photos of files."""
    return tuple(ProofPhoto(str(file), partial(read_photo_file, file)) for file in files)


def drawings() -> Iterator[ProofPhoto]:
    """Yield practice drawings of several sizes, as JPEG files."""
    for number in range(DRAWINGS):
        animal = draw("dog" if number % 2 else "cat", 7_000 + number, (200 + 9 * number, 150 + 7 * number))
        yield ProofPhoto(text("drawing {number}", number=number + 1), partial(_file, animal, "JPEG"))


def hard_photos() -> tuple[ProofPhoto, ...]:
    """Return photos of the kinds that exports get wrong elsewhere, made on the spot."""
    cat, dog = draw("cat", 7_100, (640, 480)), draw("dog", 7_101, (480, 640))
    turned = Image.Exif()
    turned[_EXIF_ORIENTATION] = _SIDEWAYS
    grey = np.asarray(dog.convert("L")).astype(np.uint16) * 257
    clear = cat.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(cat.size))
    both = Image.new("RGB", (960, 640))
    both.paste(cat.resize((480, 640)), (0, 0))
    both.paste(dog, (480, 0))
    made: dict[str, Callable[[], bytes]] = {
        text("turned by EXIF"): partial(_file, cat, "JPEG", exif=turned),
        text("grey"): partial(_file, cat.convert("L"), "JPEG"),
        text("CMYK"): partial(_file, dog.convert("CMYK"), "JPEG"),
        text("16 bits"): partial(_file, Image.fromarray(grey), "PNG"),
        text("transparent"): partial(_file, clear, "PNG"),
        text("both animals"): partial(_file, both, "PNG"),
        text("1 × 4000 pixels"): partial(_file, dog.resize((1, 4000)), "PNG"),
        text("4000 × 1 pixels"): partial(_file, cat.resize((4000, 1)), "PNG"),
        text("6000 × 4000 pixels"): lambda: _file(cat.resize((6000, 4000), Image.Resampling.BICUBIC), "JPEG"),
    }
    return tuple(ProofPhoto(name, read) for name, read in made.items())


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _spread(items: Sequence[_T], most: int) -> Sequence[_T]:
    """Return at most so many items, evenly from all of them."""
    return items if len(items) <= most else [items[len(items) * place // most] for place in range(most)]
