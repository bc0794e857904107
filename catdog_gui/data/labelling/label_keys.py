"""The keys that label: one a class, one for neither, one to skip, undo."""

from typing import Final, Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from trainer.dataset.label_file import Label

KEYS: Final[dict[Label, tuple[Qt.Key, ...]]] = {
    "first": (Qt.Key.Key_1,),
    "second": (Qt.Key.Key_2,),
    "neither": (Qt.Key.Key_3, Qt.Key.Key_N),
    "skipped": (Qt.Key.Key_4, Qt.Key.Key_S),
}
Act = Label | Literal["undo"]


def act_of(event: QKeyEvent) -> Act | None:
    """Return what a key means, or None where it means nothing here."""
    if event.matches(QKeySequence.StandardKey.Undo) or event.key() == Qt.Key.Key_Backspace:
        return "undo"
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    return next((label for label, keys in KEYS.items() if event.key() in keys), None)


def is_wanted(event: QEvent) -> bool:
    """Say whether a shortcut of the window, such as its Undo, should be a key of the labels instead."""
    return event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and act_of(event) is not None
