"""What a page says of photos beside what CatDog says, for tests and for `tests.benchmarks.web`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.web.seen import Browser, verdicts
from trainer.core.config import PrecisionName
from trainer.inference.predictor import Predictor

AT_A_TIME = 25
"""Photos that are given to a page together."""


class Said(NamedTuple):
    """What one of them says of a photo."""

    verdict: str
    """The class, or the sentence why there is none."""
    probability: float


class Pair(NamedTuple):
    """A photo as both see it."""

    photo: Path
    ours: Said
    theirs: Said

    @property
    def size(self) -> float:
        """How far the probabilities are apart."""
        return abs(self.ours.probability - self.theirs.probability)

    @property
    def changes(self) -> bool:
        """Whether the verdict is another."""
        return self.ours.verdict != self.theirs.verdict


def catdog_says(model: Path, photos: Sequence[Path], precision: PrecisionName = "float32") -> list[Said]:
    """Return what CatDog says of photos; by default at the precision that exports have."""
    predictor = Predictor.load(model, device="cpu", precision=precision)
    found = list(predictor.predict(list(photos)))
    assert all(each.error is None for each in found)
    return [Said(each.class_name or each.reason or "", each.probability or 0.0) for each in found]


def page_says(browser: Browser, photos: Sequence[Path]) -> Iterator[Said]:
    """Yield what an open page says of photos, which it is given a few at a time."""
    for start in range(0, len(photos), AT_A_TIME):
        some = photos[start : start + AT_A_TIME]
        assert len({photo.name for photo in some}) == len(some)
        browser.run("document.querySelector('[data-part=clear]').click()")
        rows = verdicts(browser, some)
        for photo in some:
            row = rows[photo.name]
            assert not row.error, (photo, row.error)
            assert row.probability is not None
            yield Said(row.class_name or row.reason, row.probability)


def is_read_smaller(photo: Path, side: int) -> bool:
    """Whether CatDog decodes a file at a smaller scale for a model that looks at `side` by `side` pixels."""
    with Image.open(photo) as image:
        return image.format in ("JPEG", "MPO") and min(image.size) >= 2 * side
