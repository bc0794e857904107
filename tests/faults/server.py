"""A process that has loaded everything, and runs each command line in a child of its own, with a call that fails in it.

Started with the library of `refuse.c` before it (LD_PRELOAD). It reads requests from standard input, one a line, and
answers each with one line; a command thus takes as long as its work, without the seconds that torch takes to load. What
takes long and touches no file below the folder is made shorter: templates are compiled once, precisions are not timed,
an export is proved by drawings alone, and a model learns from corrections by fewer steps.
"""

import ctypes
import errno
import functools
import gc
import importlib
import io
import itertools
import os
import pkgutil
import secrets
import signal
import sys
import tempfile
import threading
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import NoReturn

import msgspec

from tests.faults.fault import Call, Outcome, Request

# A command of these takes a second or two; one that waits for ever is a finding too.
_LONGEST = 120.0


def main() -> None:
    """Serve until standard input ends."""
    _load_all()
    print("ready", flush=True)
    for line in sys.stdin:
        outcome = _run(msgspec.json.decode(line, type=Request))
        print(msgspec.json.encode(outcome).decode(), flush=True)


def _load_all() -> None:
    import trainer

    for module in pkgutil.walk_packages(trainer.__path__, "trainer."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    _shorten()
    _train_once()
    gc.collect()
    gc.freeze()  # what is never freed need not be copied for a child


def _shorten() -> None:
    import jinja2
    import typer.main

    from trainer.export import onnx_file
    from trainer.hardware import devices
    from trainer.labelling import adjust, corrections

    typer.main.get_command = functools.cache(typer.main.get_command)
    plain = jinja2.Environment.compile
    codes: dict[str, object] = {}

    def compiled(environment: jinja2.Environment, source: str, name: str, filename: str) -> object:
        if name not in codes:
            codes[name] = plain(environment, source, name, filename)
        return codes[name]

    jinja2.Environment.compile = compiled  # type: ignore[method-assign, assignment]
    devices.is_faster_in_bfloat16 = lambda _kind: False  # which is measured otherwise, and may come out either way
    onnx_file.hard_photos = lambda: ()  # type: ignore[attr-defined]
    adjust._STEPS = 2  # noqa: SLF001
    corrections._FOLDS = 2  # noqa: SLF001


def _train_once() -> None:
    """Train with drawings, so that what is only loaded and compiled by the first run is there for all children."""
    from trainer.cli.app import run
    from trainer.drawings.samples import draw_dataset

    home = os.environ.get("CATDOG_HOME")
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        os.environ["CATDOG_HOME"] = f"{folder}/home"
        draw_dataset(Path(folder, "photos"), count=20, seed=1)
        small = ("--epochs", "1", "--image-size", "48", "--threads", "1", "--precision", "float32")
        sys.argv = ["catdog-cli", "train", f"{folder}/photos", "--out", f"{folder}/runs", *small]
        with suppress(SystemExit):
            run()
    del os.environ["CATDOG_HOME"]
    if home is not None:
        os.environ["CATDOG_HOME"] = home


def _run(request: Request) -> Outcome:
    work = Path(request.work)
    for name in ("out", "err", "calls"):
        (work / name).unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _be_command(request)
    until = time.monotonic() + _LONGEST
    timed_out = False
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > until:
            timed_out = True
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    calls = _text(work / "calls").splitlines()
    return Outcome(
        code=os.waitstatus_to_exitcode(status),
        out=_text(work / "out"),
        err=_text(work / "err") + ("\nIt took too long." if timed_out else ""),
        calls=tuple(_call(line) for line in calls),
        timed_out=timed_out,
    )


def _call(line: str) -> Call:
    kind, _, what = line.partition(" ")
    return Call(int(kind), what)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="backslashreplace") if path.exists() else ""


def _be_command(request: Request) -> NoReturn:
    """Run a command line, and end this process with its exit code."""
    work = request.work
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{work}/{name}", os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(work)
    os.environ.update(request.environment)
    from trainer.cli.app import run

    if request.now:
        _be_the_same_each_time("5" if request.fault.nth else "7")
    _arm(request)
    sys.argv = ["catdog-cli", *request.words]
    code = 0
    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as Python itself ends
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _be_the_same_each_time(digit: str) -> None:
    """Let what is measured and drawn by lot be the same in each run; only what the main thread measures takes time."""
    from trainer.training.budget import Stopwatch

    ticks = itertools.count(1)
    main = threading.main_thread()
    time.perf_counter = time.monotonic = lambda: next(ticks) / 1000 if threading.current_thread() is main else 0.0
    Stopwatch.__init__.__defaults__ = (time.monotonic,)
    secrets.token_hex = lambda size: digit * 2 * size


def _arm(request: Request) -> None:
    library, fault = ctypes.CDLL(None), request.fault
    if request.now:
        library.stop_the_clock(ctypes.c_long(request.now))
    number = getattr(errno, fault.error) if fault.error else 0
    kinds, log = int(fault.kinds), f"{request.work}/calls".encode()
    library.refuse_from(os.fsencode(request.below), kinds, int(fault.how), ctypes.c_long(fault.nth), number, log)


if __name__ == "__main__":
    main()
