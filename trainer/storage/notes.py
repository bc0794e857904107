"""What the user wrote about a run or a model: a small text file beside it, which nothing else depends on."""

from contextlib import suppress
from pathlib import Path

from trainer.core.errors import ModelFileError
from trainer.core.text import text
from trainer.files.atomic import disk_errors, write_atomically
from trainer.storage.model_list import OF_RUN, is_starter

LONGEST = 10_000
"""More letters than this are no note: they are cut off when it is read."""


def note_file(path: Path) -> Path:
    """Return where the note on a model is: in its run's folder, or beside a file that came from elsewhere."""
    return path.with_name("note.txt" if path.name == OF_RUN else f"{path.stem}.note.txt")


def read_note(path: Path) -> str:
    """Return the note on a model, "" where there is none or it cannot be read."""
    with suppress(OSError):
        file = note_file(path)
        if file.is_file():  # to open a pipe would wait for whoever writes into it
            with file.open(encoding="utf-8", errors="replace") as opened:
                return opened.read(LONGEST).strip()
    return ""


def write_note(path: Path, words: str) -> None:
    """Keep a note on a model or on its run; "" takes it away.

    Raises ModelFileError for the starter model and for what is no text, DiskError where it cannot be written.
    """
    if is_starter(path):
        raise ModelFileError(text("The starter model comes with CatDog and stays as it is."), path=path)
    refuse_no_text(words, path)
    words = words.strip()[:LONGEST]
    if words:
        write_atomically(note_file(path), words + "\n")
    else:
        forget_note(path)


def refuse_no_text(words: str, path: Path) -> None:
    """Raise ModelFileError for words that no text file can hold, such as bytes of another encoding."""
    try:
        words.encode()
    except UnicodeEncodeError as error:
        what = text("The text for {path} has letters that cannot be kept.", path=str(path))
        raise ModelFileError(what, remedy=text("Write it in UTF-8."), path=path) from error


def forget_note(path: Path) -> None:
    """Take the note away, where there is one. Raises DiskError."""
    with disk_errors(path):
        note_file(path).unlink(missing_ok=True)
