"""The starter model's export gives real photos the verdicts of the model: the test photos, and those from elsewhere."""

from pathlib import Path

import pytest

from trainer.export.onnx_file import unproven_onnx, verify
from trainer.export.proof import LARGEST
from trainer.storage.starter import starter_model


@pytest.mark.real
@pytest.mark.longer
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("place", ["dogs-vs-cats-small/test", "other-sources"])
def test_no_verdict_is_another(real_photos: Path, tmp_path: Path, place: str) -> None:
    model = starter_model()
    assert model is not None
    photos = sorted((real_photos.parent / place).rglob("*.jpg"))
    assert len(photos) >= 1000
    export = tmp_path / "starter.onnx"
    export.write_bytes(unproven_onnx(model)[0])
    proof = verify(export, model, photos)
    assert proof.same_pixels.photos == len(photos)
    assert proof.same_pixels.changed == ()
    assert proof.same_pixels.largest < LARGEST
    assert proof.large_jpegs is None or proof.large_jpegs.changed == ()
