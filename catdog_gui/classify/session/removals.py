"""What was removed from the list, to be put back by an undo."""

from typing import NamedTuple

from catdog_gui.classify.session.session_photo import SessionPhoto

# Photos that were pasted are held in memory.
MOST = 30


class Removal(NamedTuple):
    """Photos that were removed together."""

    photos: list[SessionPhoto]
    judged_by: int
    """Counts the models: verdicts of an earlier one are no longer worth anything."""


class Removals:
    """The last ones, the latest on top."""

    def __init__(self) -> None:
        self._removals: list[Removal] = []

    def push(self, removal: Removal) -> None:
        """Remember a removal."""
        self._removals.append(removal)
        del self._removals[:-MOST]

    def pop(self) -> Removal | None:
        """Return the latest and forget it; None where there is none."""
        return self._removals.pop() if self._removals else None

    @property
    def count(self) -> int:
        """How many photos an undo would bring back."""
        return len(self._removals[-1].photos) if self._removals else 0
