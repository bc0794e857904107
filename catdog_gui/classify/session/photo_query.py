"""Which photos of the session are shown, and in which order."""

from operator import attrgetter, itemgetter
from typing import Literal

import msgspec

from catdog_gui.classify.session.session_photo import Kind, SessionPhoto

Order = Literal["added", "class", "probability", "name", "reason", "folder"]
Filter = Literal["all", "first", "second", "unsure", "unreadable"]
Place = str | float


class PhotoQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks to see. By default everything, as it was added."""

    order: Order = "added"
    reverse: bool = False
    """Other way round; what has no place in an order, such as a photo without a verdict, is last all the same."""
    kind: Filter = "all"
    low: float = 0.0
    high: float = 1.0
    """The least and the largest probability of the class, or of the nearest one where the verdict is "not sure"."""
    words: str = ""
    """All of these occur in the name, whatever their case."""

    @property
    def shows_all(self) -> bool:
        """Whether no photo is hidden."""
        return self.kind == "all" and not self.limits_probability and not self.words.strip()

    @property
    def limits_probability(self) -> bool:
        """Whether only photos of some probabilities are shown."""
        return self.low > 0 or self.high < 1

    @property
    def limits(self) -> tuple[object, ...]:
        """All that hides photos."""
        return self.kind, self.low, self.high, self.words

    def without_limits(self) -> "PhotoQuery":
        """Return the same order without any limit."""
        return PhotoQuery(order=self.order, reverse=self.reverse)

    def chosen(self, photos: list[SessionPhoto], stays: set[int]) -> list[SessionPhoto]:
        """Return those that are to be shown. What waits for a verdict is, where its number is in `stays`.

        With another model, every photo waits again: each stays until its verdict says that it belongs elsewhere.
        """
        words = self.words.casefold().split()
        return [photo for photo in photos if self._finds(photo, words) and self._passes(photo, stays)]

    def arranged(self, photos: list[SessionPhoto]) -> list[SessionPhoto]:
        """Return the photos in this order. Those that are equal in it stay in the order in which they were added."""
        added = sorted(photos, key=_number)
        if self.order == "added":
            return added[::-1] if self.reverse else added
        placed: list[tuple[Place, SessionPhoto]] = []
        rest = []
        for photo in added:
            place = self._place(photo)
            if place is None:
                rest.append(photo)
            else:
                placed.append((place, photo))
        placed.sort(key=_first, reverse=self.reverse)
        if self.order in ("class", "probability"):
            rest.sort(key=_likeliest)
        return [photo for _, photo in placed] + rest

    @staticmethod
    def _finds(photo: SessionPhoto, words: list[str]) -> bool:
        if not words:
            return True
        return all(word in photo.folded for word in words)

    def _passes(self, photo: SessionPhoto, stays: set[int]) -> bool:
        if self.kind == "all" and not self.limits_probability:
            return True
        kind: Kind = photo.kind
        if kind == "waiting":
            return photo.number in stays
        return self.kind in ("all", kind) and (not self.limits_probability or self._within(photo.confidence))

    def _within(self, confidence: float | None) -> bool:
        """Compare what is shown, which has one digit: "90.0 %" is from 90 % on, also where it is 0.89996."""
        return confidence is not None and round(1000 * self.low) <= round(1000 * confidence) <= round(1000 * self.high)

    def _place(self, photo: SessionPhoto) -> Place | None:
        """Return what a photo is sorted by; None where it has no place in this order. The surest come first."""
        match self.order:
            case "name":
                return photo.name_key
            case "folder":
                return photo.folder_key if photo.folder else None
            case "reason":
                return photo.why or None
        kind, likely = photo.class_index, photo.confidence
        if kind is None or likely is None:
            return None
        return 2 * kind - likely if self.order == "class" else -likely


_number = attrgetter("number")
_first = itemgetter(0)


def _likeliest(photo: SessionPhoto) -> float:
    """Put the unsure before those that wait or cannot be read."""
    return 1.0 if photo.confidence is None else -photo.confidence
