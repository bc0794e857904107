"""The preferences: theme, device, threads, the runs' folder, and the caches."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.dialogs.cache_table import CacheTable
from catdog_gui.look import theme, words
from catdog_gui.look.language import mark, tr
from catdog_gui.look.theme import ThemeChoice
from catdog_gui.state.context import Context
from catdog_gui.widgets.dialog_room import ScrollBody, fit_dialog
from catdog_gui.widgets.elided_label import ElidedLabel
from trainer.core.config import DeviceName
from trainer.files.caches import Caches, clear_caches, list_caches

_DEVICES: dict[DeviceName, str] = {
    "auto": mark("The fastest there is"),
    "cuda": mark("NVIDIA graphics card"),
    "mps": mark("Apple graphics"),
    "cpu": mark("Processor"),
}


class Preferences(QDialog):
    """Every choice takes effect at once: there is no Apply button."""

    theme_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: worker.Task | None = None
        self.setWindowTitle(tr("Preferences"))
        settings = context.settings
        self.theme = _choice(words.THEMES.values(), get_args(ThemeChoice).index(settings.theme), tr("Theme"))
        self.theme.currentIndexChanged.connect(lambda row: self.theme_wanted.emit(get_args(ThemeChoice)[row]))
        self.device = _choice(_DEVICES.values(), get_args(DeviceName).index(settings.device), tr("Device"))
        self.device.currentIndexChanged.connect(lambda row: setattr(settings, "device", get_args(DeviceName)[row]))
        self.threads = QSpinBox()
        self.threads.setRange(0, 256)
        theme.pad_field(self.threads)
        self.threads.setSpecialValueText(tr("CatDog chooses"))
        self.threads.setValue(settings.threads)
        self.threads.setAccessibleName(tr("Processor threads"))
        self.threads.valueChanged.connect(lambda value: setattr(settings, "threads", value))
        self.runs = ElidedLabel(str(settings.runs_folder))
        self.cache = QLabel(tr("Measuring…"))
        self.limit = QLabel(" ")
        self.limit.setProperty("role", "small")
        self.limit.setWordWrap(True)
        self.table = CacheTable()
        self._freed: int | None = None
        self.clear = QPushButton(tr("Clear"))
        self.clear.setAccessibleName(tr("Clear the caches"))
        self.clear.setEnabled(False)
        self.clear.clicked.connect(self._clear_caches)
        self._arrange()
        fit_dialog(self)
        self._measure()

    def done(self, code: int) -> None:
        """Close, and stop measuring the caches."""
        if self._task is not None and self._task.running:
            self._task.cancel()
        super().done(code)

    def _choose_runs_folder(self) -> None:
        settings = self._context.settings
        name = QFileDialog.getExistingDirectory(self, tr("Where runs are kept"), str(settings.runs_folder))
        if name:
            settings.runs_folder = Path(name)
            self._on_runs_folder_changed()

    def _reset_runs_folder(self) -> None:
        self._context.settings.runs_folder = None
        self._on_runs_folder_changed()

    def _on_runs_folder_changed(self) -> None:
        self.runs.setText(str(self._context.settings.runs_folder))
        self.reset_runs.setVisible(not self._context.settings.runs_folder_is_default)
        self._context.models_changed.emit()

    def _measure(self) -> None:
        self._start(lambda _emit, control: list_caches(control.should_stop), self._show_caches)

    def _clear_caches(self) -> None:
        self.clear.setEnabled(False)
        self.cache.setText(tr("Clearing…"))
        self._start(lambda _emit, control: clear_caches(control.should_stop), self._on_cleared)

    def _start(self, work: worker.Work, take: Callable[[Any], None]) -> None:
        self._task = worker.start(work, parent=self)
        self._task.succeeded.connect(take)
        self._task.failed.connect(self._context.report)

    def _on_cleared(self, freed: int) -> None:
        self._freed = freed
        self._context.say(tr("The caches are cleared: {size} freed.", size=words.size(freed)))
        self._measure()

    def _show_caches(self, found: Caches) -> None:
        total = tr("{size} in all", size=words.size(found.bytes)) if found.entries else tr("Empty")
        if self._freed is not None:
            total = tr("{size} freed. {rest}", size=words.size(self._freed), rest=total)
        self.cache.setText(total)
        arrays, thumbnails = words.size(found.limits["arrays"]), words.size(found.limits["thumbnails"])
        self.limit.setText(
            tr(
                "{arrays} at most, thumbnails {thumbnails}; the least recently used go first.",
                arrays=arrays,
                thumbnails=thumbnails,
            )
        )
        self.clear.setEnabled(bool(found.entries))
        self.table.show_caches(found)

    def _arrange(self) -> None:
        form = QWidget()
        rows = QVBoxLayout(form)
        rows.setContentsMargins(theme.XL, theme.XL, theme.XL, 0)
        rows.setSpacing(theme.L)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.XL)
        grid.setVerticalSpacing(theme.L)
        grid.setColumnStretch(1, 1)
        _add_row(grid, tr("Theme"), self.theme)
        _add_row(grid, tr("Device"), self.device)
        _add_row(grid, tr("Threads"), self.threads)
        _add_row(grid, tr("Runs are kept in"), self._runs_row())
        _add_row(grid, tr("Caches"), _row(self.cache, self.clear))
        rows.addLayout(grid)
        rows.addWidget(self.table)
        rows.addWidget(self.limit)
        hint = QLabel(
            tr("Another device or number of threads is used for the next run, and for the photos you open next.")
            + "\n"
            + tr("Nothing is lost when the caches are cleared.")
        )
        hint.setWordWrap(True)
        hint.setProperty("role", "muted")
        rows.addWidget(hint)
        rows.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(ScrollBody(form), 1)
        layout.addLayout(foot)

    def _runs_row(self) -> QWidget:
        choose = QPushButton(tr("Choose…"))
        choose.setAccessibleName(tr("Choose where runs are kept"))
        choose.clicked.connect(self._choose_runs_folder)
        self.reset_runs = QPushButton(tr("Reset"))
        self.reset_runs.setAccessibleName(tr("Keep runs in the usual folder"))
        self.reset_runs.setVisible(not self._context.settings.runs_folder_is_default)
        self.reset_runs.clicked.connect(self._reset_runs_folder)
        return _row(self.runs, choose, self.reset_runs)


def _choice(titles: Iterable[str], row: int, name: str) -> QComboBox:
    box = QComboBox()
    box.addItems([tr(title) for title in titles])
    box.setCurrentIndex(row)
    box.setAccessibleName(name)
    return box


def _add_row(grid: QGridLayout, title: str, field: QWidget) -> None:
    """Put a field beside its name, both at the same height."""
    label = QLabel(title)
    label.setBuddy(field)
    row = grid.rowCount()
    grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
    grid.addWidget(field, row, 1)


def _row(first: QWidget, *others: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.S)
    layout.addWidget(first, 1)
    for widget in others:
        layout.addWidget(widget)
    return row
