"""`make fuzz`: damages files of every kind at random, thousands of each, and says what the program did not refuse.

Each case follows from the seed, the kind and its number. What is found is kept in `build/fuzz`, one file each, and goes
into `tests/fuzz/corpus` once it is mended.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import SystemRandom

from tests.fuzz.kind import Kind
from tests.fuzz.kinds import KINDS, maker
from tests.fuzz.worker import Outcome, run_cases

_KEPT = Path("build", "fuzz")


def main() -> int:
    """Fuzz, and return 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only files of this kind; may be repeated")
    parser.add_argument("--cases", type=int, default=10_000, help="of each kind (default 10,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9), help="to repeat a former run")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    found = 0
    for name in given.kind or KINDS:
        began = time.monotonic()
        outcome = run_cases(KINDS[name], maker(KINDS[name], given.seed), range(given.first, given.first + given.cases))
        seconds = time.monotonic() - began
        print(
            f"{name:<10} {given.cases:>7,} cases  {outcome.refused:>7,} refused  {outcome.taken:>7,} taken  "
            f"{len(outcome.faults):>4} faults  {seconds:.0f} s",
            flush=True,
        )
        _tell(KINDS[name], given.seed, outcome)
        found += len(outcome.faults)
    return 1 if found else 0


def _tell(kind: Kind, seed: int, outcome: Outcome) -> None:
    """Print each fault once, and keep the smallest file that leads to it."""
    cases = defaultdict(list)
    for fault in outcome.faults:
        cases[fault.what].append(fault.case)
    for what, numbers in cases.items():
        number, data = min(((case, maker(kind, seed)(case)) for case in numbers[:50]), key=lambda found: len(found[1]))
        _KEPT.mkdir(parents=True, exist_ok=True)
        path = _KEPT / f"{kind.name}-{seed}-{number}.bin"
        path.write_bytes(data)
        print(f"  {len(numbers)} x {what}\n      {path} ({len(data):,} bytes)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
