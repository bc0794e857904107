"""How good each recipe becomes with how many photos, and how long a run takes: what `--recipe auto` goes by.

    python -m tests.benchmarks.recipe_table [--data FOLDER] [--photos 40,100,400,2000,14000] [--recipes NAMES]
        [--judged 1000] [--no-times] [--quick]

Accuracy: so many photos to learn from, half of each class, judged by the same photos of dogs-vs-cats-small (as many to
validate as to test) in one home, where what a backbone makes of those is computed once. Up to 2,000 they are the small
set's; beyond, those of the zip. Time: a run on so many photos in all, split by CatDog, in a home of its own, from the
start of the process to the end of the test. Each recipe has its own number of epochs, seed 0, one run a cell. Cells are
printed as they come, so what was measured is known however it ends.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.harness import engine, options, subsets
from tests.benchmarks.harness.figures import short
from tests.benchmarks.harness.process import BenchmarkError
from tests.benchmarks.harness.results import Row, report
from trainer.core.statistics import wilson_interval

PHOTOS = (40, 100, 400, 2_000, 14_000)
RECIPES: Mapping[str, Sequence[str]] = {
    "transfer-lite0": ("--recipe", "transfer", "--backbone", "efficientnet-lite0"),
    "transfer-lite1": ("--recipe", "transfer", "--backbone", "efficientnet-lite1"),
    "transfer-lite2": ("--recipe", "transfer", "--backbone", "efficientnet-lite2"),
    "transfer-not-mirrored": ("--recipe", "transfer", "--augment", "off"),
    "transfer-192": ("--recipe", "transfer", "--augment", "off", "--image-size", "192"),
    "transfer-light": ("--recipe", "transfer", "--augment", "light"),
    "compact": ("--recipe", "compact"),
    "classic": ("--recipe", "classic", "--patience", "0"),
}
_SMALL = 2_000


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--photos", type=lambda text: tuple(int(word) for word in text.split(",")), default=PHOTOS)
    parser.add_argument("--recipes", default=",".join(RECIPES), metavar="NAMES", help="some of: %(default)s")
    parser.add_argument("--judged", type=int, default=1_000, help="photos to validate, and as many to test")
    parser.add_argument("--no-times", action="store_true", help="accuracy alone")
    wanted = parser.parse_args()
    small = options.small(wanted.data)
    names = _known(wanted.recipes.split(","))
    counts, judged = ((40,), 40) if wanted.quick else (wanted.photos, wanted.judged)
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        photos = _photos(small, wanted.data, folder, most=max(counts))
        for count in counts:
            dataset = _judged_by_small(photos, count, small, judged, folder / f"accuracy-{count}")
            plain = subsets.subset(photos, count, folder / f"time-{count}")
            for name in names:
                accuracy = _accuracy(dataset, folder / "home", RECIPES[name])
                time = "" if wanted.no_times else _seconds(plain, RECIPES[name])
                rows.append(Row(f"{count:,} photos, {name}", accuracy, time))
                options.say(" | ".join(rows[-1]))
    report("recipe_table", rows, quick=wanted.quick)
    return 0


def _known(names: Sequence[str]) -> Sequence[str]:
    for name in names:
        if name not in RECIPES:
            raise BenchmarkError(f"{name} is none of {', '.join(RECIPES)}.")
    return names


def _photos(small: Path, data: Path, folder: Path, *, most: int) -> list[Path]:
    """Return photos to learn from, cats and dogs by turns."""
    if most > _SMALL:
        return subsets.unpack(options.large(data), folder / "all")
    cats, dogs = (sorted((small / "train" / name).iterdir()) for name in ("cats", "dogs"))
    return [photo for pair in zip(cats, dogs, strict=True) for photo in pair]


def _judged_by_small(photos: list[Path], count: int, small: Path, judged: int, folder: Path) -> Path:
    """Return a dataset of `count` photos to learn from, and `judged` of the small set to validate and to test with."""
    subsets.subset(photos, count, folder / "train")
    for split in ("val", "test"):
        for name in ("cats", "dogs"):
            target = folder / split / name
            target.mkdir(parents=True)
            for photo in sorted((small / split / name).iterdir())[: judged // 2]:
                (target / photo.name).symlink_to(photo.resolve())
    return folder


def _accuracy(dataset: Path, home: Path, words: Sequence[str]) -> str:
    tested = engine.train(dataset, home, words).tested
    if tested is None:
        raise BenchmarkError("The run was not tested.")
    right, count = tested
    low, high = wilson_interval(right, count)
    return f"{100 * right / count:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _seconds(dataset: Path, words: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory() as home:
        return f"{short(engine.train(dataset, Path(home), words).seconds)} s"


if __name__ == "__main__":
    options.conclude(main)
