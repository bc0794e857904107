"""Kills a training again and again, at random moments, and says whether it ended with the bits of one left alone.

Real processes are killed for real (SIGKILL), while another program takes the processor now and then. Every run has the
default number of threads, in a home of its own, so that nothing is read that another run computed.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import safetensors.torch
import torch

from trainer.core.events import TERMINAL, AnyEvent, BatchFinished, CheckpointSaved, StageProgressed, from_line
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint

# Writes a checkpoint after every batch, so that many kills fall into the middle of a write.
PROGRAM = """
import json, sys
from pathlib import Path
from trainer.core.events import to_line
from trainer.core.recipes import recipe
from trainer.training import loop
loop.CHECKPOINT_SECONDS = 0.0
emit = lambda event: print(to_line(event), flush=True)
what, place, settings = sys.argv[1:4]
if what == "resume":
    loop.resume(Path(place), emit=emit)
else:
    given = json.loads(settings)
    loop.train(recipe(given.pop("recipe")).config(what, **given), out=Path(place), emit=emit)
"""
# Takes all of a core for a random while, and then nothing for one.
BUSY = """
import random, time
while True:
    until = time.monotonic() + random.uniform(0.1, 1.5)
    while time.monotonic() < until:
        pass
    time.sleep(random.uniform(0.1, 1.5))
"""
RUNS: dict[str, dict[str, Any]] = {
    "classic": {"recipe": "classic", "image_size": 48},
    "compact": {"recipe": "compact", "image_size": 64, "first_size": 48, "last_size": 64},
    "transfer": {"recipe": "transfer", "image_size": 48},
    "transfer, tuned": {"recipe": "transfer", "image_size": 48, "tuned_stages": 2},
}
_USUAL = {"epochs": 2, "batch_size": 16, "seed": 5}
# Where a kill may fall, after some events of that kind and a moment: in a new run, one before its first checkpoint, and
# later.
_AT_FIRST, _BEFORE_LONG, _LATER = ("scan", "decode"), ("decode", "batch", "save"), ("batch", "save", "evaluate")
_LONGEST_MOMENT = 0.15
_DAMAGED_SHARE = 0.5


class Killed(NamedTuple):
    """How a run ended that was killed on its way."""

    kills: Counter[str]
    """How often at which of the moments."""
    differing: list[str]
    """What is not the same as in the run that was left alone, bit for bit: nothing, it is to be hoped."""


@contextmanager
def another_program() -> Iterator[None]:
    """Let another program take a core now and then."""
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        yield
    finally:
        process.kill()
        process.wait(30)


def left_alone(dataset: Path, home: Path, settings: dict[str, Any]) -> RunFolder:
    """Train to the end, or go on to it, and return the run."""
    with _running(dataset, home, settings) as process:
        for _ in _events(process):
            pass
    return _folder(home)


def killed_on_the_way(
    dataset: Path, home: Path, settings: dict[str, Any], whole: RunFolder, dice: random.Random, *, most: int
) -> Killed:
    """Train to the end with at most so many kills, and compare with the run that was left alone.

    Where two checkpoints are left, a kill may have damaged the newer one too, as a failing disk would.
    """
    kills: Counter[str] = Counter()
    while kills.total() < most:
        at = dice.choice(_moments(home))
        with _running(dataset, home, settings) as process:
            if not _kill(process, at, dice.randint(1, 5), dice):
                return Killed(kills, _left_and_differing(home, whole))
        kills[at] += 1
        for path in (home / "runs").glob("*"):
            run = RunFolder(path)
            if run.previous_checkpoint.is_file() and dice.random() < _DAMAGED_SHARE:
                run.checkpoint.write_bytes(b"damaged")
    left_alone(dataset, home, settings)
    return Killed(kills, _left_and_differing(home, whole))


def killed_at(
    moments: Sequence[str], dataset: Path, home: Path, settings: dict[str, Any], whole: RunFolder, dice: random.Random
) -> Killed:
    """Train to the end with a kill soon after each of some moments, in turn, and compare in the same way."""
    kills: Counter[str] = Counter()
    for at in moments:
        with _running(dataset, home, settings) as process:
            kills[at] += _kill(process, at, 1, dice)
    left_alone(dataset, home, settings)
    return Killed(kills, _left_and_differing(home, whole))


def _left_and_differing(home: Path, whole: RunFolder) -> list[str]:
    folder = _folder(home)
    left = [str(part) for part in folder.path.glob(".*.part")]
    return [*differences(folder, whole), *left]


def _moments(home: Path) -> tuple[str, ...]:
    runs = [RunFolder(path) for path in (home / "runs").glob("*")]
    if any(run.has_checkpoint for run in runs):
        return _LATER
    return _BEFORE_LONG if any(run.split.is_file() for run in runs) else _AT_FIRST


def differences(one: RunFolder, other: RunFolder) -> list[str]:
    """Return the names of all in which two runs differ, but times of day and seconds."""
    first, second = contents(one), contents(other)
    names = [name for name in first.keys() & second.keys() if not _same(first[name], second[name])]
    return sorted([*names, *(first.keys() ^ second.keys())])


def _same(one: object, other: object) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    return one == other


def contents(folder: RunFolder) -> dict[str, object]:
    """Return a run's numbers by name: of the last epoch, of the best one, and what was found of them."""
    saved = checkpoint.read(folder.checkpoint)
    described = read_description(folder.model)
    return {
        "metrics": [line.split(",")[:6] for line in folder.metrics.read_text(encoding="utf-8").splitlines()],
        "evaluation": json.loads(folder.evaluation.read_bytes()),
        "advice": saved.progress.advised,
        "calibration": (described.temperature, described.threshold, described.calibration, described.limits),
        **{f"best.{name}": value for name, value in safetensors.torch.load_file(folder.model).items()},
        **{f"last.{name}": value for name, value in saved.network.items()},
        **{f"ema.{name}": value for name, value in (saved.ema or {}).items()},
        **{
            f"optimiser.{index}.{name}": value
            for index, state in saved.optimiser["state"].items()
            for name, value in state.items()
        },
    }


@contextmanager
def _running(dataset: Path, home: Path, settings: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """Begin a run, or go on with the one that there is."""
    runs = home / "runs"
    begun = [path for path in runs.glob("*") if RunFolder(path).split.is_file()]
    what, place = ("resume", begun[0]) if begun else (dataset, runs)
    words = [sys.executable, "-c", PROGRAM, str(what), str(place), json.dumps(_USUAL | settings)]
    home_alone = {**os.environ, "CATDOG_HOME": str(home)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=home_alone) as process:
        try:
            yield process
        finally:
            process.kill()


def _folder(home: Path) -> RunFolder:
    [folder] = (folder for folder in map(RunFolder, (home / "runs").iterdir()) if folder.split.is_file())
    return folder


def _events(process: subprocess.Popen[str]) -> Iterator[AnyEvent]:
    """Yield what a process tells, to its end. Raises AssertionError where the run does not complete."""
    assert process.stdout is not None
    event: AnyEvent | None = None
    for line in process.stdout:
        event = from_line(line)
        yield event
    assert isinstance(event, TERMINAL), event
    assert event.result.status == "completed", event.result.error


def _kill(process: subprocess.Popen[str], at: str, left: int, dice: random.Random) -> bool:
    """Kill a process after so many events of a kind and a moment; return whether that came before the end."""
    for event in _events(process):
        left -= _moment_of(event) == at
        if left == 0:
            until = time.monotonic() + dice.uniform(0, _LONGEST_MOMENT)
            while time.monotonic() < until:  # a moment, not a wait for something to happen
                pass
            process.kill()
            return True
    return False


def _moment_of(event: AnyEvent) -> str:
    match event:
        case StageProgressed():
            return event.stage
        case BatchFinished():
            return "batch"
        case CheckpointSaved():
            return "save"
        case _:
            return ""
