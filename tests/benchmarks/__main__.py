"""`make bench`: every benchmark after the other, and one Markdown table of what they found.

    python -m tests.benchmarks [--data FOLDER] [--only epoch,growth] [--quick]

Takes about forty minutes, and nothing else should run meanwhile. The table is printed and kept in build/bench. A
benchmark that cannot be run (no photos, an unknown recipe) is named above it, and the others go on.
"""

import subprocess
import sys
import time

from tests.benchmarks.harness import machine, options
from tests.benchmarks.harness.process import ROOT
from tests.benchmarks.harness.results import BENCHMARKS, TABLE, forget, write_table

# Busier than this, two cores give no numbers worth keeping.
_QUIET = 0.5


def main() -> int:
    """Run them, print the table, and return 1 where one of them failed or judged badly."""
    parser = options.parser(__doc__)
    parser.add_argument("--only", default=",".join(BENCHMARKS), metavar="NAMES", help="some of: %(default)s")
    wanted = parser.parse_args()
    names = wanted.only.split(",")
    words = ["--data", str(wanted.data.absolute()), *(["--quick"] if wanted.quick else [])]
    if machine.load() > _QUIET:
        options.say(f"Something else runs here (load {machine.load():.1f}): expect noisy numbers.")
    missing, worst = [], 0
    for name in names:
        forget(name)
        options.say(f"\n== {name}")
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{name}", *words],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        sys.stderr.write(done.stderr)
        options.say(f"({name}: {(time.monotonic() - began) / 60:.1f} minutes)")
        worst = max(worst, done.returncode)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}."]
            missing.append(f"{name}: {last[0]}")
    options.say(f"\n{write_table(missing)}\nThe table is {TABLE.relative_to(ROOT)}.")
    return min(1, abs(worst))


if __name__ == "__main__":
    options.conclude(main)
