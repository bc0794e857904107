"""What CatDog 0.1 wrote is opened: its runs, models and settings, kept in tests/fixtures/catdog-0.1."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import torch

from catdog_gui.state.settings import Settings
from trainer.core.config import TrainConfig
from trainer.core.events import AnyEvent, Noted
from trainer.inference.predictor import Predictor
from trainer.storage import model_file
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import list_runs
from trainer.storage.run_record import FORMAT
from trainer.training.loop import resume

FORMER = Path(__file__).parents[1] / "fixtures" / "catdog-0.1"
RUNS = ("classic-stopped", "compact-completed", "transfer-completed")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a folder of runs as CatDog 0.1 left them, made on photos that are where the runs say."""
    photos = tmp_path / "photos"
    shutil.copytree(FORMER / "photos", photos)
    for name in RUNS:
        folder = tmp_path / "runs" / name
        shutil.copytree(FORMER / name, folder)
        for file in (*folder.glob("*.json"), *folder.glob("*.jsonl")):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("@PHOTOS@", photos.as_posix()).replace("@RUNS@", folder.parent.as_posix()))
    return tmp_path / "runs"


def test_its_runs_are_listed(runs: Path) -> None:
    found = {run.folder.name: run for run in list_runs(runs)}
    assert set(found) == set(RUNS)
    assert {name: run.status for name, run in found.items()} == {
        "classic-stopped": "stopped",
        "compact-completed": "completed",
        "transfer-completed": "completed",
    }
    assert found["classic-stopped"].resumable
    compact, transfer = found["compact-completed"].config, found["transfer-completed"].config
    assert (compact.mixup, compact.warmup, compact.ema_decay) == (0.5, 0.1, 0.99)
    assert (transfer.backbone, transfer.ema_decay) == ("efficientnet-lite0", 0.9)
    assert all(run.evaluation is not None for run in found.values())


def test_its_stopped_run_goes_on_and_is_then_one_of_today(runs: Path) -> None:
    folder = RunFolder(runs / "classic-stopped")
    with folder.metrics.open(encoding="utf-8") as file:
        before = [float(row["train_loss"]) for row in csv.DictReader(file)]
    result = resume(folder.path)
    assert result.status == "completed", result.error
    assert len(result.history) == 3
    assert [row.train_loss for row in result.history[:2]] == before
    assert [row.train_objective is None for row in result.history] == [True, True, False]
    assert folder.read_record().format == FORMAT
    assert "warm_up" not in folder.config.read_text(encoding="utf-8")
    assert resume(folder.path).history == result.history


@pytest.mark.parametrize(("threads", "shards", "exact"), [(0, 4, False), (1, 1, True)])
def test_a_run_that_knew_no_shards_goes_on_and_says_where_it_is_not_exact(
    runs: Path, threads: int, shards: int, *, exact: bool
) -> None:
    folder = RunFolder(runs / "classic-stopped")
    settings = json.loads(folder.config.read_text(encoding="utf-8"))
    settings["config"]["threads"] = threads
    folder.config.write_text(json.dumps(settings), encoding="utf-8")
    events: list[AnyEvent] = []
    assert resume(folder.path, emit=events.append).status == "completed"
    said = [event.text for event in events if isinstance(event, Noted) and "former version" in event.text]
    assert len(said) == (not exact)
    record = folder.read_record()
    assert (record.config.shards, record.began_whole) == (shards, not exact)


def test_its_classic_model_gives_a_verdict(runs: Path) -> None:
    path = runs / "classic-stopped" / "model.safetensors"
    description = read_description(path)
    assert (description.classes, description.trainable_parameters) == (("cat", "dog"), None)
    photo = next((runs.parent / "photos").rglob("*.jpg"))
    assert Predictor.load(path).predict_one(photo).probability == pytest.approx(0.5, abs=0.45)


def test_its_transfer_model_has_its_scale_limits_and_prototypes() -> None:
    path = FORMER / "starter.safetensors"  # with a backbone called trunk
    model = model_file.load(path)
    state = model.network.state_dict()
    assert not [name for name in state if name.startswith(("trunk.", "centre", "spread"))]
    assert not torch.equal(state["feature_std"], torch.ones_like(state["feature_std"]))
    assert (model.detector.kind, len(model.detector.directions)) == ("prototypes", 512)
    assert model.description.limits.likeness > 0
    assert 0.5 < model.description.limits.probability <= 0.9


def test_its_words_for_settings_are_understood() -> None:
    config = TrainConfig.from_mapping(
        {"dataset": "x", "warm_up": 0.2, "blending": 0.3, "averaging": 0.9, "trunk": "efficientnet-b0"}
    )
    assert (config.warmup, config.mixup, config.ema_decay, config.backbone) == (0.2, 0.3, 0.9, "efficientnet-b0")


def test_its_window_s_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "catdog.ini"
    shutil.copy(FORMER / "catdog.ini", file)
    settings = Settings(file)
    assert (settings.page, settings.theme, settings.threads, settings.device) == ("train", "dark", 3, "cpu")
    assert settings.runs_folder == Path("/home/ada/runs")
    assert settings.note("recipe") == "compact"
