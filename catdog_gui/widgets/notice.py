"""A line that says something worth knowing, and what to do about it."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.widgets.glyph import Glyph

Tone = Literal["info", "advice", "warning", "error", "success"]
_COLOURS: dict[Tone, str] = {
    "info": "muted",
    "advice": "warning",
    "warning": "warning",
    "error": "danger",
    "success": "success",
}
_LOOKS: dict[Tone, str] = {
    "info": "info",
    "advice": "warning",
    "warning": "warning",
    "error": "danger",
    "success": "success",
}


class Notice(QFrame):
    """An icon, a sentence, the remedy in a muted second line, and room for buttons at the right."""

    def __init__(self, tone: Tone, text: str, remedy: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._icon = Glyph("info", "muted")
        self.text = self._label()
        self.remedy = self._label()
        self.remedy.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.remedy)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.M, theme.S + 2, theme.M, theme.S + 2)
        self.row.setSpacing(theme.M)
        self.row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addLayout(words, 1)
        self.say(tone, text, remedy)

    def say(self, tone: Tone, text: str, remedy: str = "") -> None:
        """Say something else."""
        theme.mark(self, notice=_LOOKS[tone])
        self.text.setText(text)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.setAccessibleName(f"{text} {remedy}".rstrip())
        self._icon.show_icon(tone, _COLOURS[tone])

    def add_button(self, text: str, *, primary: bool = False) -> QPushButton:
        """Put a button at the right end."""
        button = QPushButton(text)
        if primary:
            button.setProperty("kind", "primary")
        self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def _label(self) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
