"""What other limits would change: the sentence is true of what a copy of the model with those limits does."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.gui.recorded import evaluation
from trainer.core.errors import SettingError
from trainer.inference.evaluate import evaluate_model
from trainer.inference.model_copy import copy_with_threshold, save_copy
from trainer.inference.operating_point import Decided, decide, what_changes
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import BOTH
from trainer.models.detector import Detector
from trainer.storage import model_file
from trainer.storage.model_description import VerdictLimits, read_description
from trainer.storage.model_list import describe_model

LIMITS = ((0.7, 0.0), (0.3, -0.5), (None, 0.3), (None, 1.5), (None, -1.0), (0.6, 2.0))


def decided(called: tuple[tuple[int, int], tuple[int, int]], without: tuple[int, int] = (0, 0)) -> Decided:
    return Decided(classes=("cat", "dog"), called=called, without=without)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (decided(((5, 5), (0, 9))), decided(((5, 5), (0, 9))), "On these photos nothing changes."),
        (decided(((5, 5), (0, 9))), decided(((6, 4), (0, 9))), "1 fewer photo of cat is called dog."),
        (
            decided(((50, 14), (3, 90)), (1, 1)),
            decided(((40, 2), (3, 82)), (23, 9)),
            "12 fewer photos of cat are called dog, 30 more photos get no verdict.",
        ),
        (
            decided(((50, 14), (3, 90))),
            decided(((62, 2), (1503, 90)), (0, 0)),
            "12 fewer photos of cat are called dog, 1,500 more photos of dog are called cat.",
        ),
        (decided(((5, 1), (0, 9)), (2, 0)), decided(((7, 1), (0, 8)), (0, 1)), None),
        (decided(((5, 1), (0, 9)), (1, 0)), decided(((6, 1), (0, 9)), (0, 0)), "1 fewer photo gets no verdict."),
        (decided(((5, 1), (0, 9))), decided(((5, 0), (0, 9)), (1, 0)), None),
    ],
)
def test_the_sentence(before: Decided, after: Decided, said: str | None) -> None:
    found = what_changes(before, after)
    if said is not None:
        assert found == said
    elif before.without == (2, 0):
        assert found == "2 fewer photos of cat get no verdict, 1 more photo of dog gets no verdict."
    else:
        assert found == "1 fewer photo of cat is called dog, 1 more photo gets no verdict."


def test_names_of_classes_are_not_made_plural() -> None:
    before = Decided(classes=("fox {x}", "sheep"), called=((5, 2), (0, 9)), without=(0, 0))
    after = Decided(classes=("fox {x}", "sheep"), called=((7, 0), (0, 9)), without=(0, 0))
    assert what_changes(before, after) == "2 fewer photos of fox {x} are called sheep."


def test_every_photo_is_counted_once_wherever_the_limits_are() -> None:
    known = evaluation()
    own = decide(known)
    assert sum(own.without) == known.not_sure
    assert own.called == ((18, 1), (3, 15))
    assert decide(known, threshold=0.0).called == ((0, 19), (0, 18))
    assert decide(known, threshold=1.0).called == ((19, 0), (18, 0))
    counts = [decide(known, threshold=limit / 100, strictness=0.5) for limit in range(0, 101, 5)]
    for found in counts:
        assert sum(map(sum, found.called)) + sum(found.without) == known.photos
    assert all(left.called[0][1] >= right.called[0][1] for left, right in pairwise(counts))
    old = replace(known, right=tuple(replace(photo, strictness=None) for photo in known.right))
    assert decide(old) == own  # by CatDog 0.1, which knew only whether it was sure


@pytest.fixture
def spread_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the network's answers be spread widely over both limits: they are any function of the pixels."""

    def outputs(predictor: Predictor, pixels: np.ndarray) -> NetworkOutputs:
        chance = np.random.default_rng(3)
        numbers = pixels.reshape(len(pixels), -1) / 255 - 0.5
        found = 4 * np.sin(numbers @ chance.normal(size=(numbers.shape[1], 2)))
        embeddings = torch.zeros(len(pixels), 512)
        embeddings[:, 0] = torch.from_numpy(found[:, 1])
        return NetworkOutputs(torch.from_numpy(found[:, 0]).float(), embeddings)

    monkeypatch.setattr(Predictor, "outputs", outputs)


@pytest.mark.usefixtures("spread_out")
@pytest.mark.parametrize("closer", [0.0, 0.98])
def test_it_is_what_a_copy_with_those_limits_does(
    finished_model: Path, drawings: Path, tmp_path: Path, closer: float
) -> None:
    loaded = model_file.load(finished_model)
    direction = torch.zeros(1, 512)
    direction[0, 0] = 1.0
    limits = VerdictLimits(detector="probes", likeness=-2.0, probability=0.6, closer_look=closer)
    described = replace(loaded.description, limits=limits, temperature=1.0)
    model = tmp_path / "model.safetensors"
    detector = Detector("probes", direction, torch.zeros(1))
    model_file.save(model, loaded._replace(description=described, detector=detector))
    before, seen = evaluate_model(model, drawings, split="all"), set()
    for number, (threshold, strictness) in enumerate(LIMITS):
        copy = tmp_path / f"{number}.safetensors"
        save_copy(model, copy, threshold=threshold, strictness=strictness)
        found = decide(evaluate_model(copy, drawings, split="all"))
        assert found == decide(before, threshold=threshold, strictness=strictness)
        seen.add(found)
    assert len(seen) == len(LIMITS)
    looked_closer = any(photo.reason == BOTH for photo in (*before.right, *before.wrong))
    assert looked_closer == bool(closer)


def test_a_copy_with_another_threshold_is_called_after_it(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.storage.model_changes.models_folder", lambda: tmp_path)
    copy = copy_with_threshold(finished_model, 0.7)
    assert describe_model(copy).title.endswith(", dog from 70 %")
    ours, theirs = read_description(finished_model), read_description(copy)
    assert (theirs.threshold, theirs.limits, theirs.test) == (0.7, ours.limits, None)
    with pytest.raises(SettingError, match="exists already"):
        save_copy(finished_model, copy, threshold=0.6)
