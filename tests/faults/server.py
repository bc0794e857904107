"""A process that has loaded everything, and runs each command line in a child of its own, with a call that fails in it.

Started with the library of `refuse.c` before it (LD_PRELOAD). It reads requests from standard input, one a line, and
answers each with one line; a command thus takes as long as its work, without the seconds that torch takes to load.
"""

import ctypes
import errno
import gc
import importlib
import os
import pkgutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec

from tests.faults.fault import Call, Fault, Outcome, Request

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
    _look_at_a_photo()
    gc.collect()
    gc.freeze()  # what is never freed need not be copied for a child


def _look_at_a_photo() -> None:
    """Classify a photo, so that what is only loaded and compiled by the first one is there for all children."""
    from PIL import Image

    from trainer.files.resources import resource
    from trainer.inference.predictor import Predictor

    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder, "grey.png")
        Image.new("RGB", (64, 64), "grey").save(photo)
        assert list(Predictor.load(resource("models", "starter.safetensors"), device="cpu").predict([photo]))


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

    library = ctypes.CDLL(None)
    _arm(library, request.fault, work, request.below)
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


def _arm(library: ctypes.CDLL, fault: Fault, work: str, below: str) -> None:
    number = getattr(errno, fault.error) if fault.error else 0
    library.refuse_from(
        os.fsencode(below), int(fault.kinds), int(fault.how), ctypes.c_long(fault.nth), number, f"{work}/calls".encode()
    )


if __name__ == "__main__":
    main()
