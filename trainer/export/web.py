"""Writes a model as a page that tells photos apart in any browser: a folder with one page in which everything is."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.export.onnx_file import Exported, proven_onnx
from trainer.export.page_folder import PAGE, refuse_other
from trainer.export.record import ExportRecord
from trainer.export.web_page import PageModel, licences, page, service_worker
from trainer.files.atomic import refuse_unwritable, write_atomically


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
    refuse_other(folder)
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
    refuse_other(folder)
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
