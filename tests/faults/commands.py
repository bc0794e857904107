"""Runs command lines in which a chosen call to the operating system fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.faults.fault import Fault, Outcome, Request

SOURCE = Path(__file__).with_name("refuse.c")
_PROJECT = Path(__file__).resolve().parents[2]


class Commands:
    """A process that runs command lines (`tests.faults.server`) for files below one folder."""

    def __init__(self, library: Path, work: Path) -> None:
        self.work = work
        self.place = work / "place"
        """Where all files are that commands see, and whose calls are counted."""
        self.place.mkdir(parents=True)
        self._now = int(time.time())
        own = {"LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_PROJECT), "PYTHONSAFEPATH": "1"}
        # Measuring coverage would make everything slow, and its files are not among those that may fail.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_PROJECT,
            env={name: value for name, value in os.environ.items() if not name.startswith("COV")} | own,
        )
        assert self._answer() == "ready\n"

    def run(self, *words: str | Path, fault: Fault | None = None) -> Outcome:
        """Run one command line to its end."""
        home, temporary = self.place / "home", self.place / "tmp"
        temporary.mkdir(exist_ok=True)
        request = Request(
            words=tuple(map(str, words)),
            work=str(self.work),
            below=str(self.place),
            environment={"CATDOG_HOME": str(home), "TMPDIR": str(temporary)},
            fault=fault or Fault(),
            now=self._now,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(request).decode() + "\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._answer(), type=Outcome)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()
