"""Exports give real photos the verdicts of their model, whichever network it is: the test photos, and others."""

from pathlib import Path

import pytest

from trainer.core.recipes import recipe
from trainer.export.onnx_file import unproven_onnx, verify
from trainer.export.proof import LARGEST
from trainer.storage.starter import starter_model
from trainer.training.loop import train

LARGE_JPEGS_TIPPED = 0.005

pytestmark = [pytest.mark.real, pytest.mark.longer, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module", params=["starter", "classic", "compact", "transfer"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, real_photos: Path) -> Path:
    """Return the starter model, or one that a recipe makes of the small split in an epoch."""
    if request.param == "starter":
        shipped = starter_model()
        assert shipped is not None
        return shipped
    config = recipe(request.param).config(str(real_photos), epochs=1)
    result = train(config, out=tmp_path_factory.mktemp("runs"))
    assert result.model is not None, result.error
    return Path(result.model)


@pytest.mark.parametrize("place", ["dogs-vs-cats-small/test", "other-sources"])
def test_no_verdict_is_another(model: Path, real_photos: Path, tmp_path: Path, place: str) -> None:
    photos = sorted((real_photos.parent / place).rglob("*.jpg"))
    assert len(photos) >= 1000
    export = tmp_path / "model.onnx"
    export.write_bytes(unproven_onnx(model)[0])
    proof = verify(export, model, photos)
    print(f"{place}: {proof.same_pixels}, {proof.large_jpegs}")
    assert proof.same_pixels.photos == len(photos)
    assert proof.same_pixels.changed == ()
    assert proof.same_pixels.largest < LARGEST
    # The export imitates how CatDog decodes large JPEGs. It is not the same, and tips those between two verdicts.
    assert proof.large_jpegs is None or len(proof.large_jpegs.changed) <= LARGE_JPEGS_TIPPED * len(photos)
