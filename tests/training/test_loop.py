"""Training: it learns, repeats itself, equals a naive loop number for number, and ends exactly once."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from tests.training.run_numbers import Config, assert_equal_runs, numbers
from trainer import models
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.events import (
    TERMINAL,
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    EpochFinished,
    RunStarted,
    from_line,
)
from trainer.core.results import Evaluation, RunResult
from trainer.dataset.pixels import prepare as prepare_pixels
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.hardware.parallel import one_thread
from trainer.hardware.torchvision_shim import torchvision
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import METRICS_COLUMNS, RunFolder
from trainer.storage.run_list import list_runs
from trainer.training import loop, optimisers
from trainer.training.data import seeds
from trainer.training.data.split_data import PixelData
from trainer.training.loop import train


def as_png(drawings: Path, tmp_path: Path) -> Path:
    """Return the drawings as PNG: a JPEG is decoded at a smaller scale where that suffices, a PNG cannot be."""
    for photo in sorted(drawings.rglob("*.jpg")):
        path = tmp_path / "png" / photo.relative_to(drawings).with_suffix(".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(photo) as image:
            image.save(path, compress_level=1)
    return tmp_path / "png"


def test_it_learns_what_can_be_learnt(tmp_path: Path, small_config: Config) -> None:
    dice = np.random.default_rng(0)
    for name, shape in (("standing", (1, 8)), ("lying", (8, 1))):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(60):  # stripes of random colours, one way or the other
            colours = dice.integers(0, 256, (*shape, 3), dtype=np.uint8)
            image = Image.fromarray(colours).resize((64, 64), Image.Resampling.NEAREST)
            image.save(tmp_path / "set" / name / f"{number}.png")
    off = msgspec.to_builtins(AugmentConfig.level("off"))
    config = small_config(dataset=str(tmp_path / "set"), epochs=12, augment=off, batch_size=8, dropout=0.0)
    result = train(config, out=tmp_path / "runs")
    assert result.evaluation is not None
    assert result.evaluation.accuracy >= 0.9
    assert result.history[-1].train_loss < 0.6 * result.history[0].train_loss


def test_the_run_folder_holds_what_it_should(finished_run: RunResult) -> None:
    assert finished_run.run_folder is not None
    folder = RunFolder(Path(finished_run.run_folder))
    assert {file.name for file in folder.path.iterdir()} == {
        "config.json",
        "split.json",
        "events.jsonl",
        "health.json",
        "metrics.csv",
        "last.ckpt",
        "previous.ckpt",
        "model.safetensors",
        "evaluation.json",
        "training_photos.safetensors",
        "report.html",
        ".lock",
    }
    with folder.metrics.open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == METRICS_COLUMNS
    assert [float(row["val_loss"]) for row in rows] == [row.val_loss for row in finished_run.history]
    record = folder.read_record()
    assert (record.threads, record.device) == (1, "cpu")
    assert record.versions["torch"] == torch.__version__
    dataset = folder.read_dataset()
    assert {split: sum(row.values()) for split, row in dataset.split_counts().items()} == {
        "train": 56,
        "validation": 12,
        "test": 12,
    }
    evaluation = msgspec.json.decode(folder.evaluation.read_bytes(), type=Evaluation)
    assert evaluation.metrics() == finished_run.evaluation == read_description(folder.model).test
    assert sum(map(sum, evaluation.confusion)) == 12
    assert {photo.path for photo in (*evaluation.wrong, *evaluation.right)} == {
        photo.path for photo in dataset.of_split("test")
    }
    [summary] = list_runs(folder.path.parent)
    assert (summary.status, summary.model, summary.resumable) == ("completed", folder.model, False)


def test_events_tell_the_story_and_are_logged(tmp_path: Path, small_config: Config) -> None:
    events: list[AnyEvent] = []
    result = train(small_config(), out=tmp_path, emit=events.append)
    assert isinstance(events[-1], TERMINAL)
    assert sum(isinstance(event, TERMINAL) for event in events) == 1
    batches = [event for event in events if isinstance(event, BatchFinished)]
    assert [(event.epoch, event.batch) for event in batches] == [(e, b) for e in (1, 2) for b in (1, 2, 3, 4)]
    assert all(event.batches == 4 and event.photos_per_second > 0 for event in batches)
    assert batches[-1].seconds_left < batches[0].seconds_left
    epochs = [event.metrics for event in events if isinstance(event, EpochFinished)]
    assert tuple(epochs) == result.history
    assert (batches[3].loss, batches[3].accuracy) == (epochs[0].train_loss, epochs[0].train_accuracy)
    advised = [event.kind for event in events if isinstance(event, AdviceGiven)]
    assert advised == ["too few photos", "weak model"]  # two epochs teach it nothing
    assert result.run_folder is not None
    logged = [from_line(line) for line in RunFolder(Path(result.run_folder)).events.read_bytes().splitlines()]
    started = next(index for index, event in enumerate(events) if isinstance(event, RunStarted))
    kept = [event for event in events[started:] if type(event).__name__ != "StageProgressed"]
    assert logged == kept


def test_the_same_seed_gives_the_same_run_twice(tmp_path: Path, small_config: Config) -> None:
    one, other = (train(small_config(), out=tmp_path) for _ in range(2))
    assert_equal_runs(one, other)
    assert numbers(train(small_config(seed=1), out=tmp_path)) != numbers(one)


def _naive_losses(
    stacked: Callable[[list[int]], tuple[torch.Tensor, torch.Tensor]], rows: dict[str, list[int]], *, shard: int
) -> list[tuple[float, float]]:
    """Train and validate three epochs as every tutorial does, where a shard is a batch of 16: else by accumulation."""
    torch.manual_seed(seeds.derive(0, "weights"))
    network = models.build("classic", image_size=48, dropout=0.0).to(memory_format=torch.channels_last)
    optimiser = torch.optim.RMSprop(network.parameters(), lr=1e-4, alpha=0.9, eps=1e-7)
    losses = []
    for epoch in (1, 2, 3):
        network.train()
        total = 0.0
        order = torch.randperm(len(rows["train"]), generator=seeds.generator(0, "order", epoch)).tolist()
        for start in range(0, len(order), 16):
            images, labels = stacked([rows["train"][index] for index in order[start : start + 16]])
            optimiser.zero_grad()
            for some, their_labels in zip(images.split(shard), labels.split(shard), strict=True):
                loss = F.binary_cross_entropy_with_logits(network(some), their_labels, reduction="sum") / len(labels)
                loss.backward()
                total += loss.item() * len(labels)
            optimiser.step()
        network.eval()
        with torch.no_grad():
            images, labels = stacked(rows["validation"])
            logits = torch.cat([network(some) for some in images.split(8)])
            val_loss = F.binary_cross_entropy_with_logits(logits.double(), labels.double()).item()
        losses.append((total / len(order), val_loss))
    return losses


# In nats. Bfloat16 has 8 bits where float32 has 24; over three epochs the losses stay within a hundredth.
@pytest.mark.parametrize(
    ("shards", "precision", "tolerance"), [(1, "float32", 0.0), (4, "float32", 0.0), (4, "bfloat16", 0.01)]
)
def test_our_loop_equals_a_naive_one_number_for_number(
    shards: int, precision: str, tolerance: float, tmp_path: Path, small_config: Config, drawings: Path
) -> None:
    config = small_config(
        shards=shards,
        threads=2,
        precision=precision,
        dataset=str(as_png(drawings, tmp_path)),
        dropout=0.0,
        augment=msgspec.to_builtins(AugmentConfig.level("off")),
        epochs=3,
    )
    result = train(config, out=tmp_path)
    assert result.run_folder is not None
    split = RunFolder(Path(result.run_folder)).read_dataset()

    # The usual PyTorch way: torchvision's reader and transforms, every photo decoded in every epoch, one tensor each.
    transforms = torchvision.transforms.v2
    transform = transforms.Compose([transforms.Resize((48, 48)), transforms.PILToTensor()])
    folder = torchvision.datasets.ImageFolder(config.dataset, transform)
    place = {
        str(Path(path).relative_to(config.dataset).as_posix()): index for index, (path, _) in enumerate(folder.imgs)
    }
    rows = {name: [place[photo.path] for photo in split.of_split(name)] for name in ("train", "validation")}

    def stacked(indices: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        images, labels = zip(*(folder[index] for index in indices), strict=True)
        batch = (torch.stack(images).float() / 255).contiguous(memory_format=torch.channels_last)
        return batch, torch.tensor(labels, dtype=torch.float32)

    with one_thread():
        naive = _naive_losses(stacked, rows, shard=16 // shards)
    ours = [(row.train_loss, row.val_loss) for row in result.history]
    assert ours == [pytest.approx(losses, rel=0, abs=tolerance) for losses in naive]
    assert (ours == naive) == (tolerance == 0)


def test_bfloat16_follows_float32(tmp_path: Path, small_config: Config) -> None:
    config = {"dropout": 0.0, "augment": msgspec.to_builtins(AugmentConfig.level("off")), "epochs": 3}
    exact = train(small_config(**config), out=tmp_path)
    fast = train(small_config(**config, precision="bfloat16"), out=tmp_path)
    losses = [[row.train_loss for row in result.history] for result in (exact, fast)]
    assert losses[1] == pytest.approx(losses[0], abs=0.02)
    assert losses[1] != losses[0]


def test_the_train_loss_is_a_plain_cross_entropy_as_the_validation_loss_is(
    tmp_path: Path, small_config: Config
) -> None:
    """A network that answers "even" of all photos has a loss of ln 2, however they are smoothed and weighted."""
    even = {"learning_rate": 1e-8, "epochs": 1, "dropout": 0.0}
    plain = train(small_config(**even), out=tmp_path).history[0]
    bent = train(small_config(**even, label_smoothing=0.5, class_weighting="balanced"), out=tmp_path).history[0]
    assert bent.train_loss == pytest.approx(plain.train_loss, abs=1e-6)
    assert bent.train_objective != pytest.approx(bent.train_loss, abs=1e-6)
    assert plain.train_objective == pytest.approx(plain.train_loss, abs=1e-6)


def test_mixed_photos_are_not_in_the_train_loss_but_in_the_objective(tmp_path: Path, small_config: Config) -> None:
    mixed = train(small_config(mixup=1.0, epochs=1), out=tmp_path).history[0]
    assert mixed.train_loss == mixed.train_objective  # nothing else is there
    some = train(small_config(mixup=0.5, epochs=1), out=tmp_path).history[0]
    assert some.train_loss != some.train_objective


@pytest.mark.parametrize("steps", [1, 3, 9, 10])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.34, 0.5])
def test_a_warm_up_never_exceeds_the_learning_rate(steps: int, share: float) -> None:
    config = TrainConfig(dataset="x", warmup=share)
    rates = [optimisers.learning_rate(config, done, steps) for done in range(steps)]
    assert max(rates) <= config.learning_rate
    assert rates == sorted(rates)


def test_patience_ends_the_run_and_keeps_the_best(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([0.6, 0.5, 0.55, 0.5, 0.56, 0.57])
    real = loop.loss_and_accuracy
    monkeypatch.setattr(loop, "loss_and_accuracy", lambda *args: real(*args)._replace(loss=next(losses)))
    result = train(small_config(epochs=6, patience=2), out=tmp_path)
    assert (len(result.history), result.best_epoch, result.stopped_early) == (4, 2, True)


def test_a_run_that_patience_ended_goes_on_when_more_epochs_are_asked_for(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([0.5, 0.6, 0.6, 0.6, 0.6])
    real = loop.loss_and_accuracy
    monkeypatch.setattr(loop, "loss_and_accuracy", lambda *args: real(*args)._replace(loss=next(losses)))
    short = train(small_config(epochs=9, patience=1), out=tmp_path)
    assert short.run_folder is not None
    folder = Path(short.run_folder)
    assert len(short.history) == 2
    assert len(loop.resume(folder).history) == 2  # as it ended
    assert len(loop.resume(folder, epochs=9).history) == 3  # its patience begins anew, and ends again
    assert len(loop.resume(folder, epochs=4).history) == 4


def test_balanced_classes_count_the_same(tmp_path: Path, drawings: Path, small_config: Config) -> None:
    lopsided = tmp_path / "lopsided"
    shutil.copytree(drawings, lopsided)
    for photo in sorted((lopsided / "dogs").iterdir())[10:]:
        photo.unlink()
    plain = train(small_config(dataset=str(lopsided), epochs=1), out=tmp_path)
    events: list[AnyEvent] = []
    balanced = train(
        small_config(dataset=str(lopsided), epochs=1, class_weighting="balanced"), out=tmp_path, emit=events.append
    )
    assert {event.kind for event in events if isinstance(event, AdviceGiven)} >= {"unequal classes", "too few photos"}
    assert balanced.history[0].train_loss > plain.history[0].train_loss  # the rare class is the harder one


def test_runs_go_where_they_are_told_to(tmp_path: Path, small_config: Config) -> None:
    (tmp_path / "file").write_text("in the way")
    result = train(small_config(), out=tmp_path / "file")
    assert result.error is not None
    assert "Choose another folder" in result.error.sentence


def test_two_runs_in_one_minute_get_two_folders(tmp_path: Path) -> None:
    one, two, three = (RunFolder.create(tmp_path, "classic").path.name for _ in range(3))
    assert (two, three) == (f"{one}-2", f"{one}-3")


def test_scanning_and_training_leave_the_photos_alone(tmp_path: Path, drawings: Path, small_config: Config) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path.relative_to(drawings)): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in drawings.rglob("*")
        }

    before = state()
    train(small_config(epochs=1), out=tmp_path)
    assert state() == before


def test_photos_are_squeezed_and_scaled_to_one(tmp_path: Path, drawings: Path) -> None:
    folder = as_png(drawings, tmp_path)
    found = scan(folder)
    with open_source(folder) as source:
        pixels = prepare_pixels(source, found.photos, 48)
        places = torch.tensor([3, 50])
        data = PixelData(pixels, range(80), found.photos, torch.device("cpu"))
        batch = data.batch(places, data.inputs(places))
    assert batch.inputs.shape == (2, 3, 48, 48)
    assert batch.inputs.is_contiguous(memory_format=torch.channels_last)
    assert batch.targets.tolist() == [0.0, 1.0]
    with Image.open(folder / found.photos[3].path) as image:
        expected = np.asarray(image.convert("RGB").resize((48, 48), Image.Resampling.BILINEAR)) / 255
    assert batch.inputs[0].permute(1, 2, 0).numpy() == pytest.approx(expected, abs=1e-6)


def test_listeners_see_json_that_programs_can_read(tmp_path: Path, small_config: Config) -> None:
    lines: list[str] = []
    from trainer.core.events import to_line

    train(small_config(epochs=1), out=tmp_path, emit=lambda event: lines.append(to_line(event)))
    last = json.loads(lines[-1])
    assert last["event"] == "RunCompleted"
    assert set(last["result"]["evaluation"]) >= {"accuracy", "loss", "accuracy_interval", "confusion"}
