"""The lines of `events.jsonl`, each of which vouches for itself: it ends with the CRC-32 of what stands before that.

The checksum is one more field of the line's JSON object, so that people and former versions read it as before. What
they wrote has none, and is believed until the first line that has one: from there on each line needs it.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

import msgspec

from trainer.core.events import AnyEvent, from_line, to_line
from trainer.core.text import Text, plural

_SEAL = re.compile(rb',"crc32":"([0-9a-f]{8})"\}\Z')
_MOST_NAMED = 5


def sealed_line(event: AnyEvent) -> bytes:
    """Return an event as a line with its checksum and its end."""
    body = to_line(event).encode()[:-1]
    return b'%s,"crc32":"%08x"}\n' % (body, crc32(body))


class LogReader:
    """Reads the lines of a log in their order, and keeps the numbers of those that are damaged."""

    def __init__(self) -> None:
        self.damaged: list[int] = []
        """From 1 on. A line that a kill cut off is none of them."""
        self._number = 0
        self._sealed = False

    def expect_seals_of(self, lines: Iterable[bytes]) -> None:
        """Believe no line without a checksum where one of these has one."""
        self._sealed = self._sealed or any(_SEAL.search(line.rstrip(b"\r\n")) for line in lines)

    def read(self, line: bytes, *, passing_over: bytes | None = None) -> AnyEvent | None:
        """Return the event in the next line; None where it is damaged or cut off.

        Where what is to be passed over is in its first bytes, its checksum is looked at and None returned.
        """
        self._number += 1
        body = line.rstrip(b"\r\n")
        seal = _SEAL.search(body)
        self._sealed = self._sealed or seal is not None
        believed = crc32(body[: seal.start()]) == int(seal[1], 16) if seal is not None else not self._sealed
        if believed and passing_over is not None and passing_over in body[:40]:
            return None
        try:
            if believed:
                return from_line(body)
        except msgspec.DecodeError:
            pass
        if not self._is_cut_off(line):
            self.damaged.append(self._number)
        return None

    def _is_cut_off(self, line: bytes) -> bool:
        """Whether a kill left the line so: the last one, or one that a former version wrote on after."""
        return not line.endswith(b"\n") or not (self._sealed or line.rstrip(b"\r\n").endswith(b"}"))

    def damage(self, path: Path) -> Text | None:
        """Return what is damaged in the log at `path`, in a sentence; None where nothing is."""
        if not self.damaged:
            return None
        more = ["…"] if len(self.damaged) > _MOST_NAMED else []
        return plural(
            len(self.damaged),
            "A line of {path} is damaged and was left out: line {lines}.",
            "%n lines of {path} are damaged and were left out: lines {lines}.",
            path=str(path),
            lines=", ".join([*map(str, self.damaged[:_MOST_NAMED]), *more]),
        )
