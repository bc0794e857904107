"""Several ranks train one run: with the numbers of one process, to the last bit, whatever happens to the ranks."""

import json
from pathlib import Path

import pytest
import safetensors.torch
import torch

from tests.cli.command import run
from tests.distributed import ranks
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint

SMALL = ("--epochs", "2", "--image-size", "48", "--batch-size", "16", "--precision", "float32", "--threads", "1")


SLOW = ("compact", "transfer, tuned")


def command(dataset: Path | str, out: Path, *more: str) -> list[str]:
    return ["train", str(dataset), "--out", str(out), *SMALL, *more]


def only_run(folder: Path) -> RunFolder:
    [path] = folder.iterdir()
    return RunFolder(path)


def numbers(folder: RunFolder) -> dict[str, object]:
    """Return all that a run arrived at, but for times of day and seconds."""
    rows = [line.split(",")[:6] for line in folder.metrics.read_text().splitlines()]
    return {"metrics": rows, "evaluation": json.loads(folder.evaluation.read_text())}


def tensors(folder: RunFolder) -> dict[str, torch.Tensor]:
    saved = checkpoint.read(folder.checkpoint)
    state = {f"{i}.{name}": value for i, part in saved.optimiser["state"].items() for name, value in part.items()}
    return {**safetensors.torch.load_file(folder.model), **state}


def assert_same(one: RunFolder, other: RunFolder) -> None:
    assert numbers(one) == numbers(other)
    expected, found = tensors(one), tensors(other)
    assert expected.keys() == found.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def train_alone(dataset: Path, out: Path, *more: str) -> RunFolder:
    run(*command(dataset, out, *more))
    return only_run(out)


RECIPES = {
    "classic": ("--mixup", "0.5"),
    "compact": ("--recipe", "compact"),
    "transfer": ("--recipe", "transfer", "--dropout", "0.2"),
    "transfer, tuned": ("--recipe", "transfer", "--tuned-stages", "1", "--augment", "light"),
}


@pytest.mark.parametrize(
    "recipe",
    [
        "classic",
        pytest.param("transfer", marks=pytest.mark.slow),
        *(pytest.param(name, marks=pytest.mark.longer) for name in SLOW),
    ],
)
def test_the_numbers_are_those_of_one_process(recipe: str, few_drawings: Path, tmp_path: Path) -> None:
    alone = train_alone(few_drawings, tmp_path / "one", *RECIPES[recipe])
    for count in (2, 4) if recipe == "classic" else (3,):
        out = tmp_path / str(count)
        home = str(tmp_path / f"home {count}")
        found = ranks.run(command(few_drawings, out, *RECIPES[recipe]), count, tmp_path, CATDOG_HOME=home)
        assert [said.code for said in found] == [0] * count, found
        assert all(said.out == said.err == "" for said in found[1:])
        assert_same(alone, only_run(out))
