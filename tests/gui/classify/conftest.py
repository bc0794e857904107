"""The Classify page with a model that answers by the photo's name, and photos for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.state import explainer
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, fake_entry


@pytest.fixture
def predictor(monkeypatch: pytest.MonkeyPatch) -> FakePredictor:
    predictor = FakePredictor()
    monkeypatch.setattr(explainer, "load_predictor", lambda *_args, **_kwargs: predictor)
    return predictor


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    return file


@pytest.fixture
def page(
    context: Context, qtbot: QtBot, predictor: FakePredictor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ClassifyPage]:
    monkeypatch.setenv("CATDOG_HOME", str(model.parent / "home"))
    monkeypatch.setattr("trainer.storage.model_list.describe_model", fake_entry)
    context.use_model(model)
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    yield page
    predictor.gate.set()
    page.session.cancel()
    page.close_images()
    qtbot.waitUntil(lambda: not page.session.classifier.busy)
    # The offscreen platform keeps what was copied until after Python has ended, and then crashes on it.
    QGuiApplication.clipboard().clear()


@pytest.fixture
def photos(tmp_path: Path) -> Callable[..., list[Path]]:
    def make(*names: str) -> list[Path]:
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.parent.mkdir(exist_ok=True)
            image = QImage(40, 30, QImage.Format.Format_RGB32)
            image.fill(0x3366AA)
            if "broken" in path.name:
                path.write_bytes(b"\xff\xd8\xff")
            else:
                image.save(str(path))
        return paths

    return make
