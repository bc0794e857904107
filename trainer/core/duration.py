"""Lengths of time as people write them: "90s", "10m", "1h30m"."""

import re

from trainer.core.errors import SettingError
from trainer.core.text import Text, plural, text

SHORTEST, LONGEST = 10, 7 * 24 * 3600
"""What a run's time may be, in seconds. In less than the shortest nothing is learnt."""

_PARTS = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,6})s)?")


def parse_duration(written: str) -> int:
    """Return the seconds that "90s", "10m" or "1h30m" stands for. Raises SettingError for anything else, and for 0."""
    match = _PARTS.fullmatch(written.replace(" ", "").lower())
    if match is None or not any(match.groups()):
        raise SettingError(
            text("The time {time} cannot be read.", time=repr(written)),
            remedy=text("Write it as 90s, 10m or 1h30m."),
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    found = 3600 * hours + 60 * minutes + seconds
    check_duration(found)
    return found


def check_duration(seconds: int) -> None:
    """Raise SettingError where no run can have that time."""
    if not SHORTEST <= seconds <= LONGEST:
        raise SettingError(
            text(
                "The time of a run must be from {shortest} to {longest}, and {given} was given.",
                shortest=written_duration(SHORTEST),
                longest=written_duration(LONGEST),
                given=written_duration(seconds),
            )
        )


def written_duration(seconds: int) -> str:
    """Return the seconds as `parse_duration` reads them: "10m", "1h30m", "0s"."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = (f"{count}{unit}" for count, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if count)
    return "".join(parts) or "0s"


def duration_words(seconds: float) -> Text:
    """Return a length of time in a sentence, as exact as an estimate is: "40 seconds", "12 minutes", "2.5 hours"."""
    if seconds < 100:
        return plural(round(seconds), "%n second", "%n seconds")
    if seconds < 100 * 60:
        return plural(round(seconds / 60), "%n minute", "%n minutes")
    return text("{hours:.3g} hours", hours=seconds / 3600)
