"""The verdict in large letters, and names of classes in little room: a class may be called anything."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from catdog_gui.look import theme
from catdog_gui.look.words import plain_tooltip

# Of the text's size: for one short word, and smaller ones for longer words and languages.
_SCALES = (3.4, 2.4, 1.8, 1.4, 1.0)


class VerdictLabel(QLabel):
    """As large as `room` pixels let it be in one line, or else each word of it."""

    def __init__(self, room: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self.setProperty("role", "verdict")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def show_verdict(self, words: str, colour: str) -> None:
        """Show these words in this colour; of a word that has no room at any size, the ends."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._choose_size(font, words)
        self.setStyleSheet(f"color: {colour}; font-size: {font.pointSizeF():.1f}pt;")
        show_words(self, words, QFontMetrics(font), self._room)

    def _choose_size(self, font: QFont, words: str) -> None:
        for parts in ([words], words.split()):
            for scale in _SCALES:
                font.setPointSizeF(theme.point_size(scale))
                metrics = QFontMetrics(font)
                if all(metrics.horizontalAdvance(part) <= self._room for part in parts):
                    return


def show_words(label: QLabel, words: str, metrics: QFontMetrics, room: int) -> None:
    """Show words in a label that wraps between them: words too wide are shortened, and then the tooltip has all."""
    shown = " ".join(metrics.elidedText(word, Qt.TextElideMode.ElideMiddle, room) for word in words.split(" "))
    label.setText(shown)
    label.setToolTip("" if shown == words else plain_tooltip(words))
    label.setAccessibleName(words)
