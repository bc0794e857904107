"""Let every call to the operating system fail, of every command, and see that nothing is lost and all is explained.

    python -m tests.faults [--only train sort] [--most 5] [--processes 2]

Each command is run once for each of its calls for files: this call fails alone, or all from it on as on a full disk, it
takes half of what it is given, or the process is killed there. Ends with 1 where anything was lost or unexplained.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

from tests.faults.share import OPERATIONS, Shares, fast_folder
from tests.faults.trials import WAYS, Trial


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=OPERATIONS, default=list(OPERATIONS))
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--most", type=int, help="trials of each command and way, evenly spread; all by default")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    began = time.monotonic()
    lines = ["| command | calls | failed | killed | lost | unexplained |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    everything: list[Trial] = []
    with ExitStack() as opened:
        folders = [
            Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="catdog-faults-", dir=fast_folder())))
            for _ in range(given.processes)
        ]
        shares = [opened.enter_context(closing(Shares(folder))) for folder in folders]
        pool = opened.enter_context(ThreadPoolExecutor(given.processes))
        for name in given.only:
            parts = [
                pool.submit(each.run, name, slice(number, None, given.processes), given.most, given.ways)
                for number, each in enumerate(shares)
            ]
            found = [trial for part in parts for trial in part.result()]
            everything += found
            lines.append(row(name, found))
            print(lines[-1], f"{time.monotonic() - began:.0f} s", flush=True)
    lines.append(row("together", everything))
    print("\n".join(lines))
    return int(any(trial.lost or trial.unexpected for trial in everything))


def row(name: str, found: list[Trial]) -> str:
    """Return the line of a table."""
    calls = sum({trial.operation: trial.calls for trial in found if trial.way == "EIO"}.values())
    killed, lost = sum(trial.way == "killed" for trial in found), sum(bool(trial.lost) for trial in found)
    unexplained = sum(bool(trial.unexpected) for trial in found)
    return f"| {name} | {calls:,} | {len(found) - killed:,} | {killed:,} | {lost} | {unexplained} |"


if __name__ == "__main__":
    raise SystemExit(main())
