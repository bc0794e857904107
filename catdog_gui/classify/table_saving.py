"""Saves what the model says of photos as a table: asks for a file, and writes it in the background."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from catdog_gui import worker
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look.language import mark, tr, tr_n
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.results import Prediction

Form = Literal["csv", "xlsx"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
_FILTERS: Final[dict[Form, str]] = {"csv": mark("Tables"), "xlsx": mark("Spreadsheets")}
_PURPOSE = "table"
# Of 10,000 photos nobody follows every one.
_STEP = 10


class Chosen(NamedTuple):
    """The photos of a table."""

    photos: list[SessionPhoto]
    selected: bool
    """Whether they were selected; else they are all that are shown."""

    def words(self, form: Form) -> str:
        """Return what is offered, with how many photos it is about."""
        count = len(self.photos)
        if form == "csv" and self.selected:
            return tr_n(count, "Save as CSV… (the %n selected)", "Save as CSV… (the %n selected)")
        if form == "csv":
            return tr_n(count, "Save as CSV… (the one shown)", "Save as CSV… (all %n shown)")
        if self.selected:
            return tr_n(
                count,
                "Save as spreadsheet (XLSX)… (the %n selected)",
                "Save as spreadsheet (XLSX)… (the %n selected)",
            )
        return tr_n(count, "Save as spreadsheet (XLSX)… (the one shown)", "Save as spreadsheet (XLSX)… (all %n shown)")


class TableSaving(QObject):
    """One table at a time is written; the window goes on meanwhile."""

    said = Signal(str)
    """A sentence for the user."""
    failed = Signal(object)  # ErrorRecord

    def __init__(self, photos: PhotoList, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._photos, self._settings = photos, settings
        self._task: worker.Task | None = None
        self.bar = WorkBar()
        """Shows how far it is."""
        self.bar.cancel_requested.connect(self._cancel)

    @property
    def busy(self) -> bool:
        """Whether a table is being written."""
        return self._task is not None

    def chosen(self, selected: Sequence[SessionPhoto]) -> Chosen:
        """Return what a table would hold: the selected photos if they are several, else all that are shown."""
        several = len(selected) > 1
        return Chosen(list(selected if several else self._photos.shown), selected=several)

    def save(self, chosen: Chosen, form: Form) -> None:
        """Ask where, and write the table there."""
        path = self._ask(chosen, form)
        if path is None or self.busy:
            return
        classes = self._photos.classes
        predictions = [_prediction(photo) for photo in chosen.photos]
        sources = [photo.source for photo in chosen.photos]

        def work(emit: worker.Emit, control: RunControl) -> None:
            if form == "csv":
                _write_csv(path, predictions, classes)
            else:
                _write_workbook(path, predictions, sources, classes, emit=emit, control=control)

        self._begin(worker.start(work, parent=self), path, len(predictions))

    def _begin(self, task: worker.Task, path: Path, count: int) -> None:
        self._task = task
        task.progressed.connect(lambda step: self.bar.advance(*step))
        task.succeeded.connect(
            lambda _nothing: self.said.emit(tr_n(count, "%n row is in {path}", "%n rows are in {path}", path=path))
        )
        task.failed.connect(self.failed)
        task.finished.connect(self._end)
        self.bar.begin(tr("Writing the table…"))

    def _cancel(self) -> None:
        """Write no table after all; a file that was there stays as it was."""
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.bar.end()

    def _ask(self, chosen: Chosen, form: Form) -> Path | None:
        """Return where the table goes; None where the user thinks better of it. It asks before it overwrites."""
        dialog = QFileDialog(self._window, chosen.words(form))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilter(f"{tr(_FILTERS[form])} (*.{form})")
        dialog.setDefaultSuffix(form)
        dialog.setDirectory(str(self._settings.last_folder(_PURPOSE)))
        dialog.selectFile(f"{tr('Verdicts')}.{form}")
        try:
            if not dialog.exec() or not dialog.selectedFiles():
                return None
            path = Path(dialog.selectedFiles()[0])
        finally:
            dialog.deleteLater()
        self._settings.remember_folder(_PURPOSE, path.parent)
        return path


def _prediction(photo: SessionPhoto) -> Prediction:
    """Return the verdict under the photo's path; under its name where it has none. It may still wait for one."""
    path = str(photo.path or photo.name)
    if photo.prediction is None:
        return Prediction(path=path, class_name=None, probability=None, probabilities=None)
    return msgspec.structs.replace(photo.prediction, path=path)


def _write_csv(path: Path, predictions: list[Prediction], classes: tuple[str, str]) -> None:
    from trainer.files.atomic import write_atomically  # noqa: PLC0415 - few sessions need it
    from trainer.inference.verdict_table import as_csv  # noqa: PLC0415 - as above

    write_atomically(path, as_csv(predictions, classes))


def _write_workbook(
    path: Path,
    predictions: list[Prediction],
    sources: list[Path | QImage],
    classes: tuple[str, str],
    *,
    emit: worker.Emit,
    control: RunControl,
) -> None:
    from trainer.inference.verdict_workbook import Row, write_workbook  # noqa: PLC0415 - as above

    photos = [source if isinstance(source, Path) else _content(source) for source in sources]
    rows = [Row(prediction, photo) for prediction, photo in zip(predictions, photos, strict=True)]

    def progress(done: int, total: int) -> None:
        if done % _STEP == 0 or done == total:
            emit((done, total))

    write_workbook(path, rows, classes, progress=progress, cancelled=control.should_stop)


def _content(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"bmp")).write(image)
    return bytes(buffer.data().data())
