"""Where an exported page goes: what may be in its folder, and how a page of CatDog is known. Loads no network."""

import os
from contextlib import suppress
from pathlib import Path

from trainer.core.errors import SettingError
from trainer.core.text import text
from trainer.files.kinds import is_file
from trainer.files.regular import open_regular

PAGE = "index.html"
MARK = '<meta name="generator" content="CatDog">'
HEAD_BYTES = 2000


def is_page(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a page of CatDog."""
    return MARK.encode() in head[:HEAD_BYTES]


def place_in(folder: Path, name: str) -> Path:
    """Return where a page goes that is to be in a folder: there if that is empty or has one, else a level below."""
    return folder if _takes_page(folder) else folder / name


def _takes_page(folder: Path) -> bool:
    with suppress(OSError):  # that may not be read
        return folder.is_dir() and (not any(folder.iterdir()) or _holds_page(folder / PAGE))
    return False


def refuse_other(folder: Path) -> None:
    """Raise SettingError unless the folder is new, empty, or holds a page of CatDog's."""
    if os.path.lexists(folder) and not _takes_page(folder):
        raise SettingError(
            text("{folder} is there already, and holds no page of CatDog's.", folder=str(folder)),
            remedy=text("Name a new folder, or an empty one."),
            path=folder,
        )


def _holds_page(file: Path) -> bool:
    if not is_file(file):  # to open a pipe would wait for whoever writes into it
        return False
    with open_regular(file) as opened:
        return is_page(opened.read(HEAD_BYTES))
