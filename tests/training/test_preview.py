"""What is seen while a frozen backbone looks at the photos: it is told early, is about right, and changes nothing."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.training.run_numbers import assert_equal_runs
from trainer.core.events import AnyEvent, PhotoSeen, PreviewScored, RunStarted, StageProgressed
from trainer.core.recipes import recipe
from trainer.core.results import RunResult
from trainer.dataset.records import Photo
from trainer.files import array_cache
from trainer.training.data import preview as previews
from trainer.training.data import splits
from trainer.training.data.extraction_plan import ExtractionPlan
from trainer.training.data.feature_extractor import nobody
from trainer.training.data.preview import Preview
from trainer.training.data.preview_head import FEWEST, PreviewHead
from trainer.training.loop import train

Go = Callable[..., tuple[RunResult, list[AnyEvent]]]


def photos(count: int) -> list[Photo]:
    """Return photos as a folder lists them: first all of one class, then all of the other."""
    return [
        Photo(
            path=f"{number}.jpg",
            class_index=2 * number // count,
            split=None,
            bytes=1,
            modified_ns=0,
            width=200,
            height=100,
            digest=f"{number:032x}",
        )
        for number in range(count)
    ]


def test_after_a_few_chunks_photos_of_every_split_and_class_were_looked_at() -> None:
    plan = ExtractionPlan([photos(1000), photos(200)])
    first = plan.chunks[:12]
    seen = {(chunk.part, photo.class_index) for chunk in first for photo in chunk.photos}
    assert seen == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert sum(chunk.part == 1 for chunk in first) == 2


def test_every_photo_of_the_plan_has_a_row() -> None:
    plan = ExtractionPlan([photos(21), photos(9)])
    assert sorted(plan.places.tolist()) == list(range(30))
    assert plan.places[plan.rows_of(0)].tolist() == list(range(21))
    assert plan.places[plan.rows_of(1)].tolist() == list(range(21, 30))
    assert [row for chunk in plan.chunks for row in chunk.rows] == list(range(30))
    assert [plan.places[chunk.rows].tolist() for chunk in plan.chunks] == [chunk.places for chunk in plan.chunks]


def separable(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    targets = (torch.arange(count) % 2).float()
    features = 3 + 0.2 * torch.randn(count, 40, generator=generator)
    features[:, :3] += 0.5 * targets[:, None]
    return features, targets


def test_the_head_learns_what_can_be_learnt_and_says_nothing_of_too_few() -> None:
    head = PreviewHead(40)
    head.learn()
    features, targets = separable(400, 1)
    head.add_validation(*separable(FEWEST - 1, 2))
    head.add_training(features[::2], targets[::2])
    assert head.score() is None
    head.add_validation(*separable(200, 3))
    assert head.score() is None  # all photos for training are of one class
    head.add_training(features, targets)
    before = head.score()
    assert before is not None
    assert before.loss == pytest.approx(0.6931, abs=1e-3)
    for _ in range(250):
        head.learn()
    after = head.score()
    assert after is not None
    assert after.photos == 200 + FEWEST - 1
    assert after.accuracy > 0.95
    assert after.loss < 0.3


def test_the_head_draws_nothing_from_anybody_elses_generator() -> None:
    state = torch.get_rng_state()
    head = PreviewHead(40)
    head.add_training(*separable(50, 1))
    head.learn()
    assert torch.equal(torch.get_rng_state(), state)


def watched(preview: Preview, plan: ExtractionPlan, tick: Callable[[], None]) -> None:
    pixels = np.zeros((64, 64, 3), dtype=np.uint8)
    for chunk in plan.chunks:
        rows = np.zeros((len(chunk.places), 5, 2, 2), dtype=np.float16)
        rows += np.array([photo.class_index for photo in chunk.photos], np.float16)[:, None, None, None]
        tick()
        preview(chunk, rows, pixels)


def test_photos_and_scores_come_at_a_bounded_rate_in_the_photos_own_proportions() -> None:
    told: list[Any] = []
    now = 0.0

    def tick() -> None:
        nonlocal now
        now += 0.1

    plan = ExtractionPlan([photos(400), photos(80)])
    preview = Preview(480, told.append, clock=lambda: now)
    watched(preview, plan, tick)  # six seconds
    seen = [event for event in told if isinstance(event, PhotoSeen)]
    scores = [event for event in told if isinstance(event, PreviewScored)]
    assert 18 <= len(seen) <= 24
    assert 8 <= len(scores) <= 15
    assert Image.open(io.BytesIO(seen[0].thumbnail)).size == (96, 48)
    assert [score.done for score in scores] == sorted(score.done for score in scores)
    assert scores[-1].total == 480
    assert scores[-1].accuracy == 1


@pytest.fixture
def run(drawings: Path, tmp_path: Path) -> Iterator[Go]:
    def go(**given: Any) -> tuple[RunResult, list[AnyEvent]]:
        array_cache.clear()
        usual = {"image_size": 64, "threads": 1, "precision": "float32", "epochs": 2}
        events: list[AnyEvent] = []
        config = recipe("transfer").config(str(drawings), **(usual | given))
        result = train(config, out=tmp_path / "runs", emit=events.append)
        assert result.error is None, result.error
        return result, events

    return go


@pytest.mark.parametrize("stages", [0, 1])
def test_a_run_is_the_same_with_and_without_it(run: Go, monkeypatch: pytest.MonkeyPatch, stages: int) -> None:
    monkeypatch.setattr(previews, "_SCORE_SECONDS", 0.0)
    monkeypatch.setattr(previews, "_SHARE", 1.0)
    with_it, events = run(tuned_stages=stages, dropout=0.5)
    begun = next(place for place, event in enumerate(events) if isinstance(event, RunStarted))
    kinds = {type(event) for event in events[:begun]}
    assert {PhotoSeen, PreviewScored, StageProgressed} <= kinds
    assert not {PhotoSeen, PreviewScored} & {type(event) for event in events[begun:]}
    log = (Path(with_it.run_folder or "") / "events.jsonl").read_text()
    assert "PhotoSeen" not in log
    assert "PreviewScored" not in log
    monkeypatch.setattr(splits.SplitBuilder, "_preview", lambda _self: nobody)
    without, events = run(tuned_stages=stages, dropout=0.5)
    assert not {PhotoSeen, PreviewScored} & {type(event) for event in events}
    assert_equal_runs(with_it, without)
