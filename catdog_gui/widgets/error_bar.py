"""The latest error, at the foot of the window: one sentence, its details to be unfolded, and a button to copy them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.widgets.glyph import Glyph
from trainer.core.results import ErrorRecord

_DETAILS_HEIGHT = 180


class ErrorBar(QFrame):
    """Hidden until there is an error; a new one replaces the last and counts how many there were."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record: ErrorRecord | None = None
        self._count = 0
        self.setProperty("notice", "danger")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details_button = self._button(tr("Details"))
        self.details_button.setCheckable(True)
        self.copy_button = self._button(tr("Copy"))
        self.copy_button.setIcon(theme.icon("copy"))
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icon("close"))
        self.close_button.setAccessibleName(tr("Dismiss the error"))
        self.close_button.setToolTip(tr("Dismiss"))
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setFixedHeight(_DETAILS_HEIGHT)
        self.details.setAccessibleName(tr("Details of the error"))
        self.details.hide()
        self.details_button.toggled.connect(self.details.setVisible)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.dismiss)
        self._arrange()
        self.hide()

    def show_error(self, record: ErrorRecord) -> None:
        """Show an error."""
        self._count = self._count + 1 if self.isVisible() else 1
        self.record = record
        words = [sentence(record)]
        if self._count > 1:
            words.append(
                tr_n(
                    self._count,
                    "(%n error so far; the menu Help has the list.)",
                    "(%n errors so far; the menu Help has the list.)",
                )
            )
        self.sentence.setText(" ".join(words))
        self.setAccessibleName(tr("Error: {sentence}", sentence=sentence(record)))
        self.details.setPlainText(full_text(record))
        self.details_button.setVisible(bool(record.details or record.path))
        self.details_button.setChecked(False)
        self.copy_button.setText(tr("Copy"))
        self.show()

    def dismiss(self) -> None:
        """Hide the error."""
        self.record = None
        self.hide()

    def _copy(self) -> None:
        if self.record is not None:
            QGuiApplication.clipboard().setText(full_text(self.record))
            self.copy_button.setText(tr("Copied"))

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(Glyph("error", "danger", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)
        for button in (self.details_button, self.copy_button, self.close_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.S, theme.S, theme.S)
        layout.addLayout(row)
        layout.addWidget(self.details)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", "quiet")
        return button


def sentence(record: ErrorRecord) -> str:
    """Return what happened and what to do about it, in the language of the window; the log has it in English."""
    return translated(record.sentence)


def full_text(record: ErrorRecord) -> str:
    """Return all that is known of an error, to be read or copied."""
    file = tr("File: {path}", path=record.path) if record.path else ""
    parts = [sentence(record), file, record.details.rstrip()]
    return "\n\n".join(part for part in parts if part)
