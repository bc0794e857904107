"""A frozen backbone looks at mirrored photos after the first epoch, once, and however a run is interrupted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.run_numbers import assert_equal_runs
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, EpochFinished, RunPaused, RunStarted, StageProgressed
from trainer.core.recipes import recipe
from trainer.files import array_cache
from trainer.training.loop import resume, train


@pytest.fixture
def config(drawings: Path) -> Callable[..., TrainConfig]:
    def make(**given: Any) -> TrainConfig:
        usual = {"image_size": 64, "precision": "float32", "epochs": 3}
        return recipe("transfer").config(str(drawings), **(usual | given))

    return make


def looks(events: list[AnyEvent]) -> list[int | str]:
    """Return where photos were looked at (how many) and where epochs ended, in order."""
    story: list[int | str] = []
    for event in events:
        match event:
            case StageProgressed(stage="decode", done=done, total=total) if done == total:
                story.append(total)
            case RunStarted():
                story.append("start")
            case EpochFinished(metrics=row):
                story.append(f"epoch {row.epoch}")
            case _:
                pass
    return story


def test_the_first_epoch_comes_before_the_second_look(config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    result = train(config(), out=tmp_path, emit=events.append)
    started = next(event for event in events if isinstance(event, RunStarted))
    learnt, validated, tested = (sum(started.photos[split].values()) for split in ("train", "validation", "test"))
    assert looks(events) == [learnt + validated, "start", "epoch 1", learnt, "epoch 2", "epoch 3"]
    assert len(array_cache.listed()) == 3  # as they are, mirrored, for the test
    assert tested
    assert result.status == "completed"


def test_a_run_without_mirroring_differs_from_the_second_epoch_on(
    config: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    mirrored = train(config(), out=tmp_path)
    events: list[AnyEvent] = []
    plain = train(config(augment=AugmentConfig.level("off")), out=tmp_path, emit=events.append)
    assert "start" in looks(events)[:1]  # what was seen for the other run is enough
    assert plain.history[0].train_loss == mirrored.history[0].train_loss
    assert plain.history[1].train_loss != mirrored.history[1].train_loss


def test_a_single_epoch_needs_one_look(config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    train(config(epochs=1), out=tmp_path, emit=events.append)
    assert looks(events)[1:] == ["start", "epoch 1"]


@pytest.mark.parametrize("way", ["stop", "pause"])
def test_interrupted_in_its_second_look_it_ends_the_same(
    config: Callable[..., TrainConfig], tmp_path: Path, way: str
) -> None:
    whole = train(config(), out=tmp_path)
    array_cache.clear()
    control = RunControl()
    is_training = False

    def interrupt(event: AnyEvent) -> None:
        nonlocal is_training
        is_training = is_training or isinstance(event, RunStarted)
        if is_training and isinstance(event, StageProgressed) and event.stage == "decode" and event.done < event.total:
            control.stop() if way == "stop" else control.pause()
        if isinstance(event, RunPaused):
            assert event.reason == ""
            control.unpause()

    result = train(config(), out=tmp_path, emit=interrupt, control=control)
    if way == "stop":
        assert (result.status, len(result.history)) == ("stopped", 1)
        result = resume(Path(result.run_folder or ""))
    assert result.status == "completed", result.error
    assert_equal_runs(result, whole)


def test_who_has_a_time_looks_before_the_first_epoch(config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    control, events = RunControl(), list[AnyEvent]()

    def stop_at_the_start(event: AnyEvent) -> None:
        events.append(event)
        if isinstance(event, RunStarted):
            control.stop()

    timed = recipe("transfer").config(config().dataset, image_size=64, time_budget=600)
    train(timed, out=tmp_path, emit=stop_at_the_start, control=control)
    story = looks(events)
    started = next(event for event in events if isinstance(event, RunStarted))
    learnt, validated = (sum(started.photos[split].values()) for split in ("train", "validation"))
    assert story[:3] == [learnt + validated, learnt, "start"]
