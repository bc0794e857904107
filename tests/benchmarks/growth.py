"""Whether time per photo and memory stay flat as datasets grow: 1,000, 4,000 and 16,000 photos, and 25,000.

    python -m tests.benchmarks.growth [--data FOLDER] [--sizes 1000,4000,16000,25000] [--recipe classic] [--quick]

Each size is trained for one epoch by `catdog-cli train` in a process and a home of its own, from nothing. Photos are
those of dogs-vs-cats-16k-200px.zip, unpacked into a temporary folder, the first of each class by number; beyond 16,000
they come a second time with a comment inside the JPEG, which makes other files of the same pixels. Nothing is written
beside the zip. The sizes run upwards and the smallest once more at the end, so that a machine that became slower
meanwhile is seen.

Ends with 1 where memory of our own grows more from the smallest to the largest dataset than what is known of a photo
may take, or where 25,000 photos take 1.5 GB of resident memory or more. Times are shown and not judged.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.harness import engine, options, subsets
from tests.benchmarks.harness.figures import short
from tests.benchmarks.harness.process import BenchmarkError, Memory
from tests.benchmarks.harness.results import Row, report

SIZES = (1_000, 4_000, 16_000, 25_000)
# With fewer, the batches of validation would not be full.
_QUICK_SIZES = (500, 1_000)
# What is kept of a photo: its path, digest, place and random numbers in Python's objects, and a features row where the
# recipe has one. Its pixels at 150 by 150 would be 67,500.
KEPT_BYTES_A_PHOTO = 6_000
# What one run takes more than another of the same size, by luck.
NOISE_BYTES = 60 * 10**6
LARGE_PHOTOS, LARGE_BYTES = 25_000, 1_500 * 10**6


class Size(NamedTuple):
    """One dataset's run."""

    photos: int
    scan: float
    """Milliseconds a photo, as the two below."""
    decode: float
    epoch: float
    memory: Memory


def main() -> int:
    """Measure, print and keep the rows; return 1 where memory grows."""
    parser = options.parser(__doc__)
    parser.add_argument("--sizes", type=lambda text: tuple(int(word) for word in text.split(",")), default=SIZES)
    parser.add_argument("--recipe", default="classic")
    wanted = parser.parse_args()
    archive = options.large(wanted.data)
    sizes = sorted(_QUICK_SIZES if wanted.quick else wanted.sizes)
    with tempfile.TemporaryDirectory() as folder:
        options.say("unpacking the zip")
        photos = subsets.unpack(archive, Path(folder) / "all")
        done = []
        for count in [*sizes, sizes[0]]:
            done.append(_measure(photos, count, Path(folder), wanted.recipe))
            options.say(_line(done[-1]))
    problems = judge(done)
    report("growth", _rows(done, wanted.recipe, problems), quick=wanted.quick)
    for problem in problems:
        options.say(problem)
    return 1 if problems else 0


def _measure(photos: list[Path], count: int, folder: Path, recipe: str) -> Size:
    """Train one epoch on so many photos, from nothing, and leave nothing behind."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        dataset = subsets.subset(photos, count, Path(place) / "photos")
        run = engine.train(dataset, Path(place) / "home", ["--recipe", recipe, "--epochs", "1"])
    if sum(run.photos.values()) != count:
        raise BenchmarkError(f"Of {count} photos {sum(run.photos.values())} were used.")
    in_epoch = run.photos["train"] + run.photos["validation"]
    scan, decode = (1000 * run.stages.get(stage, 0.0) / count for stage in ("scan", "decode"))
    return Size(count, scan, decode, 1000 * run.epochs[0].seconds / in_epoch, run.memory)


def judge(done: Sequence[Size]) -> list[str]:
    """Return in sentences where memory grows beyond what is allowed."""
    least, most = min(done, key=lambda size: size.photos), max(done, key=lambda size: size.photos)
    smallest = max(size.memory.own for size in done if size.photos == least.photos)
    grown, allowed = most.memory.own - smallest, _allowed(most.photos - least.photos)
    problems = []
    if grown > allowed:
        problems.append(
            f"Memory of our own grew by {grown / 1e6:.0f} MB from {least.photos:,} to {most.photos:,} photos; "
            f"{allowed / 1e6:.0f} MB are allowed."
        )
    problems += [
        f"{size.photos:,} photos took {size.memory.resident / 1e6:.0f} MB of resident memory; "
        f"it should be under {LARGE_BYTES / 1e6:.0f} MB."
        for size in done
        if size.photos <= LARGE_PHOTOS and size.memory.resident >= LARGE_BYTES
    ]
    return problems


def _allowed(more_photos: int) -> float:
    return NOISE_BYTES + KEPT_BYTES_A_PHOTO * more_photos


def _rows(done: Sequence[Size], recipe: str, problems: Sequence[str]) -> list[Row]:
    first, most = done[0], max(done, key=lambda size: size.photos)
    rows = []
    for place, size in enumerate(done):
        spent = f"scan {short(size.scan)}, decode {short(size.decode)}, epoch {short(size.epoch)} ms a photo"
        again = " (once more)" if place == len(done) - 1 else ""
        beside = f"{size.memory.own / 1e6:.0f} MB our own, {size.memory.resident / 1e6:.0f} MB resident"
        rows.append(Row(f"{size.photos:,} photos, {recipe} recipe{again}", spent, beside))
    times = [short(of_most / of_first) for of_most, of_first in zip(most[1:4], first[1:4], strict=True) if of_first]
    grown = (most.memory.own - first.memory.own) / 1e6
    allowed = _allowed(most.photos - first.photos) / 1e6
    verdict = "grows too much" if problems else "within it"
    return [
        *rows,
        Row(
            f"{most.photos:,} against {first.photos:,} photos",
            f"time per photo × {', '.join(times)}",
            f"{grown:+.0f} MB our own: {verdict}",
            f"flat; ≤ {allowed:.0f} MB",
        ),
    ]


def _line(size: Size) -> str:
    return f"  {size.photos:,}: " + ", ".join(
        (
            f"scan {size.scan:.2f}, decode {size.decode:.2f}, epoch {size.epoch:.2f} ms a photo",
            f"{size.memory.own / 1e6:.0f} MB our own, {size.memory.resident / 1e6:.0f} MB resident",
        )
    )


if __name__ == "__main__":
    options.conclude(main)
