"""While a backbone looks at the photos of a run that was given a time: whether that alone will take longer."""

from collections.abc import Callable

from trainer.core.duration import duration_words
from trainer.core.progress import Progress
from trainer.core.text import Text, join, text
from trainer.training.budget import Stopwatch

# Seconds, and photos, after which the rest can be told from them.
_SEEN_SECONDS, _SEEN_PHOTOS = 5.0, 32


class Foresight:
    """Says it once, as soon as it can be told, and not only when the time is over."""

    def __init__(self, watch: Stopwatch, seconds: float, note: Callable[[Text], None]) -> None:
        """Take the run's time; it is endless where none was given."""
        self._watch, self._seconds, self._note = watch, seconds, note
        self._told = False

    def over(self, progress: Progress, more: int = 0) -> Progress:
        """Return a progress that passes everything on to this one, and foresees how long the rest takes.

        After it, so many more photos will be looked at.
        """
        began, at_first, before = 0.0, 0, 0

        def foresee(done: int, total: int) -> None:
            nonlocal began, at_first, before
            progress(done, total)
            now = self._watch.seconds
            if before == 0 or done < before:  # the first split begins, or the next one
                began, at_first = now, done
            before = done
            since, seen = now - began, done - at_first
            if since >= _SEEN_SECONDS and seen >= _SEEN_PHOTOS:
                self._judge(now + since / seen * (total - done + more))

        return foresee

    def _judge(self, end: float) -> None:
        if self._told or end <= self._seconds:
            return
        self._told = True
        found = text(
            "Looking at the photos alone takes about {duration} on this computer, which is longer than {time}.",
            duration=duration_words(end),
            time=duration_words(self._seconds),
        )
        self._note(join([found, text("A faster backbone, smaller images or fewer photos would take less.")]))
