"""The practice dataset: a folder of drawings, to try training before one has photos."""

import tempfile
from pathlib import Path

from trainer.core.errors import CancelledError, DatasetError, DiskError, SettingError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.drawings.drawing import Animal, draw

# Enough for the classic network to learn from in three epochs, and drawn in half a minute.
DEFAULT_COUNT = 3000
FEWEST, MOST = 20, 20_000
SIZE = (200, 150)
JPEG_QUALITY = 88


def draw_dataset(
    folder: Path,
    *,
    count: int = DEFAULT_COUNT,
    seed: int = 0,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> int:
    """Draw `folder/cats/cat.0000.jpg`, `folder/dogs/dog.0000.jpg` and so on, and return how many.

    `count` is from 20 to 20,000; of an odd count, one less is drawn, so that half of them are cats. `folder` must be
    empty or not exist, and appears whole or not at all. Raises SettingError for a count out of range, DatasetError
    where something is in the way, DiskError, and CancelledError.
    """
    if not FEWEST <= count <= MOST:
        raise SettingError(
            text(
                "The number of drawings must be from {fewest} to {most}, and {count} was given.",
                fewest=str(FEWEST),
                most=str(MOST),
                count=str(count),
            ),
            remedy=text("Choose one in that range, such as {usual}.", usual=str(DEFAULT_COUNT)),
        )
    try:
        folder = folder.resolve()  # a link to an empty folder is as good as the folder
        refuse_occupied(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".drawing-", dir=folder.parent) as name:
            drawn = _fill(Path(name) / "set", count // 2, seed, progress, cancelled)
            refuse_occupied(folder)  # another process may have filled it meanwhile
            if folder.exists():
                folder.rmdir()
            (Path(name) / "set").rename(folder)
    except OSError as error:
        raise DiskError(
            text(
                "The drawings cannot be written to {folder} ({reason}).",
                folder=folder,
                reason=error.strerror or error,
            ),
            remedy=text("Choose another folder, or free some space."),
            path=folder,
        ) from error
    return drawn


def refuse_occupied(folder: Path) -> None:
    """Raise DatasetError unless the folder is empty or not there."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise DatasetError(
            text("{folder} is there already and not empty.", folder=folder),
            remedy=text("Name a new folder for the drawings."),
            path=folder,
        )


def _fill(folder: Path, each: int, seed: int, progress: Progress, cancelled: Cancelled) -> int:
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
    total = 2 * each
    for number in range(total):
        if cancelled():
            raise CancelledError(text("Cancelled while drawing."))
        animal: Animal = "dog" if number % 2 else "cat"
        # Each dataset has its own range of seeds, so that no two share a drawing.
        image = draw(animal, seed * MOST + number // 2, SIZE)
        image.save(folder / f"{animal}s" / f"{animal}.{number // 2:04}.jpg", quality=JPEG_QUALITY)
        progress(number + 1, total)
    return total
