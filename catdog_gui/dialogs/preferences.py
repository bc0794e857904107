"""The preferences: theme, device, threads, the runs' folder, and the caches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
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
from catdog_gui.look.theme import ThemeChoice
from catdog_gui.state.context import Context
from catdog_gui.widgets.elided_label import ElidedLabel
from trainer.core.config import DeviceName
from trainer.files.caches import Caches, clear_caches, list_caches

_THEMES: dict[ThemeChoice, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}
_DEVICES: dict[DeviceName, str] = {
    "auto": "The fastest there is",
    "cuda": "NVIDIA graphics card",
    "mps": "Apple graphics",
    "cpu": "Processor",
}


class Preferences(QDialog):
    """Every choice takes effect at once: there is no Apply button."""

    theme_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: worker.Task | None = None
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(600)
        settings = context.settings
        self.theme = self._choice(list(_THEMES.values()), get_args(ThemeChoice).index(settings.theme), "Theme")
        self.theme.currentIndexChanged.connect(lambda row: self.theme_wanted.emit(get_args(ThemeChoice)[row]))
        self.device = self._choice(list(_DEVICES.values()), get_args(DeviceName).index(settings.device), "Device")
        self.device.currentIndexChanged.connect(lambda row: setattr(settings, "device", get_args(DeviceName)[row]))
        self.threads = QSpinBox()
        self.threads.setRange(0, 256)
        theme.pad_field(self.threads)
        self.threads.setSpecialValueText("CatDog chooses")
        self.threads.setValue(settings.threads)
        self.threads.setAccessibleName("Processor threads")
        self.threads.valueChanged.connect(lambda value: setattr(settings, "threads", value))
        self.runs = ElidedLabel(str(settings.runs_folder))
        self.cache = QLabel("Measuring…")
        self.limit = QLabel(" ")
        self.limit.setProperty("role", "small")
        self.table = CacheTable()
        self._freed = ""
        self.clear = QPushButton("Clear")
        self.clear.setAccessibleName("Clear the caches")
        self.clear.setEnabled(False)
        self.clear.clicked.connect(self._clear_caches)
        self._arrange()
        self._measure()

    def done(self, code: int) -> None:
        """Close, and stop measuring the caches."""
        if self._task is not None and self._task.running:
            self._task.cancel()
        super().done(code)

    def _choose_runs_folder(self) -> None:
        settings = self._context.settings
        name = QFileDialog.getExistingDirectory(self, "Where runs are kept", str(settings.runs_folder))
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
        self.cache.setText("Clearing…")
        self._start(lambda _emit, control: clear_caches(control.should_stop), self._on_cleared)

    def _start(self, work: worker.Work, take: Callable[[Any], None]) -> None:
        self._task = worker.start(work, parent=self)
        self._task.succeeded.connect(take)
        self._task.failed.connect(self._context.report)

    def _on_cleared(self, freed: int) -> None:
        self._freed = f"{words.size(freed)} freed. "
        self._context.say(f"The caches are cleared: {words.size(freed)} freed.")
        self._measure()

    def _show_caches(self, found: Caches) -> None:
        total = f"{words.size(found.bytes)} in all" if found.entries else "Empty"
        self.cache.setText(f"{self._freed}{total}")
        arrays, thumbnails = words.size(found.limits["arrays"]), words.size(found.limits["thumbnails"])
        self.limit.setText(f"{arrays} at most, thumbnails {thumbnails}; the least recently used go first.")
        self.clear.setEnabled(bool(found.entries))
        self.table.show_caches(found)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.L)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Theme", self.theme)
        form.addRow("Device", self.device)
        form.addRow("Threads", self.threads)
        form.addRow("Runs are kept in", self._runs_row())
        form.addRow("Caches", self._cache_row())
        hint = QLabel("Device and threads apply from the next run or photo on.\nClearing the caches loses nothing.")
        hint.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.L)
        layout.setSpacing(theme.L)
        layout.addLayout(form)
        layout.addWidget(hint)
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _runs_row(self) -> QWidget:
        choose = QPushButton("Choose…")
        choose.setAccessibleName("Choose where runs are kept")
        choose.clicked.connect(self._choose_runs_folder)
        self.reset_runs = QPushButton("Reset")
        self.reset_runs.setAccessibleName("Keep runs in the usual folder")
        self.reset_runs.setVisible(not self._context.settings.runs_folder_is_default)
        self.reset_runs.clicked.connect(self._reset_runs_folder)
        return _row(self.runs, choose, self.reset_runs)

    def _cache_row(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(_row(self.cache, self.clear))
        column.addWidget(self.table)
        column.addWidget(self.limit)
        return part

    @staticmethod
    def _choice(titles: list[str], row: int, name: str) -> QComboBox:
        box = QComboBox()
        box.addItems(titles)
        box.setCurrentIndex(row)
        box.setAccessibleName(name)
        return box


def _row(first: QWidget, *others: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.S)
    layout.addWidget(first, 1)
    for widget in others:
        layout.addWidget(widget)
    return row
