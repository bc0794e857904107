"""A run killed at any moment goes on exactly where it was: real processes, killed for real, at random moments."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import safetensors.torch
import torch

from trainer.core.events import TERMINAL, BatchFinished, from_line
from trainer.storage.run_folder import RunFolder

KILLS = 8

# Writes a checkpoint after every batch, so that many kills fall into the middle of a write.
PROGRAM = """
import sys
from pathlib import Path
from trainer.training import loop
from trainer.core.config import TrainConfig
from trainer.core.events import to_line
loop.CHECKPOINT_SECONDS = 0.0
emit = lambda event: print(to_line(event), flush=True)
what, place = sys.argv[1:3]
if what == "resume":
    loop.resume(Path(place), emit=emit)
else:
    config = TrainConfig(dataset=what, epochs=3, image_size=64, batch_size=8, threads=1, seed=5, precision="bfloat16")
    loop.train(config, out=Path(place), emit=emit)
"""


def start(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *args], stdout=subprocess.PIPE, text=True)


def to_the_end(process: subprocess.Popen[str]) -> None:
    output, _ = process.communicate(timeout=200)
    last = from_line(output.splitlines()[-1])
    assert isinstance(last, TERMINAL)
    assert last.result.status == "completed", last.result.error


def outcome(folder: RunFolder) -> dict[str, object]:
    """Return all of a run's numbers that are not times of day or seconds."""
    rows = [line.split(",")[:6] for line in folder.metrics.read_text().splitlines()]
    evaluation = json.loads(folder.evaluation.read_text())
    best = torch.load(folder.checkpoint, weights_only=True)
    return {"metrics": rows, "evaluation": evaluation, "advised": best["progress"]["advised"]}


def tensors(folder: RunFolder) -> dict[str, torch.Tensor]:
    saved = torch.load(folder.checkpoint, weights_only=True)
    optimiser = {
        f"optimiser.{index}.{name}": value
        for index, state in saved["optimiser"]["state"].items()
        for name, value in state.items()
    }
    last = {f"last.{name}": value for name, value in saved["network"].items()}
    return {**safetensors.torch.load_file(folder.model), **last, **optimiser}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_run_killed_again_and_again_ends_with_exactly_the_numbers_of_one_left_alone(
    drawings: Path, tmp_path: Path
) -> None:
    to_the_end(start(str(drawings), str(tmp_path / "whole")))
    [whole] = (RunFolder(path) for path in (tmp_path / "whole").iterdir())

    dice = random.Random()
    seed = dice.randrange(2**32)
    dice.seed(seed)
    print(f"random moments from seed {seed}")
    process = start(str(drawings), str(tmp_path / "killed"))
    moments = []
    for _ in range(KILLS):
        moments.append(kill_at_a_random_moment(process, dice))
        [killed] = (RunFolder(path) for path in (tmp_path / "killed").iterdir())
        process = start("resume", str(killed.path))
    to_the_end(process)
    assert len(moments) == KILLS
    assert outcome(killed) == outcome(whole)
    expected = tensors(whole)
    assert tensors(killed).keys() == expected.keys()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in tensors(killed).items())
    assert not list(killed.path.glob("*.part"))
    assert not list(killed.path.glob(".*.part"))


def kill_at_a_random_moment(process: subprocess.Popen[str], dice: random.Random) -> tuple[int, float]:
    """Kill the process a random while after a random one of its next few batches."""
    assert process.stdout is not None
    batches, after = 0, dice.randint(1, 3)
    for line in process.stdout:
        batches += isinstance(from_line(line), BatchFinished)
        if batches == after:
            break
    delay = dice.uniform(0, 0.15)
    deadline = time.monotonic() + delay
    while time.monotonic() < deadline:  # a moment, not a wait for something to happen
        pass
    process.kill()
    process.wait(30)
    process.stdout.close()
    return after, delay
