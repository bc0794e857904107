"""The page says of photos what CatDog says, in Chromium and in Firefox. Skipped where there is none of them."""

from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.harness.subsets import few
from tests.web.chromium import Chromium
from tests.web.compare import Pair, catdog_says, is_read_smaller, page_says
from tests.web.conftest import READY
from tests.web.firefox import Firefox
from tests.web.photos import hard_photos
from tests.web.seen import Browser, verdicts
from trainer.core.recipes import recipe
from trainer.drawings.samples import draw_dataset
from trainer.export.onnx_file import unproven_onnx
from trainer.export.web import write_page
from trainer.files.resources import resource
from trainer.inference.explain import heat_map
from trainer.inference.predictor import Predictor
from trainer.training.loop import train

EXACT, ROUNDED = 1e-3, 0.1
"""How far probabilities may be apart: where browser and Pillow give the same pixels; and where some differ by a level,
which this small model takes a hundred times as hard as one that learnt from photos."""
NEARLY, TIPPED = 0.03, 2
"""Of photos that CatDog decodes at a smaller scale: how far probabilities may be apart on average, and how many
verdicts may be others. Next to a limit, it may be that only one of both looks closer."""
VARIED = 0.1
"""How far apart probabilities have to be for a comparison to mean anything."""
SIDE = 144
"""Pixels: CatDog decodes large test photos at a smaller scale for it, and those of other sources not."""
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


@pytest.fixture(scope="module", params=["starter", "classic", "compact", "transfer"])
def learnt(request: pytest.FixtureRequest, real_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the starter model, or one that a recipe makes in seconds.

    What has no backbone learns from drawings: it would make so little of a few photos that all are as probable.
    """
    if request.param == "starter":
        return resource("models", "starter.safetensors")
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "transfer":
        few(real_photos, home / "few", each=40)
    else:
        draw_dataset(home / "few", count=120, seed=7)
    quick = {"epochs": 2, "batch_size": 8, "warmup": 0.0, "ema_decay": 0.0, "image_size": SIDE, "seed": 5}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATDOG_HOME", str(home))
        result = train(recipe(request.param).config(str(home / "few"), **quick), out=home / "runs")
    assert result.model is not None, result.error
    return Path(result.model)


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_on_real_photos_whichever_network_it_is(
    name: str, learnt: Path, real_photos: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    photos = sorted((real_photos / "test").rglob("*.jpg"))[::25]
    photos += sorted((real_photos.parent / "other-sources").rglob("*.jpg"))[::57]
    if name == "firefox":
        photos = photos[::2]
    data, record = unproven_onnx(learnt)
    page = write_page(tmp_path / "page", data, record)
    browser = request.getfixturevalue("opened" if name == "chromium" else "in_firefox")
    browser.open(page.as_uri())
    browser.until(READY)
    ours = catdog_says(learnt, photos)
    assert np.ptp([said.probability for said in ours]) > VARIED
    pairs = list(map(Pair, photos, ours, page_says(browser, photos)))
    large = [pair for pair in pairs if is_read_smaller(pair.photo, record.image_size)]
    assert len(large) < len(pairs) / 2
    assert sum(pair.size for pair in large) <= NEARLY * len(large)
    assert sum(pair.changes for pair in large) <= TIPPED
    for pair in pairs:
        assert pair in large or (pair.size < EXACT and not pair.changes), pair
