"""Photos a second from JPEG files to verdicts, memory, the share of decoding alone, and one photo's latency.

    python -m tests.benchmarks.verdicts [--data FOLDER] [--model FILE] [--rounds 5] [--quick]

The 1,000 test photos of dogs-vs-cats-small. Asking, decoding alone, and asking one photo at a time (200 different ones)
are processes of their own that take turns. Loading is not in the times; `first_verdict.py` measures it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.harness import models, options
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.options import ENGINE, PYTHON
from tests.benchmarks.harness.process import Memory, run
from tests.benchmarks.harness.results import Row, report

_PHOTOS, _REPETITIONS = 1000, 200
_QUICK = 64


class Turn(NamedTuple):
    """What one process found."""

    numbers: dict[str, float]
    memory: Memory


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options.add_model(parser)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    model = models.model_to_ask(wanted.model, dataset)
    counts = {"decode": _PHOTOS, "verdicts": _PHOTOS, "latency": _REPETITIONS}
    if wanted.quick:
        counts = dict.fromkeys(counts, _QUICK)
    contenders = {mode: _contender(mode, model, dataset / "test", count) for mode, count in counts.items()}
    found = interleave(contenders, 1 if wanted.quick else wanted.rounds, options.say)
    report("verdicts", _rows(found, models.title(model), counts["verdicts"]), quick=wanted.quick)
    return 0


def _contender(mode: str, model: Path, folder: Path, count: int) -> Callable[[], Turn]:
    def turn() -> Turn:
        worker = "tests.benchmarks.contenders.verdicts_worker"
        done = run([PYTHON, "-m", worker, mode, model, folder, str(count)], ENGINE)
        numbers = done.lines[-1].json()
        options.say("  " + ", ".join(f"{name} {number:.1f}" for name, number in numbers.items()))
        return Turn(numbers, done.memory)

    return turn


def _rows(found: dict[str, list[Turn]], model: str, count: int) -> list[Row]:
    asked, decoded = ([turn.numbers["rate"] for turn in found[mode]] for mode in ("verdicts", "decode"))
    share = Figure.of([100 * ratio for ratio in ratios(asked, decoded)])
    resident, own = (
        Figure.of([getattr(turn.memory, kind) / 1e6 for turn in found["verdicts"]]) for kind in ("resident", "own")
    )
    median, slow = (Figure.of([turn.numbers[name] for turn in found["latency"]]) for name in ("median", "p95"))
    return [
        Row(
            f"{count:,} JPEG files to verdicts, {model}",
            Figure.of(asked).text("photos/s"),
            f"{share.text('%')} of decoding alone",
        ),
        Row("the same: decoding alone", Figure.of(decoded).text("photos/s")),
        Row("the same: memory at most", resident.text("MB"), f"{own.text('MB')} of it our own, not mapped files"),
        Row("one photo after loading: median", median.text("ms")),
        Row("one photo after loading: 95th percentile", slow.text("ms")),
    ]


if __name__ == "__main__":
    options.conclude(main)
