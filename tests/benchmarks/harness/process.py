"""Runs one command as a process of its own, and notes when it said what and how much memory it took at most."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[3]
_SAMPLE_SECONDS = 0.05
# What hangs for so long is ended, so that the other benchmarks get their turn.
_LONGEST_SECONDS = 1800.0


class BenchmarkError(Exception):
    """A benchmark that cannot be run, in one sentence."""


class Line(NamedTuple):
    """One line of standard output."""

    at: float
    """Seconds after the start of the process."""
    text: str

    def json(self) -> dict[str, Any]:
        """Return the line read as JSON."""
        read: dict[str, Any] = json.loads(self.text)
        return read


class Memory(NamedTuple):
    """Bytes that a process and its children held at one time at most, each kind by itself."""

    resident: int = 0
    """All of it, with the libraries and files that are mapped."""
    own: int = 0
    """Without files: what the system cannot drop and read again."""

    def largest(self, other: "Memory") -> "Memory":
        """Return the larger of each kind."""
        return Memory(max(self.resident, other.resident), max(self.own, other.own))


class Outcome(NamedTuple):
    """One command that ended well."""

    lines: list[Line]
    seconds: float
    memory: Memory


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    *,
    enough: Callable[[Line], bool] = lambda _line: False,
) -> Outcome:
    """Run a command to its end, or stop it in order (as Ctrl+C does) after the first line that is `enough`.

    Raises BenchmarkError with the last thing it said where it fails.
    """
    lines: list[Line] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(environment or {})},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        hangs = threading.Timer(_LONGEST_SECONDS, process.kill)
        hangs.start()
        with process, _MemoryMeter(process.pid) as meter:
            stopped = False
            assert process.stdout is not None
            for text in process.stdout:
                lines.append(Line(time.perf_counter() - began, text.rstrip("\n")))
                if not stopped and enough(lines[-1]):
                    process.send_signal(signal.SIGINT)
                    stopped = True
            process.wait()
        hangs.cancel()
        seconds = time.perf_counter() - began
        if process.returncode and not stopped:
            errors.seek(0)
            raise BenchmarkError(f"{_words(command)} failed: {_last_words(errors.read(), lines)}")
    return Outcome(lines, seconds, meter.peak)


def answer(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a command whose last line is JSON, and return that. Raises BenchmarkError."""
    lines = run(command, environment).lines
    if not lines:
        raise BenchmarkError(f"{_words(command)} said nothing.")
    return lines[-1].json()


class _MemoryMeter:
    """Looks at a process and all its children, often, for as long as the context lasts (on Linux; elsewhere zeros)."""

    def __init__(self, pid: int) -> None:
        self.peak = Memory()
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            held = [_held(pid) for pid in _family(self._pid)]
            now = Memory(sum(one.resident for one in held), sum(one.own for one in held))
            self.peak = self.peak.largest(now)


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            text = children.read_text(encoding="ascii")
        except OSError:  # the thread has ended meanwhile
            continue
        for child in text.split():
            yield from _family(int(child))


def _held(pid: int) -> Memory:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:  # not Linux, or it has ended meanwhile
        return Memory()
    found = re.findall(r"^(VmRSS|RssAnon|RssShmem):\s+(\d+) kB", text, re.MULTILINE)
    kib = {name: int(number) for name, number in found}
    return Memory(1024 * kib.get("VmRSS", 0), 1024 * (kib.get("RssAnon", 0) + kib.get("RssShmem", 0)))


def _words(command: Sequence[str | Path]) -> str:
    return " ".join(Path(word).name for word in command)


def _last_words(errors: str, lines: Sequence[Line]) -> str:
    said = [*(line.text for line in lines[-1:]), *errors.strip().splitlines()[-3:]]
    return " / ".join(said) or "it said nothing."
