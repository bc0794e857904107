"""The columns of the session's photos: their headings, and what each says of a photo."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt

from catdog_gui.classify.session.photo_query import Order
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look.language import mark, tr
from catdog_gui.look.words import probability


class Column(NamedTuple):
    """One of them."""

    title: str
    order: Order
    """By which a click on the heading sorts."""
    says: Callable[[SessionPhoto], str]
    surest_first: bool = False
    """Whether its usual order begins with the largest."""


def _class(photo: SessionPhoto) -> str:
    return photo.verdict


def _probability(photo: SessionPhoto) -> str:
    """Return that of the class; of the nearest one with its name, where the model is not sure."""
    if photo.confidence is None:
        return ""
    words = probability(photo.confidence, 1)
    if photo.prediction is not None and photo.is_unsure:
        return tr("{class_name} {probability}", class_name=photo.prediction.nearest_class, probability=words)
    return words


COLUMNS = (
    Column(mark("Photo"), "name", lambda photo: photo.name),
    Column(mark("Class"), "class", _class),
    Column(mark("Probability"), "probability", _probability, surest_first=True),
    Column(mark("Reason"), "reason", lambda photo: photo.why),
    Column(mark("Folder"), "folder", lambda photo: photo.folder),
)
NAME, CLASS, PROBABILITY, REASON, FOLDER = range(len(COLUMNS))


def cells(photo: SessionPhoto) -> list[str]:
    """Return what the table says of a photo, column by column."""
    return [column.says(photo) for column in COLUMNS]


def alignment(column: int) -> Qt.AlignmentFlag:
    """Return on which side a column's words stand: figures on the right, one below another."""
    side = Qt.AlignmentFlag.AlignRight if column == PROBABILITY else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
