"""The page of the starter model, and browsers that show it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import chromium, firefox
from trainer.export.onnx_file import unproven_onnx
from trainer.export.web import write_page

READY = "document.body.classList.contains('ready')"


@pytest.fixture(scope="session")
def model(drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small model of the recipe `transfer`, which has heat maps and looks closer at doubtful photos."""
    from trainer.core.recipes import recipe
    from trainer.training.loop import train

    home = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATDOG_HOME", str(home))
        config = recipe("transfer").config(str(drawings), epochs=3, image_size=64, batch_size=16, threads=1, seed=5)
        result = train(config, out=home / "runs")
    assert result.model is not None, result.error
    return Path(result.model)


@pytest.fixture(scope="session")
def page(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of that model, in a folder of its own."""
    return write_page(tmp_path_factory.mktemp("page") / "page", *unproven_onnx(model))


@pytest.fixture(scope="module")
def chromium_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for a browser's own files."""
    if chromium.PROGRAM is None:
        pytest.skip("there is no Chromium here")
    return tmp_path_factory.mktemp("chromium")


@pytest.fixture(scope="module")
def opened(page: Path, chromium_home: Path) -> Iterator[chromium.Chromium]:
    """Open the page in Chromium, as by a double click on it."""
    with chromium.Chromium(chromium_home) as browser:
        browser.open(page.as_uri())
        browser.until(READY)
        yield browser


@pytest.fixture
def shown(opened: chromium.Chromium) -> chromium.Chromium:
    """Return the open page without any photo on it."""
    opened.run("document.querySelector('[data-part=clear]').click()")
    return opened


@pytest.fixture(scope="module")
def in_firefox(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[firefox.Firefox]:
    """Open the page in Firefox, as by a double click on it."""
    if firefox.PROGRAM is None:
        pytest.skip("there is no Firefox here")
    with firefox.Firefox(tmp_path_factory.mktemp("firefox")) as browser:
        browser.open(page.as_uri())
        browser.until(READY)
        yield browser
