"""Writes a model as a page that tells photos apart in any browser: a folder with one page in which everything is."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from trainer.core.errors import SettingError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.export.onnx_file import Exported, proven_onnx
from trainer.export.record import ExportRecord
from trainer.export.web_page import HEAD_BYTES, PAGE, PageModel, is_page, licences, page, service_worker
from trainer.files.atomic import refuse_unwritable, write_atomically
from trainer.files.kinds import is_file
from trainer.files.regular import open_regular


def export_web(
    model: Path,
    folder: Path,
    *,
    int8: bool = False,
    say: Callable[[str], str] = str,
    language: str = "en",
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Exported:
    """Write a model as a page into a folder, once its export is proved (`onnx_file.proven_onnx`), and return that.

    `say` says a sentence of the engine in that language. Raises what `write_page` and `proven_onnx` raise; nothing is
    written then.
    """
    _refuse_other(folder)
    refuse_unwritable(folder / PAGE)
    exported = proven_onnx(model, int8=int8, progress=progress, cancelled=cancelled, note=note)
    write_page(folder, exported.data, exported.record, say=say, language=language)
    return exported


def write_page(
    folder: Path, network: bytes, record: ExportRecord, *, say: Callable[[str], str] = str, language: str = "en"
) -> Path:
    """Write the page of an exported model into a folder, and return the page's path.

    `network` is the ONNX file with this record. The page works alone; what lies beside it keeps it for when there is no
    network, where a server gives it, and holds the licences. A page of CatDog's that is there is written anew.

    Raises SettingError where something else is in the folder, and DiskError.
    """
    _refuse_other(folder)
    model = PageModel(
        network=network,
        title=record.title,
        classes=record.classes,
        image_size=record.image_size,
        test=record.description.test,
    )
    written = page(model, say=say, language=language)
    digest = hashlib.sha256(written.encode()).hexdigest()
    # It comes first: a folder that has it can be written anew, should the disk refuse what follows.
    write_atomically(folder / PAGE, written)
    write_atomically(folder / "licences.txt", licences())
    write_atomically(folder / "service-worker.js", service_worker(digest[:16]))
    return folder / PAGE


def place_in(folder: Path, name: str) -> Path:
    """Return where a page goes that is to be in a folder: there if that is empty or has one, else a level below."""
    return folder if _takes_page(folder) else folder / name


def _takes_page(folder: Path) -> bool:
    with suppress(OSError):  # that may not be read
        return folder.is_dir() and (not any(folder.iterdir()) or _holds_page(folder / PAGE))
    return False


def _refuse_other(folder: Path) -> None:
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
