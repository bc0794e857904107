"""Numbers as people say them, and words that several places share."""

from datetime import datetime
from typing import TYPE_CHECKING

from trainer.storage import starter

if TYPE_CHECKING:
    from trainer.storage.model_list import ModelEntry

STARTER = starter.TITLE
STARTER_NOTE = "Comes with CatDog"


def model_detail(entry: "ModelEntry") -> str:
    """Return one line on a model: how good it is, and where it comes from or when it was made."""
    when = STARTER_NOTE if entry.is_starter else day(entry.description.origin.created)
    good = "not tested yet" if entry.accuracy is None else f"{percent(entry.accuracy, 1)} on test photos"
    return f"{good} · {when}"


def percent(fraction: float | None, digits: int = 0) -> str:
    """Return "87 %", or a dash where there is no number."""
    return "–" if fraction is None else f"{100 * fraction:.{digits}f} %"


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


def duration(seconds: float) -> str:
    """Return a length of time, no more exact than an estimate is."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"{round(seconds / 5) * 5:.0f} seconds"
    if seconds < 90:
        return "a minute"
    if seconds < 3600:
        return f"{seconds / 60:.0f} minutes"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min"


def size(count: int) -> str:
    """Return a file's size: "14 kB", "13.8 MB", "1.2 GB"."""
    for unit, factor, digits in (("GB", 1e9, 1), ("MB", 1e6, 1), ("kB", 1e3, 0)):
        if count >= factor:
            return f"{count / factor:.{digits}f} {unit}"
    return f"{count} bytes"


def day(iso: str) -> str:
    """Return the day and time of an ISO 8601 text, or the text itself where it is none."""
    try:
        return f"{datetime.fromisoformat(iso):%d %b %Y, %H:%M}".lstrip("0")
    except ValueError:
        return iso
