"""Calibration, familiarity, and the verdicts made of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import safetensors.torch
import torch

from trainer.core.errors import ModelFileError
from trainer.inference import out_of_distribution
from trainer.inference.calibration import fit_temperature
from trainer.inference.metrics import expected_calibration_error
from trainer.inference.negatives import FILE, negatives, pack
from trainer.inference.verdict import BOTH, EVEN, fit_limits, verdict
from trainer.models.detector import Detector, no_detector
from trainer.models.efficientnet_lite import FEATURES, SCALES
from trainer.storage.model_description import VerdictLimits


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_that_was_applied_is_found(true: float) -> None:
    generator = torch.Generator().manual_seed(0)
    honest = torch.randn(20_000, generator=generator) * 2
    classes = (torch.rand(20_000, generator=generator) < honest.sigmoid()).float()
    assert fit_temperature(honest * true, classes) == pytest.approx(true, rel=0.05)
    assert expected_calibration_error(honest.sigmoid(), classes) < 0.01
    if true > 1:
        assert expected_calibration_error((honest * true).sigmoid(), classes) > 0.05


def test_no_mistake_at_all_does_not_ask_for_certainty() -> None:
    logits = torch.tensor([-3.0, -2.0, 2.0, 3.0])
    assert fit_temperature(logits, (logits > 0).float()) == pytest.approx(0.25)


def test_the_calibration_error_is_the_distance_in_each_bin() -> None:
    probabilities = torch.tensor([0.9] * 10 + [0.1] * 10)
    classes = torch.tensor([1.0] * 7 + [0.0] * 3 + [0.0] * 10)  # 70 % where it said 90, 0 where it said 10
    assert expected_calibration_error(probabilities, classes) == pytest.approx((0.2 + 0.1) / 2, abs=1e-6)


def clusters(count: int, seed: int, first: int = 0) -> torch.Tensor:
    """Return features around four directions of 32 dimensions, from the `first` on."""
    feature_means = torch.nn.functional.one_hot(torch.arange(first, first + 4), 32).float()
    generator = torch.Generator().manual_seed(seed)
    return feature_means[torch.arange(count) % 4] + 0.1 * torch.randn(count, 32, generator=generator)


def seen(prototypes: torch.Tensor) -> Detector:
    return Detector("prototypes", prototypes, torch.zeros(len(prototypes)))


def test_prototypes_are_where_the_photos_are() -> None:
    prototypes = out_of_distribution.fit_prototypes(clusters(400, 0), torch.Generator().manual_seed(0))
    assert prototypes.shape == (50, 32)
    torch.testing.assert_close(prototypes.norm(dim=1), torch.ones(50))
    alike, others = clusters(100, 1), torch.randn(100, 32, generator=torch.Generator().manual_seed(2))
    assert seen(prototypes).similarity(alike).min() > seen(prototypes).similarity(others).max()
    assert torch.equal(
        prototypes, out_of_distribution.fit_prototypes(clusters(400, 0), torch.Generator().manual_seed(0))
    )


def test_few_photos_have_few_prototypes_and_a_model_without_any_finds_everything_alike() -> None:
    assert out_of_distribution.fit_prototypes(clusters(5, 0), torch.Generator().manual_seed(0)).shape == (1, 32)
    assert out_of_distribution.fit_prototypes(clusters(8000, 0), torch.Generator().manual_seed(0)).shape == (512, 32)
    assert no_detector().similarity(clusters(3, 0)).tolist() == [1, 1, 1]


def test_probes_know_either_class_and_refuse_what_is_neither() -> None:
    photos, targets = clusters(400, 0), torch.arange(400) % 4 // 2
    others = clusters(200, 5, first=8)
    generator = torch.Generator().manual_seed(0)
    probes = out_of_distribution.fit_detector(photos, targets, others, generator)
    assert (probes.kind, probes.directions.shape, probes.offsets.shape) == ("probes", (2, 32), (2,))
    assert probes.similarity(clusters(100, 1)).min() > 0
    strangers = clusters(100, 6, first=8)
    assert probes.similarity(strangers).max() < probes.similarity(clusters(100, 1)).min()
    by_class = clusters(100, 1) @ probes.directions.T + probes.offsets
    assert (by_class.argmax(dim=1) == torch.arange(100) % 4 // 2).float().mean() > 0.7  # by chance: 0.5
    assert probes.similarity(1e9 * strangers).abs().max() <= 50


def test_without_other_things_a_model_has_prototypes() -> None:
    generator = torch.Generator().manual_seed(0)
    detector = out_of_distribution.fit_detector(clusters(400, 0), torch.arange(400) % 2, None, generator)
    assert (detector.kind, len(detector.directions)) == ("prototypes", 50)


@pytest.mark.parametrize("backbone", SCALES)
def test_what_neither_looks_like_comes_with_every_installed_backbone(backbone: str) -> None:
    known = negatives(backbone)
    assert known is not None
    assert known.shape[0] > 500
    assert known.shape[1] == FEATURES
    assert 0 <= known.min() < known.max() <= 6  # means of ReLU6
    assert negatives("classic") is None


def test_packed_negatives_are_close_to_what_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = torch.rand(7, 5) * torch.tensor([6.0, 1.0, 0.1, 0.0, 3.0])
    file = tmp_path / FILE
    monkeypatch.setattr("trainer.inference.negatives.resource", lambda *_: file)
    assert negatives("x") is None
    file.write_bytes(pack({"x": found}))
    read = negatives("x")
    assert read is not None
    assert ((read - found).abs() <= found.amax(dim=0) / 255).all()
    file.write_bytes(b"damaged")
    with pytest.raises(ModelFileError, match="Install CatDog again"):
        negatives("x")


@pytest.mark.parametrize("scale", [None, torch.ones(4), torch.full((5,), torch.nan), torch.tensor(1.0)])
def test_negatives_without_a_scale_that_fits_are_damaged(
    scale: torch.Tensor | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / FILE
    monkeypatch.setattr("trainer.inference.negatives.resource", lambda *_: file)
    tensors = {"x.features": torch.ones(7, 5, dtype=torch.uint8)} | ({} if scale is None else {"x.scale": scale})
    file.write_bytes(safetensors.torch.save(tensors))
    with pytest.raises(ModelFileError, match="Install CatDog again"):
        negatives("x")


def test_the_limits_leave_99_percent_their_verdict() -> None:
    generator = torch.Generator().manual_seed(3)
    probabilities = torch.rand(1000, generator=generator).tolist()
    similarities = torch.rand(1000, generator=generator).tolist()
    limits = fit_limits("prototypes", probabilities, similarities)
    description = described(limits)
    verdicts = [verdict(description, *pair) for pair in zip(probabilities, similarities, strict=True)]
    assert sum(bool(found.reason) for found in verdicts) == 10
    assert sum(found.unlike for found in verdicts) == 9


def test_few_photos_leave_room_for_rarer_ones() -> None:
    few = fit_limits("prototypes", [0.5, 0.5, 0.5, 0.5], [0.3, 0.3, 0.2, 0.2])
    assert few.likeness == pytest.approx(0.25 - 3 * 0.05)
    assert few.probability == 0.5


def described(limits: VerdictLimits) -> Any:
    """Return what of a description decides a verdict."""
    return SimpleNamespace(classes=("cat", "dog"), threshold=0.5, limits=limits)


@pytest.mark.parametrize(
    ("probability", "similarity", "nearest", "reason"),
    [
        (0.9, 0.8, "dog", ""),
        (0.1, 0.8, "cat", ""),
        (0.95, 0.1, "dog", "Neither cat nor dog, as far as it can tell."),
        (0.45, 0.9, "cat", EVEN),
    ],
)
def test_verdicts(probability: float, similarity: float, nearest: str, reason: str) -> None:
    found = verdict(described(VerdictLimits(likeness=0.5, probability=0.6)), probability, similarity)
    assert found == (nearest, reason, similarity < 0.5)
    assert found.class_name == (None if reason else nearest)


def test_easy_photos_do_not_ask_for_more_certainty_than_nine_in_ten() -> None:
    assert fit_limits("prototypes", [0.999] * 200, [0.9] * 200).probability == 0.9


def test_a_photo_that_seems_to_show_both_is_not_sure_even_where_one_is_likelier() -> None:
    limits = described(VerdictLimits(likeness=0.5, probability=0.6))
    found = verdict(limits, 0.95, 0.9, seems_both=True)
    assert (found.class_name, found.nearest, found.reason) == (None, "dog", BOTH)
    assert verdict(limits, 0.95, 0.1, seems_both=True).unlike
