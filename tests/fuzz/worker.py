"""Runs cases in a process of its own, forked when everything is loaded: with bounded memory, time and reach."""

import json
import mmap
import os
import resource
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz.kind import Kind
from tests.fuzz.sane import ImpossibleError
from trainer.core.errors import TrainerError
from trainer.hardware import memory
from trainer.hardware.parallel import one_thread

MEMORY_BYTES = 1_500_000_000
"""That a case may take beyond what the program has when it is loaded."""
SECONDS = 20.0
"""That a case may take; the largest ones take a fraction of a second."""
_FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "subprocess.Popen",
    "socket.connect",
    "ctypes.dlopen",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Fault(NamedTuple):
    """One case that the program did not answer with a sentence."""

    case: int
    what: str


class Outcome(NamedTuple):
    """What came of many cases."""

    refused: int
    taken: int
    faults: list[Fault]


@one_thread()  # those of torch are not there any more after a fork, and whoever waits for them waits for ever
def run_cases(kind: Kind, make: Callable[[int], bytes], cases: Sequence[int]) -> Outcome:
    """Return what came of these cases; `make` returns the file of each."""
    if cases:
        make(cases[0])  # loads here, once, what every worker needs
    counts: Counter[str] = Counter()
    faults = []
    for case, what in _answers(kind, make, cases):
        if what in ("refused", "taken"):
            counts[what] += 1
        else:
            faults.append(Fault(case, what))
    return Outcome(counts["refused"], counts["taken"], faults)


def _answers(kind: Kind, make: Callable[[int], bytes], cases: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield each case with its answer. A process that dies or hangs is replaced by another, after its case."""
    begun = mmap.mmap(-1, 16)  # which case the worker is at, and since when
    done = 0
    while done < len(cases):
        begun[:] = struct.pack("<qd", done, time.monotonic())
        reading, writing = os.pipe()
        sys.stdout.flush()
        worker = os.fork()
        if not worker:
            os.close(reading)
            _work(kind, make, cases, done, begun, writing)
        os.close(writing)
        hung = False
        with os.fdopen(reading, "rb", buffering=0) as answers:
            rest = b""
            while True:
                if not select.select([answers], [], [], 0.5)[0]:
                    _, since = struct.unpack("<qd", begun[:])
                    if time.monotonic() - since > SECONDS:
                        os.kill(worker, signal.SIGKILL)
                        hung = True
                    continue
                part = answers.read(65536)
                if not part:
                    break
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    number, what = json.loads(line)
                    done = number + 1
                    yield cases[number], what
        _, status = os.waitpid(worker, 0)
        if done < len(cases):
            end = f"no answer within {SECONDS:g} s" if hung else f"the process ended ({status})"
            yield cases[done], end
            done += 1


def _work(
    kind: Kind, make: Callable[[int], bytes], cases: Sequence[int], first: int, begun: mmap.mmap, answers: int
) -> None:
    """Answer case after case, and end the process."""
    code = 1
    try:
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_room()) as home:
            _confine(Path(home))
            for number in range(first, len(cases)):
                data = make(cases[number])
                begun[:] = struct.pack("<qd", number, time.monotonic())
                line = json.dumps([number, _answer(kind, data, Path(home))]) + "\n"
                os.write(answers, line.encode())
        code = 0
    finally:
        os._exit(code)


def _room() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # the cases sync their files, which a disk takes time for


_seen: list[str] = []
"""What a case did that no file may make the program do."""


def _confine(home: Path) -> None:
    """Bound this process's memory, let it say nothing, and notice what it does outside its folder."""
    memory.keep_freed()  # as the program does: to take and give back memory case by case takes longer than the cases
    os.environ["CATDOG_HOME"] = str(home / "home")
    tempfile.tempdir = str(home)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    inside = str(home.resolve())

    def notice(event: str, args: tuple[Any, ...]) -> None:
        if event in _FORBIDDEN:
            _seen.append(event)
        elif event == "open" and isinstance(args[0], str | bytes) and args[2] & _WRITING:
            path = os.path.realpath(os.fsdecode(args[0]))
            if not path.startswith((inside, "/dev/null")):
                _seen.append(f"wrote {path}")

    sys.addaudithook(notice)


def _answer(kind: Kind, data: bytes, home: Path) -> str:
    """Return "taken", "refused", or what is wrong."""
    folder = home / "case"
    folder.mkdir()
    _seen.clear()
    try:
        kind.check(data, folder)
        answer = "taken"
    except TrainerError as error:
        answer = "refused" if error.what.strip() else "refused without a reason"
    except ImpossibleError as error:
        answer = f"believed: {error}"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        answer = f"{type(error).__name__}: {str(error)[:200]} at {_place(error)}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return f"it did {_seen[0]}" if _seen else answer


def _place(error: BaseException) -> str:
    """Return the last line of the project that an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/trainer/" in frame.filename or "/catdog_gui/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
