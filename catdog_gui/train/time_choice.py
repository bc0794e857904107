"""For how long the next run trains: as many epochs as are set, or about as long as a slider says."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import duration

_MINUTES = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720)
_AT_FIRST = 10


class TimeChoice(QWidget):
    """A box that lets a time count, and the slider that chooses it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(tr("Train for about"))
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(_MINUTES) - 1)
        self.slider.setPageStep(3)
        self.slider.setValue(_MINUTES.index(_AT_FIRST))
        self.value = QLabel()
        self.words = QLabel(
            tr(
                "As many epochs as fit, with a schedule made for them. Looking at the photos and the test count too. "
                "It ends earlier where more would teach it nothing."
            )
        )
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.box.toggled.connect(self._edited)
        self.slider.valueChanged.connect(self._edited)
        self._lay_out()
        self._show()

    @property
    def seconds(self) -> int:
        """The time chosen; 0 where none counts."""
        return 60 * _MINUTES[self.slider.value()] if self.box.isChecked() else 0

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.slider, 1)
        row.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(self.box)
        column.addLayout(row)
        column.addWidget(self.words)

    def _edited(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        counts = self.box.isChecked()
        chosen = duration(60 * _MINUTES[self.slider.value()])
        self.slider.setEnabled(counts)
        self.value.setEnabled(counts)
        self.value.setText(chosen)
        self.slider.setAccessibleName(tr("Time to train: {time}", time=chosen))
        self.words.setVisible(counts)


class _Slider(QSlider):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: a setting must not change because the mouse happens to be over it."""
        event.ignore()
