"""The language of the window: every sentence that it shows is made here, and so are its numbers and dates.

Sentences are written in English where they are used, and Qt translates them where a translation is loaded:

    tr("Open photos…")
    tr("Saved as {path}", path=path)
    tr_n(count, "%n photo was left out", "%n photos were left out")
    translated(error.what)                   # a sentence of the engine (`trainer.core.text`)
    _HINT = mark("Drop photos here")         # for later, by tr(_HINT)

Numbers among the values are written as the language writes them. Write sentences as literals: the list of those to
translate is read from the source code (`resources/translations/collect.py`).
"""

import string
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from catdog_gui.look.resources import resource
from trainer.core.text import Text

CONTEXT = "CatDog"
"""The one context of all sentences in the translation files."""


def tr(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language of the window. {name} in it stands for the value of that name."""
    found = QCoreApplication.translate(CONTEXT, sentence)
    return _FORMATTER.vformat(found, (), values) if values else found


def tr_n(count: int, one: str, many: str, /, **values: object) -> str:
    """Return a sentence for this count, in which %n stands for it.

    English has its two forms here; a translation has as many as its language, under the form for many.
    """
    source = many.replace("%n", "%Ln")
    found = QCoreApplication.translate(CONTEXT, source, None, count)
    if found == source.replace("%Ln", number(count)):  # no translation
        found = (one if count == 1 else many).replace("%n", number(count))
    return _FORMATTER.vformat(found, (), values) if values else found


def translated(sentence: str) -> str:
    """Return a sentence of the engine in the language of the window.

    A plain string, such as a setting's title, is translated as it stands; one that nobody knows, such as a message of
    the operating system, stays as it is.
    """
    if not isinstance(sentence, Text):
        return tr(sentence) if sentence else ""
    if sentence.counted is None:
        return tr(sentence.template, **sentence.values)
    return tr_n(sentence.counted, sentence.one, sentence.template, **sentence.values)


def mark(sentence: str, /) -> str:
    """Return the sentence itself: marks one that is translated later, where it is shown."""
    return sentence


def number(value: float, digits: int = 0) -> str:
    """Return a number as the language writes it: "4,000", "0.83"."""
    return QLocale().toString(value) if isinstance(value, int) else QLocale().toString(float(value), "f", digits)


def in_percent(fraction: float, digits: int = 0) -> str:
    """Return a fraction as a percentage, as the language writes it."""
    return tr("{number} %", number=number(100 * fraction, digits))


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: "cat, dog and fox"."""
    return QLocale().createSeparatedList(list(words))


def choose_language(app: QApplication) -> None:
    """Speak the system's language where there is a translation, else English; write numbers and dates to match."""
    system = QLocale.system()
    translator = QTranslator(app)
    if translator.load(system, "catdog", "_", str(resource("translations"))):
        qt = QTranslator(app)  # what Qt's own dialogs and buttons say
        if qt.load(system, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(qt)
        app.installTranslator(translator)
        locale = system
    else:
        # Someone who uses an English system has its numbers and dates, and nobody has English with other commas.
        english = system.language() == QLocale.Language.English
        locale = system if english else QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    QLocale.setDefault(locale)
    app.setLayoutDirection(locale.textDirection())


class _Formatter(string.Formatter):
    """Writes numbers as the language does, and translates sentences of the engine among the values."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return format(translated(value) if isinstance(value, Text) else value, format_spec)
        if isinstance(value, int) and format_spec in ("", ",", "d"):
            return number(value)
        if format_spec.endswith("%"):
            return in_percent(value, int(format_spec[1:-1] or 0))  # ".1%"
        written = format(value, format_spec)
        if isinstance(value, float):
            written = written.replace(".", QLocale().decimalPoint())
        return written


_FORMATTER = _Formatter()
