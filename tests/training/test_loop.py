"""Training: it learns, repeats itself, equals a naive loop number for number, and ends exactly once."""

import csv
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from torch.nn import functional as F

from trainer import models
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import DiskError
from trainer.core.events import (
    TERMINAL,
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    EpochFinished,
    RunContinued,
    RunFailed,
    RunPaused,
    RunStarted,
    StageProgressed,
)
from trainer.core.results import Evaluation, RunResult
from trainer.dataset.pixels import prepare as prepare_pixels
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.hardware.torchvision_shim import torchvision
from trainer.storage.event_log import read_events
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import METRICS_COLUMNS, RunFolder
from trainer.storage.run_list import list_runs
from trainer.training import checkpoint, loop, optimisers
from trainer.training.data import seeds
from trainer.training.data.split_data import PixelData
from trainer.training.loop import resume, train

Config = Callable[..., TrainConfig]


def numbers(result: RunResult) -> list[tuple[float, ...]]:
    """Return a run's numbers but the times, which differ from run to run."""
    return [(row.train_loss, row.train_accuracy, row.val_loss, row.val_accuracy) for row in result.history]


def weights(result: RunResult) -> dict[str, torch.Tensor]:
    assert result.model is not None
    return safetensors.torch.load_file(result.model)


def assert_equal_runs(one: RunResult, other: RunResult) -> None:
    assert numbers(one) == numbers(other)
    assert one.best_epoch == other.best_epoch
    assert one.evaluation == other.evaluation
    assert all(torch.equal(tensor, weights(other)[name]) for name, tensor in weights(one).items())


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
        "metrics.csv",
        "last.ckpt",
        "model.safetensors",
        "evaluation.json",
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
    [few] = [event for event in events if isinstance(event, AdviceGiven)]
    assert few.kind == "too few photos"
    assert result.run_folder is not None
    logged = read_events(RunFolder(Path(result.run_folder)).events)
    started = next(index for index, event in enumerate(events) if isinstance(event, RunStarted))
    kept = [event for event in events[started:] if type(event).__name__ != "StageProgressed"]
    assert logged == kept


def test_the_same_seed_gives_the_same_run_twice(tmp_path: Path, small_config: Config) -> None:
    one, other = (train(small_config(), out=tmp_path) for _ in range(2))
    assert_equal_runs(one, other)
    assert numbers(train(small_config(seed=1), out=tmp_path)) != numbers(one)


# In nats. Bfloat16 has 8 bits where float32 has 24; over three epochs the losses stay within a hundredth.
@pytest.mark.parametrize(("precision", "tolerance"), [("float32", 0.0), ("bfloat16", 0.01)])
def test_our_loop_equals_a_naive_one_number_for_number(
    precision: str, tolerance: float, tmp_path: Path, small_config: Config, drawings: Path
) -> None:
    config = small_config(
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

    torch.manual_seed(seeds.derive(0, "weights"))
    network = models.build("classic", image_size=48, dropout=0.0).to(memory_format=torch.channels_last)
    optimiser = torch.optim.RMSprop(network.parameters(), lr=1e-4, alpha=0.9, eps=1e-7)
    naive = []
    for epoch in (1, 2, 3):
        network.train()
        total = 0.0
        order = torch.randperm(len(rows["train"]), generator=seeds.generator(0, "order", epoch)).tolist()
        for start in range(0, len(order), 16):
            images, labels = stacked([rows["train"][index] for index in order[start : start + 16]])
            loss = F.binary_cross_entropy_with_logits(network(images), labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(labels)
        network.eval()
        with torch.no_grad():
            images, labels = stacked(rows["validation"])
            val_loss = F.binary_cross_entropy_with_logits(network(images).double(), labels.double()).item()
        naive.append((total / len(order), val_loss))
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


def test_a_stop_keeps_the_best_and_resume_ends_with_the_same_numbers(tmp_path: Path, small_config: Config) -> None:
    whole = train(small_config(epochs=3), out=tmp_path)
    for after in (1, 4, 6):  # in the first epoch, at its end, in the second
        control = RunControl()
        seen: list[AnyEvent] = []

        def emit(
            event: AnyEvent, after: int = after, control: RunControl = control, seen: list[AnyEvent] = seen
        ) -> None:
            seen.append(event)
            if sum(isinstance(event, BatchFinished) for event in seen) == after:
                control.stop()

        stopped = train(small_config(epochs=3), out=tmp_path, emit=emit, control=control)
        assert stopped.status == "stopped"
        assert (stopped.model is None) == (after <= 4)
        assert stopped.run_folder is not None
        [summary] = [run for run in list_runs(tmp_path) if str(run.folder) == stopped.run_folder]
        assert (summary.status, summary.resumable) == ("stopped", True)
        resumed = resume(Path(stopped.run_folder))
        assert resumed.status == "completed"
        assert_equal_runs(resumed, whole)


def test_resume_can_add_epochs_and_is_then_the_longer_run(tmp_path: Path, small_config: Config) -> None:
    short = train(small_config(epochs=1), out=tmp_path)
    assert short.run_folder is not None
    assert_equal_runs(resume(Path(short.run_folder), epochs=3), train(small_config(epochs=3), out=tmp_path))


def test_resuming_a_completed_run_changes_nothing(tmp_path: Path, small_config: Config) -> None:
    done = train(small_config(), out=tmp_path)
    assert done.run_folder is not None
    assert_equal_runs(resume(Path(done.run_folder)), done)


def test_a_pause_waits_and_goes_on_to_the_same_numbers(tmp_path: Path, small_config: Config) -> None:
    control, paused, ended = RunControl(), threading.Event(), threading.Event()
    events: list[AnyEvent] = []

    def emit(event: AnyEvent) -> None:
        events.append(event)
        if isinstance(event, BatchFinished) and (event.epoch, event.batch) == (1, 2):
            control.pause()
        if isinstance(event, RunPaused):
            paused.set()

    results: list[RunResult] = []

    def work() -> None:
        results.append(train(small_config(), out=tmp_path, emit=emit, control=control))
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert paused.wait(60)
    batches = sum(isinstance(event, BatchFinished) for event in events)
    assert not ended.wait(0.2)
    assert sum(isinstance(event, BatchFinished) for event in events) == batches == 2
    control.unpause()
    thread.join(60)
    assert sum(isinstance(event, RunContinued) for event in events) == 1
    assert numbers(results[0]) == numbers(train(small_config(), out=tmp_path))


def test_a_stop_ends_a_pause(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()
    control.pause()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, RunPaused):
            control.stop()

    assert train(small_config(), out=tmp_path, emit=emit, control=control).status == "stopped"


def test_a_stop_before_the_first_batch_leaves_no_run(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()
    control.stop()
    result = train(small_config(), out=tmp_path / "runs", control=control)
    assert (result.status, result.run_folder, result.model) == ("stopped", None, None)
    assert not (tmp_path / "runs").exists()


def test_a_stop_while_photos_are_decoded_leaves_no_folder(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, StageProgressed) and event.stage == "decode":
            control.stop()

    result = train(small_config(), out=tmp_path / "runs", emit=emit, control=control)
    assert (result.status, result.run_folder) == ("stopped", None)
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_last_looks_tell_how_far_they_are_and_can_be_skipped(tmp_path: Path, small_config: Config) -> None:
    control, told = RunControl(), []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, StageProgressed) and event.stage == "evaluate":
            told.append((event.done, event.total))
            control.stop()

    result = train(small_config(), out=tmp_path, emit=emit, control=control)
    assert len(told) < told[0][1]
    assert (result.status, result.evaluation) == ("stopped", None)
    assert len(result.history) == 2
    assert result.model is not None
    assert read_description(Path(result.model)).test is None
    assert result.run_folder is not None
    told.clear()
    again = resume(Path(result.run_folder), emit=told.append)
    assert again.evaluation is not None
    steps = [(event.done, event.total) for event in told if isinstance(event, StageProgressed)]
    evaluated = [step for step in steps if step[1] == steps[-1][1]]
    assert evaluated == sorted(evaluated)
    assert evaluated[-1][0] == evaluated[-1][1]


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


def test_a_loss_that_runs_away_fails_and_keeps_the_last_good_state(tmp_path: Path, small_config: Config) -> None:
    events: list[AnyEvent] = []
    result = train(
        small_config(optimiser="sgd", learning_rate=10.0, epochs=50, patience=0), out=tmp_path, emit=events.append
    )
    assert result.status == "failed"
    assert result.error is not None
    assert "no longer a finite number" in result.error.what
    assert "lower learning rate" in result.error.remedy
    assert isinstance(events[-1], RunFailed)
    assert result.run_folder is not None
    path = RunFolder(Path(result.run_folder)).checkpoint
    if path.exists():
        network = models.build("classic", image_size=48, dropout=0.5)
        checkpoint.load(path, network, torch.optim.RMSprop(network.parameters()))
        assert all(parameter.isfinite().all() for parameter in network.parameters())


def test_weights_that_run_away_are_never_saved(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    good = torch.optim.RMSprop.step

    def step(self: torch.optim.RMSprop) -> None:
        good(self)
        if len(self.state[self.param_groups[0]["params"][0]]) and next(counter) == 5:
            with torch.no_grad():
                self.param_groups[0]["params"][0].fill_(float("nan"))

    counter = iter(range(100))
    monkeypatch.setattr(torch.optim.RMSprop, "step", step)
    result = train(small_config(), out=tmp_path)
    assert (result.status, result.best_epoch) == ("failed", 1)
    assert result.error is not None
    assert "The best epoch is kept." in result.error.what


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


def test_the_dataset_of_a_run_must_not_change(tmp_path: Path, drawings: Path, small_config: Config) -> None:
    folder = tmp_path / "set"
    shutil.copytree(drawings, folder)
    done = train(small_config(dataset=str(folder), epochs=1), out=tmp_path / "runs")
    assert done.run_folder is not None
    path = Path(done.run_folder)
    photo = folder / "cats" / "cat.0000.jpg"
    content = photo.read_bytes()

    photo.unlink()
    missing = resume(path, epochs=2)
    assert missing.error is not None
    assert "cats/cat.0000.jpg in" in missing.error.what
    photo.write_bytes(content[:-1] + b"x")
    assert resume(path, epochs=2).status == "failed"
    photo.write_bytes(content)  # another time, the same content
    assert resume(path, epochs=2).status == "completed"


@pytest.mark.parametrize("name", ["config.json", "split.json", "last.ckpt"])
def test_a_damaged_run_is_refused_in_a_sentence(name: str, finished_run: RunResult, tmp_path: Path) -> None:
    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    (copy / name).write_bytes((copy / name).read_bytes()[:100])
    result = resume(copy, epochs=3)
    assert result.status == "failed"
    assert result.error is not None
    assert name in result.error.sentence
    assert result.error.details == ""


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    result = resume(tmp_path)
    assert result.error is not None
    assert "is not a run folder" in result.error.sentence


def test_a_checkpoint_never_runs_code(finished_run: RunResult, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "code-was-run",))

    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    for content in (pickle.dumps(Evil()), None):
        if content is None:
            torch.save({"format": 1, "network": Evil()}, copy / "last.ckpt")
        else:
            (copy / "last.ckpt").write_bytes(content)
        result = resume(copy, epochs=3)
        assert result.error is not None
        assert "is damaged or not CatDog's" in result.error.what
    assert not (tmp_path / "code-was-run").exists()


def test_a_newer_checkpoint_is_refused(finished_run: RunResult, tmp_path: Path) -> None:
    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    content = torch.load(copy / "last.ckpt", weights_only=True)
    torch.save({**content, "format": 99}, copy / "last.ckpt")
    result = resume(copy, epochs=3)
    assert result.error is not None
    assert "newer CatDog" in result.error.sentence


def test_a_dataset_that_is_none_fails_in_a_sentence(tmp_path: Path, small_config: Config) -> None:
    events: list[AnyEvent] = []
    result = train(small_config(dataset=str(tmp_path / "nowhere")), out=tmp_path, emit=events.append)
    assert [type(event) for event in events] == [RunFailed]
    assert result.error is not None
    assert "nowhere" in result.error.sentence
    assert result.error.details == ""


def test_an_unexpected_error_keeps_its_traceback(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("as planned")

    monkeypatch.setattr(loop, "step", broken)
    result = train(small_config(), out=tmp_path)
    assert (result.status, result.model) == ("failed", None)
    assert result.error is not None
    assert "ZeroDivisionError: as planned" in result.error.what
    assert "in broken" in result.error.details


def test_a_full_disk_fails_in_a_sentence(tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskError("x cannot be written (No space left on device).", remedy="Free some space.")

    monkeypatch.setattr(checkpoint, "save", full)
    result = train(small_config(), out=tmp_path)
    assert result.error is not None
    assert "No space left" in result.error.sentence


def test_runs_go_where_they_are_told_to(tmp_path: Path, small_config: Config) -> None:
    (tmp_path / "file").write_text("in the way")
    result = train(small_config(), out=tmp_path / "file")
    assert result.error is not None
    assert "Choose another one." in result.error.sentence


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
