"""Choices whose words are longer than their room: closed, they are cut with an ellipsis, and the list is wide."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from catdog_gui.look import theme
from catdog_gui.look.model_words import model_detail, told_apart
from catdog_gui.look.words import plain_tooltip
from trainer.storage.model_list import ModelEntry

_PATH = int(Qt.ItemDataRole.UserRole)
_TITLE, _DETAIL = _PATH + 1, _PATH + 2
_WIDEST = 720
"""The list is no wider: it has to fit beside the screen's edge."""


class ElidedBox(QComboBox):
    """Cut in the middle where it is too narrow; the ends say the most."""

    def shown_text(self) -> str:
        """Return what stands in it, as long as there is room."""
        return self.currentText() or self.placeholderText()

    def showPopup(self) -> None:
        """Make room for the lines."""
        self.view().setMinimumWidth(max(self.width(), min(self.view().sizeHintForColumn(0) + 32, _WIDEST)))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box as the style does."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(kind, option, part, self).width() - 2 * theme.XS
        option.currentText = self.fontMetrics().elidedText(self.shown_text(), Qt.TextElideMode.ElideMiddle, room)
        painter.drawComplexControl(kind, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class ModelBox(ElidedBox):
    """Shows the title alone; the list has accuracy, recipe, photos and date too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentIndexChanged.connect(lambda _row: self.setToolTip(plain_tooltip(self.detail())))

    def show_models(self, entries: Sequence[ModelEntry]) -> None:
        """Offer these."""
        self.clear()
        for row, (entry, title) in enumerate(zip(entries, told_apart(entries), strict=True)):
            detail = model_detail(entry)
            self.addItem(f"{title}  ·  {detail}", entry.path)
            self.setItemData(row, title, _TITLE)
            self.setItemData(row, detail, _DETAIL)
            self.setItemData(row, plain_tooltip(f"{detail}\n{entry.path}"), Qt.ItemDataRole.ToolTipRole)

    def chosen(self) -> Path | None:
        """Return the model chosen."""
        path = self.currentData(_PATH)
        return path if isinstance(path, Path) else None

    def detail(self) -> str:
        """Return a line on the model chosen."""
        return str(self.currentData(_DETAIL) or "")

    def shown_text(self) -> str:
        """Return the title."""
        return str(self.currentData(_TITLE) or self.placeholderText())
