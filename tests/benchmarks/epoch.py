"""Seconds an epoch of the same network takes: ours, the plain PyTorch way, and Keras on TensorFlow.

    python -m tests.benchmarks.epoch [--data FOLDER] [--rounds 5] [--quick]

The classic network at 150 pixels, batches of 32, strong augmentation, on dogs-vs-cats-small: 2,000 photos trained and
1,000 validated. Each contender is a process of its own that runs alone and is warm before its clock starts: ours skips
its first epoch, the others eight batches. They take turns, and so does the matrix product that says what the machine's
arithmetic could do at best. Afterwards a profile says where our time goes.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.harness import engine, environments, options, subsets
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.machine import bfloat16_instructions
from tests.benchmarks.harness.options import PYTHON
from tests.benchmarks.harness.process import ROOT, BenchmarkError, answer
from tests.benchmarks.harness.results import Row, report

# Multiplications and additions of the classic network at 150 pixels, forward: 4 convolutions and 2 dense layers
# (37.9 + 191.1 + 170.5 + 66.4 + 6.4 million). Backward takes twice that, but the photos need no gradient.
FORWARD_GFLOP = 0.472
TRAIN_GFLOP = 3 * FORWARD_GFLOP - 0.038
_AIMS = {"plain PyTorch": 5.5, "Keras": 2.5}
_OURS, _RATE = "CatDog", "matrix product"


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    rounds = 1 if wanted.quick else wanted.rounds
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if wanted.quick:
            dataset = subsets.few(dataset, home / "few", each=48)
        found = interleave(_contenders(dataset, home), rounds, options.say)
        photos = {split: len(list((dataset / split).glob("*/*"))) for split in ("train", "val")}
        rows = [*_rows(found, photos), *_profile(dataset, home)]
    report("epoch", rows, quick=wanted.quick)
    return 0


def _contenders(dataset: Path, home: Path) -> dict[str, Callable[[], float]]:
    """Return what to run for each: seconds an epoch, and of the matrix product GFLOP/s."""
    contenders: dict[str, Callable[[], float]] = {
        _RATE: lambda: float(answer([PYTHON, "-m", "tests.benchmarks.contenders.matrix_rate"])["gflops"]),
        _OURS: lambda: _second_epoch(dataset, home),
        "plain PyTorch": lambda: _seconds([PYTHON, "-m", "tests.benchmarks.contenders.plain_epoch", dataset]),
    }
    try:
        keras = environments.python_with("keras", environments.KERAS, "1.7 GB")
    except BenchmarkError as error:
        options.say(str(error))
    else:
        program = ROOT / "tests" / "benchmarks" / "contenders" / "keras_epoch.py"
        contenders["Keras"] = lambda: _seconds([keras, program, dataset])
    return contenders


def _second_epoch(dataset: Path, home: Path) -> float:
    """Return how long our second epoch takes; the first fills the cache, where it is empty, and warms up."""
    epoch = engine.train(dataset, home, ["--recipe", "classic", "--epochs", "2"]).epochs[1]
    options.say(f"  {epoch.seconds:.2f} s by the clock; the run itself says {epoch.told:.2f} s")
    return epoch.seconds


def _seconds(command: Sequence[str | Path]) -> float:
    told = answer(command)
    validation = told["validation_seconds"]
    options.say(f"  {told['seconds']:.2f} s, of which {validation:.2f} s validation; {told['val_accuracy']:.1%} right")
    return float(told["seconds"])


def _rows(found: Mapping[str, Sequence[float]], photos: Mapping[str, int]) -> list[Row]:
    ours, rates = found[_OURS], found[_RATE]
    work = TRAIN_GFLOP * photos["train"] + FORWARD_GFLOP * photos["val"]
    shares = [work / rate / seconds for rate, seconds in zip(rates, ours, strict=True)]
    limit = f"{Figure.of(shares).median:.0%} of the arithmetic limit of {work / Figure.of(rates).median:.1f} s"
    rows = [Row(f"an epoch of the classic recipe: {_OURS}", Figure.of(ours).text("s"), limit)]
    for name, aim in _AIMS.items():
        if name not in found:
            rows.append(Row(f"the same: {name}", "not measured: it could not be installed", "", f"≥ {aim} ×"))
        else:
            times = Figure.of(ratios(found[name], ours)).text()
            rows.append(Row(f"the same: {name}", Figure.of(found[name]).text("s"), f"{times} × {_OURS}", f"≥ {aim} ×"))
    products = f"matrix product (instructions for bfloat16: {bfloat16_instructions()})"
    return [*rows, Row(products, Figure.of(rates).text("GFLOP/s"))]


def _profile(dataset: Path, home: Path) -> list[Row]:
    """Return where our epoch's time goes, a row for each kind of work."""
    options.say("profile")
    try:
        told = answer(
            [PYTHON, "-m", "tests.benchmarks.epoch_profile", dataset], {**options.ENGINE, "CATDOG_HOME": str(home)}
        )
    except BenchmarkError as error:  # the numbers above stand without it
        options.say(f"The profile could not be made: {error}")
        return []
    step = sum(told["groups"].values())
    rows = [
        Row(f"– of a training step's processor time: {name}", f"{1000 * seconds:.1f} ms", f"{seconds / step:.0%}")
        for name, seconds in sorted(told["groups"].items(), key=lambda item: -item[1])
        if seconds / step >= 0.005
    ]
    return [
        *rows,
        Row("– the profiled steps, from which these shares are", f"{told['slower']:.2f} × as long as others"),
        Row("– of the epoch: validation", f"{told['validation']:.2f} s", f"{told['validation'] / told['epoch']:.0%}"),
    ]


if __name__ == "__main__":
    options.conclude(main)
