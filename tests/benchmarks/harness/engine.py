"""CatDog's own side of the benchmarks: runs of `catdog-cli train --json`, read from what they tell while they go on."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.harness.options import ENGINE, PYTHON
from tests.benchmarks.harness.process import BenchmarkError, Line, Memory, run

Event = dict[str, Any]


class Epoch(NamedTuple):
    """One epoch as it was seen from outside the process."""

    seconds: float
    """By the clock on the wall since the epoch before (or the run's start): with saving and all that a run does."""
    told: float
    """What the run itself says it took, training and validation."""
    at: float
    """When it was over, in seconds from the start of the process."""
    val_accuracy: float


class EngineRun(NamedTuple):
    """One run from the start of its process to its end."""

    epochs: list[Epoch]
    stages: Mapping[str, float]
    """Seconds of each stage before the training: scan, decode."""
    photos: Mapping[str, int]
    """By split."""
    memory: Memory
    model: Path | None
    tested: tuple[int, int] | None
    """How many test photos it was right on, of how many; None where it was not tested."""
    seconds: float
    """From the start of the process to the run's end."""
    first_guess: float | None
    """When a preview said how good a first guess is, in seconds from the start of the process; None without one."""


def train(
    dataset: Path,
    home: Path,
    words: Sequence[str] = (),
    *,
    enough: Callable[[Event], bool] = lambda _event: False,
) -> EngineRun:
    """Train in a process of its own, with caches and runs under `home`; stop in order after an event that is `enough`.

    Raises BenchmarkError where the run fails.
    """
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "trainer",
        "train",
        dataset,
        "--json",
        "--patience",
        "0",
        "--seed",
        "0",
        *words,
    ]
    done = run(command, {**ENGINE, "CATDOG_HOME": str(home)}, enough=lambda line: enough(line.json()))
    return read(done.lines, done.memory)


def read(lines: Sequence[Line], memory: Memory) -> EngineRun:
    """Return what a run's lines tell. Raises BenchmarkError where it failed."""
    epochs: list[Epoch] = []
    stages: dict[str, list[float]] = {}
    photos: dict[str, int] = {}
    since, model, tested, end = 0.0, None, None, 0.0
    first_guess: float | None = None
    for at, text in lines:
        event = json.loads(text)
        match event["event"]:
            case "StageProgressed":
                stages.setdefault(event["stage"], []).append(at)
            case "PreviewScored":
                first_guess = at if first_guess is None else first_guess
            case "RunStarted":
                since = at
                photos = {split: sum(classes.values()) for split, classes in event["photos"].items()}
            case "EpochFinished":
                row = event["metrics"]
                epochs.append(Epoch(at - since, row["seconds"], at, row["val_accuracy"]))
                since = at
            case "RunCompleted" | "RunStopped":
                model, tested, end = event["result"]["model"], _tested(event["result"]), at
            case "RunFailed":
                raise BenchmarkError(f"The run failed: {event['result']['error']['what']}")
    spans = {stage: times[-1] - times[0] for stage, times in stages.items()}
    return EngineRun(epochs, spans, photos, memory, Path(model) if model else None, tested, end, first_guess)


def _tested(result: Event) -> tuple[int, int] | None:
    found = result.get("evaluation")
    return (round(found["accuracy"] * found["photos"]), found["photos"]) if found else None
