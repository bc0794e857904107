"""Risk against coverage: the curve is what verdicts with moved limits would be, and a copy keeps such limits."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from trainer.core.errors import SettingError
from trainer.core.results import EvaluatedPhoto
from trainer.inference.coverage import at, curve, moved, strictness_of
from trainer.inference.model_copy import copy_with_strictness
from trainer.inference.verdict import verdict
from trainer.storage.model_description import VerdictLimits, read_description
from trainer.storage.model_file import load, save_with_limits


def described(limits: VerdictLimits) -> Any:
    return SimpleNamespace(classes=("cat", "dog"), threshold=0.5, limits=limits)


@pytest.mark.parametrize(
    "limits",
    [
        VerdictLimits(detector="probes", likeness=0.5, probability=0.7),
        VerdictLimits(detector="probes", likeness=-1.0),
        VerdictLimits(detector="prototypes", likeness=0.6, probability=0.9),
    ],
)
def test_a_point_of_the_curve_is_what_verdicts_with_moved_limits_are(limits: VerdictLimits) -> None:
    chance = np.random.default_rng(0)
    probabilities = chance.beta(0.3, 0.3, 500).tolist()
    spread = 3.0 if limits.detector == "probes" else 0.05
    similarities = chance.normal(limits.likeness + 0.5 * spread, spread, 500).tolist()
    pairs = list(zip(probabilities, similarities, strict=True))
    photos = [
        EvaluatedPhoto(
            path=str(number),
            class_name="dog" if number % 3 else "cat",
            predicted="dog" if pair[0] >= 0.5 else "cat",
            probability=pair[0],
            strictness=strictness_of(described(limits), *pair),
        )
        for number, pair in enumerate(pairs)
    ]
    counts = set()
    for strictness in np.linspace(-8, 8, 40):
        verdicts = [verdict(described(moved(limits, strictness)), *pair) for pair in pairs]
        point = at(photos, strictness)
        assert point.given == sum(found.class_name is not None for found in verdicts)
        assert point.wrong == sum(
            found.class_name not in (None, photo.class_name) for found, photo in zip(verdicts, photos, strict=True)
        )
        counts.add(point.given)
    assert len(counts) > 20
    evaluation: Any = SimpleNamespace(right=tuple(photos[::2]), wrong=tuple(photos[1::2]))
    points = curve(evaluation)
    assert len(points) > 100
    assert points == [at(photos, point.strictness) for point in points]


def test_an_older_evaluation_has_no_curve() -> None:
    photo = EvaluatedPhoto(path="a", class_name="cat", predicted="cat", probability=0.1)
    evaluation: Any = SimpleNamespace(right=(photo,), wrong=())
    assert curve(evaluation) == []


def test_a_copy_has_the_same_numbers_and_other_limits(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.storage.model_changes.models_folder", lambda: tmp_path)
    before = finished_model.read_bytes()
    copy = copy_with_strictness(finished_model, 1.5)
    other = copy_with_strictness(finished_model, 1.5)
    assert copy != other
    ours, theirs = (safetensors.torch.load(path.read_bytes()) for path in (finished_model, copy))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
    limits = read_description(finished_model).limits
    assert load(copy).description.limits == moved(limits, 1.5)
    assert read_description(copy).limits.probability > limits.probability
    assert read_description(copy).test is None
    assert finished_model.read_bytes() == before
    with pytest.raises(SettingError, match="exists already"):
        save_with_limits(finished_model, copy, limits)
