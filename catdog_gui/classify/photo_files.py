"""Photos as what other programs take: files for file managers, rows of text for spreadsheets."""

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from catdog_gui.classify.session.photo_columns import cells
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon
from catdog_gui.look.words import photo_count
from trainer.inference.verdict_table import plain_text

_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def paths(photos: Sequence[SessionPhoto]) -> list[Path]:
    """Return the files of these photos; one that was pasted has none."""
    return [photo.path for photo in photos if photo.path is not None]


def as_files(photos: Sequence[SessionPhoto]) -> QMimeData:
    """Return the files as what is dragged or copied."""
    mime = QMimeData()
    urls = [QUrl.fromLocalFile(str(path)) for path in paths(photos)]
    if urls:
        mime.setUrls(urls)
        # What file managers of GNOME, Xfce and Cinnamon look for; the others take the addresses.
        lines = "\n".join(["copy", *(url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in urls)])
        mime.setData("x-special/gnome-copied-files", lines.encode())
    return mime


def as_rows(photos: Sequence[SessionPhoto]) -> str:
    """Return a line a photo with what the table says of it, with tabs between: a spreadsheet makes rows of them."""
    lines = ["\t".join(plain_text(_BREAKS.sub(" ", cell)) for cell in cells(photo)) for photo in photos]
    return "\n".join(lines).encode(errors="replace").decode()


def drag_picture(count: int, view: QWidget) -> QPixmap:
    """Return what the pointer carries along: how many photos are being dragged."""
    c, words = theme.colours(), photo_count(count)
    font = QFont(view.font())
    font.setWeight(QFont.Weight.DemiBold)
    metrics = view.fontMetrics()
    side = metrics.height() + 2 * theme.S
    width = round(1.2 * metrics.horizontalAdvance(words)) + side + theme.M
    picture = QPixmap(round(width * view.devicePixelRatioF()), round(side * view.devicePixelRatioF()))
    picture.setDevicePixelRatio(view.devicePixelRatioF())
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.accent))
    painter.drawRoundedRect(QRectF(0, 0, width, side), theme.RADIUS, theme.RADIUS)
    paint_icon(painter, "photos", QRectF(theme.S, theme.S, side - 2 * theme.S, side - 2 * theme.S), c.on_accent)
    painter.setFont(font)
    painter.setPen(QColor(c.on_accent))
    painter.drawText(
        QRectF(side, 0, width - side, side), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words
    )
    painter.end()
    return picture
