"""What the number of shards does to the compact recipe: its batch norms see a shard at a time, and not the whole batch.

    python -m tests.benchmarks.ghost_norm [--data FOLDER] [--epochs 30] [--seeds 3] [--shards 1,2,4,8]
        [--small] [--quick]

The same run with every number of shards and several seeds, on dogs-vs-cats-small. The accuracy is that of the test
photos, the loss that of the best epoch on the validation photos. No part of `make bench`: it takes hours. With
`--small` images have 64 to 96 pixels a side instead of 112 to 176, which takes a third of the time.
"""

import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.harness import engine, options, subsets
from tests.benchmarks.harness.figures import Figure
from tests.benchmarks.harness.process import BenchmarkError
from tests.benchmarks.harness.results import Row, report

_SMALL = ("--image-size", "96", "--first-size", "64", "--last-size", "96")


def main() -> int:
    """Train, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--shards", default="1,2,4,8", metavar="NUMBERS")
    parser.add_argument("--small", action="store_true", help="small images")
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    epochs, seeds = (1, 1) if wanted.quick else (wanted.epochs, wanted.seeds)
    sizes = _SMALL if wanted.small else ()
    counts = [int(count) for count in wanted.shards.split(",")]
    right: dict[int, list[float]] = {count: [] for count in counts}
    losses: dict[int, list[float]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if wanted.quick:
            dataset = subsets.few(dataset, home / "few", each=48)
        for seed in range(seeds):
            for count in counts:
                accuracy, loss = _train(dataset, home, ["--epochs", str(epochs), "--seed", str(seed), *sizes], count)
                options.say(f"seed {seed}, {count} shards: {accuracy:.1%} right, validation loss {loss:.4f}")
                right[count].append(accuracy)
                losses[count].append(loss)
    of = f"compact, {epochs} epochs{', small images' if wanted.small else ''}"
    report("ghost_norm", [_row(count, right[count], losses[count], of) for count in counts], quick=wanted.quick)
    return 0


def _train(dataset: Path, home: Path, words: Sequence[str], shards: int) -> tuple[float, float]:
    """Return the accuracy on the test photos, and the lowest validation loss. Raises BenchmarkError."""
    found = engine.train(dataset, home, ["--recipe", "compact", "--shards", str(shards), *words])
    if found.model is None:
        raise BenchmarkError("The run left no model.")
    evaluation = json.loads((found.model.parent / "evaluation.json").read_bytes())
    rows = (found.model.parent / "metrics.csv").read_text(encoding="utf-8").splitlines()
    place = rows[0].split(",").index("val_loss")
    return evaluation["accuracy"], min(float(row.split(",")[place]) for row in rows[1:])


def _row(count: int, right: Sequence[float], losses: Sequence[float], of: str) -> Row:
    spread = f", deviation {100 * statistics.stdev(right):.2f} points" if len(right) > 1 else ""
    accuracy = Figure.of([100 * share for share in right]).text("%")
    name = f"{of}, batches of 32 in {count} shards: right"
    return Row(name, accuracy, f"validation loss {Figure.of(losses).text()}{spread}")


if __name__ == "__main__":
    options.conclude(main)
