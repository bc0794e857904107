"""Sort what arrives in a folder, as long as the switch is on and the window is open."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.classify.sorting.sort_form import SortForm
from catdog_gui.classify.sorting.sort_words import result_words
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import probability
from catdog_gui.state.context import Context
from catdog_gui.state.engine import load_predictor
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.core.results import ErrorRecord, Prediction
from trainer.sorting.sort import SortResult
from trainer.sorting.watch import Arrived, watch

_LATELY: Final = 200
_PURPOSE = "watch"


class WatchDialog(QDialog):
    """Stays in the background; closing it hides it, and the watch goes on until the switch is turned off."""

    running_changed = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Watch a folder"))
        self.setMinimumWidth(560)
        self.resize(560, 640)
        self._context = context
        self._task: worker.Task | None = None
        self._sorted = 0
        self.folder = FolderField(tr("Folder to watch"), context.settings.last_folder(_PURPOSE))
        self.form = SortForm(context.settings)
        self.switch = QCheckBox(tr("Sort what arrives there"))
        self.switch.toggled.connect(self._switch)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.lately = QListWidget()
        self.lately.setAccessibleName(tr("Sorted lately"))
        self.lately.setMinimumHeight(120)
        leave = QPushButton(tr("Close"))
        leave.clicked.connect(self.reject)
        row = QFormLayout()
        row.setHorizontalSpacing(theme.L)
        row.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        row.addRow(tr("Folder to watch"), self.folder)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        layout = dialog_column(self, theme.M)
        layout.addLayout(row)
        for widget in (self.form, self.switch, self.words, self.lately):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self._say(
            tr("A photo is taken as soon as it is complete, also one that is there already. All of it can be undone.")
        )

    @property
    def running(self) -> bool:
        """Whether the folder is watched."""
        return self._task is not None

    def stop(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()

    def _switch(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        if not on:
            self.stop()
        elif self._task is None:
            self._start()

    def _start(self) -> None:
        model, to = self._context.current_model, self.form.to
        if model is None or to is None:
            self._say(tr("This cannot be a folder to sort into. Choose one."))
            self.switch.setChecked(False)
            return
        folder, options, settings = self.folder.folder(), self.form.options, self._context.settings
        settings.remember_folder(_PURPOSE, folder)
        self.form.remember()
        device, threads = settings.device, settings.threads

        def work(emit: worker.Emit, control: RunControl) -> SortResult:
            predictor = load_predictor(model, device=device, threads=threads)

            def classify(photos: Sequence[Path]) -> list[Prediction]:
                try:
                    return list(predictor.predict(photos, cancelled=control.should_stop))
                except CancelledError:
                    return []

            classes = predictor.description.classes
            return watch(folder, to, options, classes, classify, emit=emit, cancelled=control.should_stop)

        self._sorted = 0
        self._enable(running=True)
        self._say(tr("Watching {folder}", folder=folder))
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._show)
        self._task.succeeded.connect(lambda result: self._say(result_words(result)))
        self._task.failed.connect(self._fail)
        self._task.finished.connect(self._end)
        self.running_changed.emit(True)

    def _show(self, arrived: Arrived) -> None:
        self._sorted += sum(arrived.folders.values())
        for prediction in arrived.predictions:
            self._add(_line(prediction))
        for problem in arrived.problems:
            self._add(tr("{path}: {reason}", path=problem.path, reason=translated(problem.reason)))
        self._say(
            tr_n(
                self._sorted,
                "Watching {folder}: %n photo was sorted",
                "Watching {folder}: %n photos were sorted",
                folder=self.folder.folder(),
            )
        )

    def _add(self, words: str) -> None:
        self.lately.insertItem(0, words)
        if self.lately.count() > _LATELY:
            self.lately.takeItem(_LATELY)

    def _fail(self, error: ErrorRecord) -> None:
        self._say(f"{translated(error.what)} {translated(error.remedy)}")

    def _end(self) -> None:
        self._task = None
        self._enable(running=False)
        self.switch.setChecked(False)
        self.running_changed.emit(False)

    def _enable(self, *, running: bool) -> None:
        self.folder.setEnabled(not running)
        self.form.setEnabled(not running)

    def _say(self, words: str) -> None:
        self.words.setText(words)


def _line(prediction: Prediction) -> str:
    name = Path(prediction.path).name
    if prediction.class_name is None or prediction.probabilities is None:
        return tr("{photo}: Not sure", photo=name)
    shown = probability(prediction.probabilities[prediction.class_name])
    return tr("{photo}: {class_name}, {probability}", photo=name, class_name=prediction.class_name, probability=shown)
