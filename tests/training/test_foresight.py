"""That the photos alone take longer than the time that a run was given is said early, and once."""

from trainer.training.budget import Stopwatch
from trainer.training.foresight import Foresight


class Photos:
    """A clock that each photo moves."""

    def __init__(self, seconds_a_photo: float) -> None:
        self.now = 0.0
        self.shown: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self._each = seconds_a_photo
        self._watch = Stopwatch(lambda: self.now)
        self.foresight = Foresight(self._watch, 60, self.notes.append)

    def look(self, *totals: int) -> list[tuple[float, str]]:
        """Look at so many photos in one split after another; return what was said when."""
        progress, said = self.foresight.over(lambda done, total: self.shown.append((done, total))), []
        for total in totals:
            for done in range(8, total + 1, 8):
                self.now += 8 * self._each
                before = len(self.notes)
                progress(done, total)
                said += [(self.now, note) for note in self.notes[before:]]
        return said


def test_photos_that_fit_are_not_spoken_of() -> None:
    photos = Photos(0.05)
    assert photos.look(800, 160) == []
    assert photos.shown[-1] == (160, 160)


def test_what_takes_too_long_is_told_once_and_before_a_tenth_is_done() -> None:
    [(when, sentence)] = Photos(0.5).look(1600, 160)
    assert when < 80
    assert sentence.startswith("Looking at the photos alone takes about 13 minutes on this computer, which is longer")


def test_the_second_split_counts_what_the_first_took() -> None:
    [(when, _sentence)] = Photos(0.25).look(160, 160)  # 40 s, and 40 s more
    assert 40 < when < 60


def test_looks_that_come_later_count() -> None:
    photos = Photos(0.1)
    progress = photos.foresight.over(lambda _done, _total: None, 480)
    for done in range(8, 81, 8):
        photos.now += 0.8
        progress(done, 160)
    assert len(photos.notes) == 1  # 16 s, and 48 s more
