"""Why a verdict, in a real window: heat map and training photos of a dropped photo, and of one that was evaluated."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles
from catdog_gui.widgets.why.like_these import LikeThese
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child, shows_photo
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def home(finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a home with the finished run in it."""
    shutil.copytree(str(finished_run.run_folder), tmp_path / "home" / "data" / "runs" / "run")
    return tmp_path / "home"


def model() -> Path:
    return Path(os.environ["CATDOG_HOME"]) / "data" / "runs" / "run" / "model.safetensors"


def names(like_these: LikeThese) -> list[str]:
    """Return the training photos in sight, once all their pictures are there."""
    tiles = like_these.row.tiles
    places = [tiles.index(row) for row in range(tiles.rowCount())]
    if not like_these.row.isVisible() or any(tiles.image(place) is None for place in places):
        return []
    return [tiles.tile(place).path for place in places]


def middle_of(row: PhotoTiles, number: int) -> QPoint:
    return row.visualRect(row.tiles.index(number)).center()


def why_of_a_dropped_photo(d: Driver) -> Iterator[Condition]:
    window, classify = d.window, d.window.pages.classify
    photo = Path(os.environ["CATDOG_E2E_PHOTO"])
    window.context.use_model(model())
    yield window.isActiveWindow
    window.move(0, 0)
    yield lambda: window.x() < 10
    yield d.source(photo)
    yield d.drag_to(classify.zone)
    yield lambda: classify.view.isVisible() and classify.view.large.isVisible()
    large = classify.view.large
    yield lambda: large.why.isVisible() and shows_photo(large.preview)
    d.shot("a verdict")
    plain = large.preview.grab().toImage()
    yield d.click(large.preview)  # until then the other program has the keyboard
    yield window.isActiveWindow
    yield large.hasFocus
    yield d.key("h")
    yield lambda: "speaks for" in large.why.words.text()
    yield lambda: len(names(large.like_these)) == 6
    d.facts["like"] = names(large.like_these)
    d.facts["heat"] = large.preview.grab().toImage() != plain or large.why.words.text().startswith("No place")
    d.shot("why")
    row, before = large.like_these.row, large.why.opacity.value()
    yield d.click(row.viewport(), middle_of(row, 0))
    yield row.hasFocus
    yield d.key("Right")
    yield lambda: row.currentIndex().row() == 1
    d.shot("the second one by keyboard")
    yield d.click(large.why.opacity, QPoint(large.why.opacity.width() - 4, large.why.opacity.height() // 2))
    yield lambda: large.why.opacity.value() > before
    yield d.key("h")
    yield lambda: not large.like_these.isVisible()
    d.facts["off"] = not large.why.words.isVisible()
    yield d.click(large.why.button)
    yield lambda: len(names(large.like_these)) == 6
    window.context.use_model(None)  # the starter model
    yield large.like_these.words.isVisible
    d.facts["starter"] = large.like_these.words.text()
    d.shot("a model without training photos")
    window.close()


def why_of_an_evaluated_photo(d: Driver) -> Iterator[Condition]:
    window = d.window
    yield window.isActiveWindow
    yield d.key("ctrl+4")
    yield lambda: bool(window.findChildren(EvaluatePage))
    page = child(window, EvaluatePage)
    yield page.view.isVisible
    tiles, matrix = page.view.tiles, page.view.matrix
    fullest = max((cell for row in matrix.cells for cell in row), key=lambda cell: cell.count)
    scroll = child(page, QScrollArea)
    yield from scroll_to(d, scroll, fullest)
    yield d.click(fullest)
    yield lambda: tiles.tiles.rowCount() == fullest.count
    yield from scroll_to(d, scroll, tiles)
    yield d.click(tiles.viewport(), middle_of(tiles, 0))
    yield d.dialog_is_there
    dialog = d.dialog()
    assert isinstance(dialog, TileDialog)
    yield lambda: shows_photo(dialog.preview)
    found = []
    yield d.key("h")
    for _ in range(2):
        yield lambda: "speaks for" in dialog.why.words.text() and len(names(dialog.like_these)) == 6
        found.append(names(dialog.like_these))
        d.shot("why")
        before = dialog.name.text()
        yield d.key("Right")
        yield lambda before=before: dialog.name.text() != before and names(dialog.like_these) != found[-1]
    d.facts["different"] = found[0] != found[1]
    yield d.key("Escape")
    yield lambda: d.dialog() is None
    window.close()


def scroll_to(d: Driver, scroll: QScrollArea, widget: QWidget) -> Iterator[Condition]:
    """Turn the mouse's wheel until the middle of a widget is in sight."""
    while not scroll.viewport().rect().contains(widget.mapTo(scroll.viewport(), widget.rect().center())):
        at = scroll.verticalScrollBar().value()
        place = scroll.viewport().mapToGlobal(QPoint(12, 300))
        yield d.xdotool("mousemove", place.x(), place.y(), "click", 5)
        yield lambda at=at: scroll.verticalScrollBar().value() != at


def test_a_dropped_photo_is_explained(travel: Travel, home: Path, drawings: Path) -> None:
    learnt = RunFolder(home / "data" / "runs" / "run").read_dataset().of_split("train")[0].path
    facts = travel(why_of_a_dropped_photo, home=home, CATDOG_E2E_PHOTO=str(drawings / learnt))
    assert facts["like"][0] == learnt
    assert len(set(facts["like"])) == 6
    assert facts["heat"] is True
    assert facts["off"] is True
    assert facts["starter"] == "This model brings no training photos along."


def test_an_evaluated_photo_is_explained(travel: Travel, home: Path) -> None:
    assert travel(why_of_an_evaluated_photo, home=home)["different"] is True
