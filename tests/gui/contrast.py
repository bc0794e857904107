"""How well words, and the focus, stand out: measured from the pixels of a widget."""

from collections import Counter

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

SCALE = 3
"""Words are drawn larger than on the screen, so that their strokes reach their colour in spite of smoothing."""


def picture(widget: QWidget, scale: int = SCALE) -> QImage:
    """Return what a widget looks like, with what lies behind it."""
    window = widget.window()
    image = QImage(window.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(window.palette().window().color())
    window.render(image)
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).intersected(window.rect())
    return image.copy(QRect(place.topLeft() * scale, place.size() * scale))


def text_contrast(image: QImage) -> float:
    """Return the contrast of the words in a picture with what is most around them; 21 where there are none."""
    counts = Counter(_colours(image))
    ground = luminance(QColor(counts.most_common(1)[0][0]))
    # A stroke has many pixels of its full colour. A few may belong to a line or a corner.
    inks = [luminance(QColor(colour)) for colour, count in counts.items() if count >= 12]
    ratios = [ratio(ink, ground) for ink in inks if ratio(ink, ground) > 1.5]
    return max(ratios, default=21.0)


def focus_contrast(without: QImage, focused: QImage) -> float:
    """Return how much what appears with the focus differs from what was there before; 1 where nothing appears."""
    before, after = _colours(without), _colours(focused)
    changes = Counter(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
    seen = [
        ratio(luminance(QColor(old)), luminance(QColor(new))) for (old, new), count in changes.items() if count >= 8
    ]
    return max(seen, default=1.0)


def _colours(image: QImage) -> list[int]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    words = memoryview(image.constBits()).cast("B").cast("I")
    return [word | 0xFF000000 for word in words]


def luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 (black) to 1 (white)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(one: float, other: float) -> float:
    """Return the contrast of two luminances as WCAG 2.2 defines it, from 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
