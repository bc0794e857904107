"""A share of the trials of each operation."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.commands import SOURCE, Commands
from tests.faults.operation import Operation
from tests.faults.sorting import SORTING
from tests.faults.training import TRAINING
from tests.faults.trials import Bench, Trial, spread
from tests.preload import build_library

_TOLD_EVERY = 50
OPERATIONS: dict[str, Operation] = {each.name: each for each in (*TRAINING, *SORTING)}


class Shares:
    """Runs shares of trials: what a process keeps from one to the next."""

    def __init__(self, around: Path) -> None:
        self._around = around
        self._commands = Commands(build_library(SOURCE, around), around / "work")

    def run(self, name: str, part: slice, most: int | None, ways: Sequence[str]) -> list[Trial]:
        """Run a part of the trials of an operation, and print what is found."""
        bench = Bench(self._commands, OPERATIONS[name], self._around)
        asked = [(way, nth) for way, count in bench.counts().items() if way in ways for nth in spread(count, most)]
        found = []
        for way, nth in asked[part]:
            trial = bench.trial(way, nth)
            found.append(trial)
            if trial.lost or trial.unexpected:
                print(f"\n{name}, {way} {nth}, {trial.call}", flush=True)
                for each in trial.lost:
                    print(f"  LOST {each}", flush=True)
                if trial.unexpected:
                    print(f"  UNEXPLAINED {trial.unexpected}", flush=True)
            if len(found) % _TOLD_EVERY == 0:
                print(f"{name}: {len(found)} of {len(asked[part])} trials of this share", file=sys.stderr, flush=True)
        return found

    def close(self) -> None:
        """End the process that runs the commands."""
        self._commands.close()


def fast_folder() -> str | None:
    """Return a folder in memory, where there is one: every sync would wait for a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
