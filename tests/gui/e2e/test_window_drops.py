"""A model, photos and a folder dropped on pages that are not for them: in a real window, with a real drag."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catdog_gui.widgets.model_question import ModelQuestion
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child

pytestmark = pytest.mark.timeout(300)


def test_a_model_photos_and_a_folder_find_their_page(
    travel: Travel, drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    model = tmp_path / "mine.safetensors"
    shutil.copy(finished_model, model)
    facts = travel(drop_on_other_pages, CATDOG_E2E_PHOTOS=str(drawings), CATDOG_E2E_MODEL=str(model))
    assert facts["offered"] == [
        "Drop to open the model mine.safetensors",
        f"Drop to classify {min(drawings.rglob('*.jpg')).name}",
        f"Drop to open the photos in {drawings.name}",
    ]
    assert facts["asked"] == "starter.safetensors"
    assert facts["model"] == str(model)
    assert facts["classified"] == 1
    assert facts["dataset"] == str(drawings)


def drop_on_other_pages(d: Driver) -> Iterator[Condition]:
    window, context = d.window, d.window.context
    photos, model = Path(os.environ["CATDOG_E2E_PHOTOS"]), Path(os.environ["CATDOG_E2E_MODEL"])
    yield window.isActiveWindow
    window.move(0, 0)  # leaves room for the other program's window at the right
    yield lambda: window.x() < 10
    window.show_page("evaluate")
    yield from drag(d, model, "a model over Evaluate")
    yield d.dialog_is_there
    d.shot("asked")
    d.facts["asked"] = context.current_model.name if context.current_model else ""
    yield d.click(child(window, ModelQuestion).use)
    yield lambda: context.current_model == model
    d.facts["model"] = str(context.current_model)
    window.show_page("models")
    yield from drag(d, min(photos.rglob("*.jpg")), "a photo over Models")
    yield lambda: window.pages.current_name == "classify" and len(window.pages.classify.session.photos) == 1
    yield lambda: window.pages.classify.session.photos[0].prediction is not None
    d.facts["classified"] = len(window.pages.classify.session.photos)
    d.shot("classified")
    window.show_page("train")
    yield from drag(d, photos, "a folder over Train")
    yield lambda: window.pages.current_name == "data" and context.current_dataset is not None
    d.facts["dataset"] = context.current_dataset.root if context.current_dataset else ""
    window.close()


def drag(d: Driver, file: Path, name: str) -> Iterator[Condition]:
    page = d.window.pages.currentWidget()
    assert page is not None
    yield d.source(file)
    yield d.drag_to(page, let_go=False)
    yield d.window.drops.overlay.isVisible
    d.facts.setdefault("offered", []).append(d.window.drops.overlay.heading.text())
    d.shot(name)
    yield d.xdotool("mouseup", 1)
