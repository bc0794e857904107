"""How much one caller and all callers together may ask for."""

import msgspec

from trainer.core.errors import SettingError
from trainer.core.text import text

_MEGABYTE = 1_000_000
_ROOM = 4
"""Bodies that are held at one time at most: so many of the largest, or `_LEAST_ROOM`."""
_MOST = 100_000
"""Of anything: megabytes, photos, seconds."""
_LEAST_ROOM = 256 * _MEGABYTE


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a service. Sizes are in bytes, times in seconds."""

    body: int = 64 * _MEGABYTE
    """Of one request."""
    photos: int = 64
    """In one request."""
    queue: int = 256
    """Photos of all requests together that wait for their turn."""
    seconds: float = 30.0
    """For a request to arrive, and again for its verdicts."""
    connections: int = 512
    """At one time; the next ones are told to come back later."""

    @property
    def room(self) -> int:
        """Bytes of all bodies together that are in memory at one time."""
        return max(_ROOM * self.body, _LEAST_ROOM)


def limits(*, megabytes: float, photos: int, queue: int, seconds: float) -> Limits:
    """Return limits as a user gave them. Raises SettingError for those that let nothing through."""
    for name, value in (("--max-mb", megabytes), ("--max-photos", photos), ("--timeout", seconds)):
        if not 0 < value <= _MOST:
            raise SettingError(
                text(
                    "{name} must be more than 0 and at most {most:,}, and {value} was given.",
                    name=name,
                    most=_MOST,
                    value=value,
                ),
                remedy=text("Leave it out for the usual limit."),
            )
    if queue < photos:
        raise SettingError(
            text("{photos} photos in one request never fit into a queue of {queue}.", photos=photos, queue=queue),
            remedy=text("Let --queue be at least as large as --max-photos."),
        )
    return Limits(body=int(megabytes * _MEGABYTE), photos=photos, queue=queue, seconds=seconds)
