"""Kill a program that sorts photos, or puts them back, at a hundred random moments of each kind.

    python -m tests.benchmarks.faults [--quick]

Not a measurement, but too long for the tests: it fails where anything was lost, or not put back. Takes three minutes.
"""

import os
import random
import tempfile
from pathlib import Path

from tests.benchmarks.harness import options
from tests.benchmarks.harness.results import Row, report
from tests.sorting.faults import run_rounds

ROUNDS, QUICK = 100, 5


def main() -> int:
    """Run the rounds and report how many there were."""
    given = options.parser(__doc__).parse_args()
    seed = random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory() as around:
        os.environ["CATDOG_HOME"] = f"{around}/home"
        found = run_rounds(QUICK if given.quick else ROUNDS, Path(around), seed=seed)
    in_the_middle = sum(count for kind, count in found.items() if not kind.endswith((": ended", ": not begun")))
    row = Row("kills of sort and undo that lost nothing", f"{sum(found.values())}", f"{in_the_middle} in the middle")
    report("faults", [row], quick=given.quick)
    return 0


if __name__ == "__main__":
    options.conclude(main)
