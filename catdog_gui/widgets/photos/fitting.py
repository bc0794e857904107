"""What fits into how much room: a whole photo in its frame, a sentence on a card."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics


def fitted(size: QSize, room: QRectF) -> QRectF:
    """Return where a photo of that size is drawn: all of it, centred, as large as the room lets it be."""
    scale = min(room.width() / max(1, size.width()), room.height() / max(1, size.height()))
    box = QRectF(0, 0, size.width() * scale, size.height() * scale)
    box.moveCenter(room.center())
    return box


def shortened(text: str, metrics: QFontMetrics, box: QRect) -> str:
    """Cut words off the end until the text fits into the box, in as many lines as it has room for."""
    words = text.split()
    while len(words) > 1:
        candidate = " ".join(words) + ("" if len(words) == len(text.split()) else " …")
        if metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, candidate).height() <= box.height():
            return candidate
        words.pop()
    return words[0] if words else ""
