"""A closer look at doubtful photos: what is cut out, what the parts say together, and that verdicts follow it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from trainer.inference import closer_look
from trainer.inference.closer_look import combine, cut_into_parts, fit_closer_look, is_doubtful
from trainer.inference.outputs import NetworkOutputs
from trainer.models.detector import Detector
from trainer.storage.model_description import VerdictLimits

# Alike is what points along the first axis.
DETECTOR = Detector("probes", torch.tensor([[1.0, 0.0]]), torch.zeros(1))
LIKE, UNLIKE = [5.0, 0.0], [-5.0, 0.0]


def described(temperature: float = 1.0, **limits: Any) -> Any:
    return SimpleNamespace(temperature=temperature, limits=VerdictLimits(detector="probes", likeness=0.0, **limits))


def outputs(logits: list[float], embeddings: list[list[float]]) -> NetworkOutputs:
    return NetworkOutputs(torch.tensor(logits), torch.tensor(embeddings))


def test_the_parts_are_where_they_should_be_and_as_large_as_the_network_sees() -> None:
    photo = np.zeros((200, 200, 3), dtype=np.uint8)
    photo[:, 100:] = 255  # white on the right
    parts = cut_into_parts(photo, 50)
    assert parts.shape == (len(closer_look.PARTS), 50, 50, 3)
    left, right, top = parts[5], parts[6], parts[7]
    # Smoothing mixes one pixel beyond the border in.
    assert left[:, :-2].max() == 0
    assert right[:, 2:].min() == 255
    assert (top[:, :20].max(), top[:, 30:].min()) == (0, 255)
    assert parts[0].mean() == pytest.approx(255 / 6, abs=3)  # of its 0.6, the last 0.1 is white


def test_whole_and_parts_count_the_same() -> None:
    found = combine(outputs([2.0], [LIKE]), outputs([-1.0, -3.0], [LIKE, UNLIKE]), described(), DETECTOR)
    assert found.logits.tolist() == [0.0]
    assert found.embeddings.tolist() == [[2.5, 0.0]]


@pytest.mark.parametrize(
    ("logits", "embeddings", "both"),
    [
        ([4.0, -4.0, 0.0], [LIKE, LIKE, LIKE], True),
        ([4.0, 3.0, 0.0], [LIKE, LIKE, LIKE], False),
        ([4.0, -4.0, 0.0], [LIKE, UNLIKE, LIKE], False),  # a sofa that is called a cat is none
        ([2.0, -4.0, 0.0], [LIKE, LIKE, LIKE], False),  # not clearly
    ],
)
def test_both_are_there_where_parts_are_clearly_of_either_class(
    logits: list[float], embeddings: list[list[float]], *, both: bool
) -> None:
    found = combine(outputs([0.0], [LIKE]), outputs(logits, embeddings), described(), DETECTOR)
    assert found.seem_both is not None
    assert found.seem_both.tolist() == [both]


def test_clearly_means_after_calibration() -> None:
    parts = outputs([4.0, -4.0], [LIKE, LIKE])
    found = combine(outputs([0.0], [LIKE]), parts, described(temperature=4.0), DETECTOR)
    assert found.seem_both is not None
    assert not found.seem_both.any()


@pytest.mark.parametrize(
    ("probability", "likeness", "doubtful"),
    [
        (0.5, 9.0, True),
        (0.04, 9.0, True),
        (0.99, 9.0, False),
        (0.99, 1.0, True),
        (0.99, -1.0, True),
        (0.5, -9.0, False),
    ],
)
def test_doubtful_is_what_is_between_the_classes_or_at_the_limit(
    probability: float, likeness: float, *, doubtful: bool
) -> None:
    limits = VerdictLimits(detector="probes", likeness=0.0, closer_look=0.97)
    assert is_doubtful(limits, probability, likeness) == doubtful
    former = VerdictLimits(detector="probes", likeness=0.0)
    assert not is_doubtful(former, probability, likeness)


def test_at_most_one_in_twenty_photos_is_doubtful_and_none_that_is_certain() -> None:
    probabilities = torch.linspace(0.001, 0.999, 1000).tolist()
    limit = fit_closer_look(probabilities)
    assert sum(max(one, 1 - one) < limit for one in probabilities) <= 50
    assert fit_closer_look([0.999] * 100) == closer_look.CERTAIN
