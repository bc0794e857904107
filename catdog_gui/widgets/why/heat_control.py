"""What switches the heat map on and off, and says how strong it is."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr

_OPACITY = 60
_MOST = 90
"""Per cent: the photo below stays in sight."""


class _Opacity(QSlider):
    """Keeps the arrow keys where a dialog has shortcuts for them."""

    def event(self, event: QEvent) -> bool:
        own = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in own:
            event.accept()
            return True
        return super().event(event)


class HeatControl(QWidget):
    """A button that shows the heat map, and beside it, while it is shown, how strong it is.

    What it means is said by `words`, which have their place beside the photo.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(tr("Why?"))
        self.button.setCheckable(True)
        self.button.setIcon(theme.icon("eye"))
        self.button.setToolTip(tr("Show what in the photo speaks for the verdict (H)"))
        self.button.setAccessibleName(tr("Why? Show what in the photo speaks for the verdict"))
        self.opacity = _Opacity(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, _MOST)
        self.opacity.setValue(_OPACITY)
        self.opacity.setToolTip(tr("How much the heat map hides of the photo"))
        self.opacity.setAccessibleName(tr("Opacity of the heat map"))
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self.button)
        row.addWidget(self.opacity, 1)
        self.button.toggled.connect(self._toggle)
        self.opacity.valueChanged.connect(self.changed)
        self._toggle(on=False)

    @property
    def wanted(self) -> bool:
        """Whether the user wants to see it."""
        return self.button.isChecked()

    def say(self, words: str) -> None:
        """Say what is shown."""
        self.words.setText(words)
        self.words.setVisible(self.wanted and bool(words))

    def _toggle(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.opacity.setVisible(on)
        self.say(self.words.text())
        self.changed.emit()
