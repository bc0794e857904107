"""Numbers, dates and names as people say them, in the language of the window."""

import html
from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime
from PySide6.QtGui import Qt

from catdog_gui.look.colours import ThemeChoice
from catdog_gui.look.language import mark, number, tr, tr_n
from trainer.storage import starter

STARTER = starter.TITLE
STARTER_NOTE = mark("Comes with CatDog")
THEMES: Final[dict[ThemeChoice, str]] = {"system": mark("As the system"), "light": mark("Light"), "dark": mark("Dark")}
_SECONDS, _MINUTE, _HOUR = 55, 90, 3600


def plain_tooltip(words: str) -> str:
    """Return a tooltip that shows these words as they are, also where Qt would take them for HTML.

    For words of the user's own, such as names of files and notes.
    """
    return html.escape(words).replace("\n", "<br>").join(("<p>", "</p>")) if Qt.mightBeRichText(words) else words


def photo_count(count: int) -> str:
    """Return "1 photo", "4,000 photos"."""
    return tr_n(count, "%n photo", "%n photos")


def percent(fraction: float | None, digits: int = 0) -> str:
    """Return "87 %", or a dash where there is no number."""
    return "–" if fraction is None else tr("{number} %", number=number(100 * fraction, digits))


def interval(low: float, high: float, digits: int = 1) -> str:
    """Return a range of fractions in percent: "98.7–99.7 %"."""
    return tr("{low}–{high} %", low=number(100 * low, digits), high=number(100 * high, digits))


def probability(fraction: float, digits: int = 0) -> str:
    """Return a probability as a percentage that never claims certainty: "> 99.9 %" near 1, "< 0.1 %" near 0.

    A network is never certain: where its probability is 1, it was rounded.
    """
    step = 10.0 ** -(digits + 2)
    if fraction > 1 - step / 2:
        return f"> {percent(1 - step, digits)}"
    if fraction < step / 2:
        return f"< {percent(step, digits)}"
    return percent(fraction, digits)


def ratio(value: float | None) -> str:
    """Return a measure from 0 to 1 with three digits: "0.987", "> 0.999" where only rounding would make it 1."""
    if value is None:
        return "–"
    return f"> {number(0.999, 3)}" if 0.9995 <= value < 1 else number(value, 3)


def duration(seconds: float) -> str:
    """Return a length of time, no more exact than an estimate is."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < _SECONDS:
        return tr_n(round(seconds / 5) * 5, "%n second", "%n seconds")
    if seconds < _MINUTE:
        return tr("a minute")
    if seconds < _HOUR:
        return tr_n(round(seconds / 60), "%n minute", "%n minutes")
    hours, minutes = divmod(round(seconds / 60), 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=f"{minutes:02}")


def size(count: int) -> str:
    """Return a file's size: "14 kB", "13.8 MB", "1.2 GB"."""
    for unit, factor, digits in ((mark("{size} GB"), 1e9, 1), (mark("{size} MB"), 1e6, 1), (mark("{size} kB"), 1e3, 0)):
        if count >= factor:
            return tr(unit, size=number(count / factor, digits))
    return tr_n(count, "%n byte", "%n bytes")


def day(iso: str) -> str:
    """Return the day and time of an ISO 8601 text, or the text itself where it is none."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    moment = QDateTime(QDate(when.year, when.month, when.day), QTime(when.hour, when.minute))
    return QLocale().toString(moment, tr("d MMM yyyy, HH:mm"))
