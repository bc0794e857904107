"""A language that nobody speaks: English, a third longer, with accents and in brackets, for a window read mirrored.

What is shown without brackets was not translated, and what does not fit would not fit in German either.
"""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QDeadlineTimer, QLocale, QModelIndex, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from catdog_gui.look.language import CONTEXT
from catdog_gui.widgets.elided_label import ElidedLabel

_ACCENTS = str.maketrans("aceinouyACEINOU", "åçéîñöûýÅÇÉÎÑÖÛ")
# What is not to be accented: placeholders, markup, entities, and the signs before an access key.
_KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w+;|%L?n)")
_FORMAT = re.compile(r"^[dMyHhms .,:/-]+$")
_OPEN, _CLOSE = "⟦", "⟧"
_LAID_OUT_WITHIN_MS = 2000
_MONTHS = tuple(QLocale.c().monthName(month, QLocale.FormatType.ShortFormat) for month in range(1, 13))
# The contexts of what our windows show of Qt and of the plots.
_OF_QT = ("QPlatformTheme", "QDialogButtonBox", "QMessageBox", "QLineEdit", "GraphicsScene")


class PseudoTranslator(QTranslator):
    """Translates every sentence of CatDog, and the words of Qt's own buttons and menus as a translation of Qt would."""

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's own name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:  # type: ignore[override]  # the stubs lack None, which leaves a sentence as it is
        """Return the sentence in the pseudo-language; None where it is left as it is."""
        del disambiguation, n
        if context != CONTEXT and context not in _OF_QT:
            return None
        if _FORMAT.match(sourceText) or not re.search(r"[^\W\d_]", _KEPT.sub("", sourceText)):
            return sourceText  # the format of a date, or of a number: there is no word in it
        parts = _KEPT.split(sourceText)
        accented = "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
        longer = "~" * max(1, round(len(_KEPT.sub("", sourceText)) / 3))
        # A third longer, in words of usual length, so that it wraps as a language does.
        padding = " ".join(longer[start : start + 7] for start in range(0, len(longer), 7))
        return f"{_OPEN}{accented} {padding}{_CLOSE}"


def untranslated(root: QWidget, *own: str) -> list[str]:
    """Return the words below a widget that were not translated, leaving out the user's `own`: names, paths, classes.

    The names of months are left out, too, which Qt translates.
    """
    own = (*own, *_MONTHS)
    return [f"{place}: {text}" for place, text in _texts(root) if _bare_words(text, own)]


def cut_off(root: QWidget) -> list[str]:
    """Return the labels and buttons below a widget that have less room than their words need, once it is laid out.

    Qt lays out new words with a later event, and a window grows for them with another: under load both come late.
    """
    deadline = QDeadlineTimer(_LAID_OUT_WITHIN_MS)
    while (cut := _cut_now(root)) and not deadline.hasExpired():
        QTest.qWait(20)
    return cut


def _cut_now(root: QWidget) -> list[str]:
    return [_describe(widget) for widget in _shown(root) if _is_cut(widget)]


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, ElidedLabel):  # says itself that something is left out, and has the rest as its tooltip
        return False
    if isinstance(widget, QScrollArea) and widget.widget() is not None:
        return widget.widget().minimumSizeHint().width() > widget.viewport().width()  # it would scroll sideways
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 1
        return widget.sizeHint().width() > widget.width() + 1
    if isinstance(widget, (QPushButton, QToolButton)) and widget.text():
        return widget.minimumSizeHint().width() > widget.width() + 1
    return (
        isinstance(widget, QAbstractButton) and bool(widget.text()) and widget.sizeHint().width() > widget.width() + 1
    )


def _texts(root: QWidget) -> Iterator[tuple[str, str]]:
    for widget in _shown(root):
        where = type(widget).__name__
        yield f"{where} tooltip", widget.toolTip()
        yield f"{where} name", widget.accessibleName()
        yield f"{where} description", widget.accessibleDescription()
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield where, widget.text()
        if isinstance(widget, QLineEdit):
            yield f"{where} placeholder", widget.placeholderText()
        if isinstance(widget, QComboBox):
            yield from ((where, widget.itemText(row)) for row in range(widget.count()))
        if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView) and widget.model() is not None:
            yield from ((f"{where} cell", text) for text in _cells(widget.model()))
    for action in root.findChildren(QAction):
        yield "action", action.text()


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    rows = min(model.rowCount(), 50)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()  # which lists keep private
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    for row in range(rows):
        for column in range(columns):
            index = model.index(row, column, QModelIndex())
            yield from (str(model.data(index, role) or "") for role in roles)


def _shown(root: QWidget) -> list[QWidget]:
    found = [root, *root.findChildren(QWidget)]
    return [widget for widget in found if widget.isVisibleTo(root) and not widget.objectName().startswith("qt_")]


def _bare_words(text: str, own: tuple[str, ...]) -> bool:
    """Tell whether there are letters outside the brackets, beside the user's own words."""
    depth, bare = 0, ""
    for letter in re.sub(r"<[^>]*>", "", text):
        depth += (letter == _OPEN) - (letter == _CLOSE)
        bare += letter if depth == 0 else " "
    for word in sorted(own, key=len, reverse=True):
        bare = bare.replace(word, " ")
    return bool(re.search(r"[^\W\d_]{2,}", bare))


def _describe(widget: QWidget) -> str:
    text = getattr(widget, "text", str)()
    return f"{type(widget).__name__} {widget.width()}x{widget.height()}, wants {widget.sizeHint().toTuple()}: {text}"
