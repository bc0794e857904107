"""The page says of photos what CatDog says, in Chromium and in Firefox. Skipped where there is none of them."""

from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.web.chromium import Chromium
from tests.web.conftest import READY
from tests.web.firefox import Firefox
from tests.web.photos import hard_photos
from tests.web.seen import Browser, verdicts
from trainer.export.onnx_file import unproven_onnx
from trainer.export.web import write_page
from trainer.files.resources import resource
from trainer.inference.explain import heat_map
from trainer.inference.predictor import Predictor

EXACT, ROUNDED = 1e-3, 0.1
"""How far probabilities may be apart: where browser and Pillow give the same pixels; and where some differ by a level,
which this small model takes a hundred times as hard as one that learnt from photos."""
OTHERWISE = {".jpg", "clear.png"}
"""JPEG files that CatDog has decoded at a smaller scale, and transparent parts, which Firefox rounds otherwise."""


def assert_same(browser: Browser, model: Path, photos: list[Path], otherwise: AbstractSet[str] = frozenset()) -> None:
    """Assert that a page gives the verdicts of a model's Predictor; of those named otherwise nearly its probabilities.

    Photos are named by their name or ending.
    """
    said = verdicts(browser, photos)
    for photo, ours in zip(
        photos, Predictor.load(model, device="cpu", precision="float32").predict(photos), strict=True
    ):
        theirs, is_exact = said[photo.name], not {photo.suffix, photo.name} & otherwise
        assert theirs.probability == pytest.approx(ours.probability, abs=EXACT if is_exact else ROUNDED), photo.name
        if is_exact:
            assert (theirs.class_name, theirs.reason) == (ours.class_name or "", ours.reason or ""), photo.name


@pytest.fixture
def photos(drawings: Path, tmp_path: Path) -> list[Path]:
    """Return photos of every kind, and drawings for every verdict."""
    found = hard_photos(tmp_path)
    for drawing in sorted(drawings.rglob("*.jpg"))[::5]:
        found.append(tmp_path / f"{drawing.stem}.png")
        Image.open(drawing).save(found[-1])
    return found


def test_in_chromium(shown: Chromium, model: Path, photos: list[Path]) -> None:
    assert_same(shown, model, photos, OTHERWISE)


def test_in_firefox(in_firefox: Firefox, model: Path, photos: list[Path]) -> None:
    assert_same(in_firefox, model, photos, OTHERWISE)


def test_the_heat_map_is_that_of_catdog(shown: Chromium, model: Path, tmp_path: Path) -> None:
    photo = next(each for each in hard_photos(tmp_path) if each.name == "plain.png")
    verdicts(shown, [photo])
    shown.run("document.querySelector('[data-part=why]').click()")
    size = 64
    alphas = shown.run(f"""(() => {{ const canvas = new OffscreenCanvas({size}, {size});
        const context = canvas.getContext('2d'); const heat = document.querySelector('[data-part=heat]');
        context.drawImage(heat, 0, 0, {size}, {size});
        return [...context.getImageData(0, 0, {size}, {size}).data].filter((_, place) => place % 4 === 3) }})()""")
    assert isinstance(alphas, list)
    predictor = Predictor.load(model, device="cpu", precision="float32")
    nearest = predictor.predict_one(photo).closest_class
    assert nearest is not None
    heat = heat_map(predictor, photo, nearest)
    assert heat.max() == 1
    theirs = np.array(alphas, dtype=np.float32).reshape(size, size) / (255 * 0.6)
    assert np.abs(theirs - heat).max() < 0.1
    assert np.abs(theirs - heat).mean() < 0.02


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_the_starter_on_real_photos(
    name: str, real_photos: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    photos = [photo for each in ("cats", "dogs") for photo in sorted((real_photos / "test" / each).iterdir())[::25]]
    starter = resource("models", "starter.safetensors")
    page = write_page(tmp_path / "page", *unproven_onnx(starter))
    browser = request.getfixturevalue("opened" if name == "chromium" else "in_firefox")
    browser.open(page.as_uri())
    browser.until(READY)
    assert_same(browser, starter, photos)
