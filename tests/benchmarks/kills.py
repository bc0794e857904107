"""Kill trainings at a hundred random moments, while another program takes the processor now and then.

    python -m tests.benchmarks.kills [--quick]

Not a measurement, but too long for the tests: it fails where a run that was killed, and went on, ends with another bit
than the same run left alone: in its weights, its metrics, its evaluation or its calibration. On practice drawings, with
the default settings of each recipe but for their size. Takes about a quarter of an hour.
"""

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import options
from tests.benchmarks.harness.process import BenchmarkError
from tests.benchmarks.harness.results import Row, report
from tests.training.kills import RUNS, another_program, killed_on_the_way, left_alone
from trainer.drawings.samples import draw_dataset

KILLS, QUICK, AT_ONCE = 100, 4, 6


def main() -> int:
    """Kill, compare, and report how often at which moments."""
    given = options.parser(__doc__).parse_args()
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    options.say(f"random moments from seed {seed}")
    wanted = (QUICK if given.quick else KILLS) // len(RUNS)
    rows = []
    with tempfile.TemporaryDirectory() as around, another_program():
        drawings = Path(around) / "drawings"
        draw_dataset(drawings, count=80, seed=7)
        for name, settings in RUNS.items():
            kills, runs = _kill(drawings, Path(around) / name, settings, dice, wanted)
            moments = ", ".join(f"{count} in {moment}" for moment, count in sorted(kills.items()))
            rows.append(Row(f"kills of {name}: the same bits", f"{kills.total()} in {runs} runs", moments))
            options.say(f"{rows[-1].measured}: {rows[-1].value} ({moments})")
    report("kills", rows, quick=given.quick)
    return 0


def _kill(
    drawings: Path, around: Path, settings: dict[str, Any], dice: random.Random, wanted: int
) -> tuple[Counter[str], int]:
    """Return how often runs were killed at which moment, and how many runs that were. Raises BenchmarkError."""
    whole = left_alone(drawings, around / "whole", settings)
    kills: Counter[str] = Counter()
    runs = 0
    while kills.total() < wanted:
        most = min(AT_ONCE, wanted - kills.total())
        found = killed_on_the_way(drawings, around / str(runs), settings, whole, dice, most=most)
        if found.differing:
            raise BenchmarkError(f"After {found.kills.total()} kills these differ: {', '.join(found.differing[:9])}.")
        kills += found.kills
        runs += 1
    return kills, runs


if __name__ == "__main__":
    options.conclude(main)
