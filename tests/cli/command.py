"""Runs the command line as people and programs use it, and returns its output and how it ended.

Mostly within the process of the tests, by the function that both `catdog-cli` and `python -m trainer` call: a process
of its own takes seconds to load torch. Where signals, terminals, rights or the process itself matter, it gets one.

`python -m tests.cli.command` reads several commands from standard input, and tells how each ended: so one process
without rights tries them all.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from trainer.cli import main

CLI = [sys.executable, "-m", "trainer"]

Done = subprocess.CompletedProcess[str]


def run(*args: str | Path, code: int = 0) -> Done:
    """Return what a command said within this process. It may write to no terminal and raise nothing."""
    return _as_expected(_called(["catdog-cli", *map(str, args)]), code)


def _called(words: list[str]) -> Done:
    out, err = _pipe(), _pipe()
    with mock.patch.object(sys, "argv", words), mock.patch.dict(os.environ), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            returned = ended.code or 0
        else:
            returned = 0
    assert isinstance(returned, int), returned
    return Done(words, returned, _said(out), _said(err))


def run_alone(*args: str | Path, code: int = 0) -> Done:
    """Return what a command said in a process of its own."""
    done = subprocess.run([*CLI, *map(str, args)], capture_output=True, text=True, timeout=800, check=False)
    return _as_expected(done, code)


def run_together(*commands: Sequence[str | Path], within: Sequence[str] = ()) -> list[Done]:
    """Return how commands ended that share a process, which another program starts where one is given."""
    asked = json.dumps([["catdog-cli", *map(str, args)] for args in commands])
    words = [*within, sys.executable, "-m", "tests.cli.command"]
    told = subprocess.run(words, input=asked, capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, told.stderr
    return [Done(*each) for each in json.loads(told.stdout)]


def as_json(*args: str | Path, code: int = 0) -> Any:
    return json.loads(run(*args, "--json", code=code).stdout)


def _as_expected(done: Done, code: int) -> Done:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def _pipe() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _said(pipe: io.TextIOWrapper) -> str:
    pipe.seek(0)
    return pipe.read()


if __name__ == "__main__":
    ended = [_called(words) for words in json.load(sys.stdin)]
    print(json.dumps([(done.args, done.returncode, done.stdout, done.stderr) for done in ended]))
