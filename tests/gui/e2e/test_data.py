"""Datasets as people have them, in a real window: two folders dropped together, three classes, a restart."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QScrollArea, QWidget

from catdog_gui.data.page import DataPage
from catdog_gui.train.page import TrainPage
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from trainer.dataset.records import Dataset
from trainer.drawings.samples import draw_dataset

pytestmark = pytest.mark.timeout(300)


def place() -> Path:
    return Path(os.environ["CATDOG_E2E_PHOTOS"])


def data_page(d: Driver) -> DataPage:
    page = d.window.pages.page("data")
    assert isinstance(page, DataPage)
    return page


def photos(d: Driver) -> int:
    dataset = d.window.context.current_dataset
    return len(dataset.photos) if dataset else 0


def open_page(d: Driver) -> Iterator[Condition]:
    yield d.window.isActiveWindow
    d.window.move(0, 0)  # leaves room for the other program's window at the right
    yield lambda: d.window.x() < 10
    yield d.key("ctrl+2")
    yield lambda: d.window.pages.current_name == "data"


def drop_two_folders(d: Driver) -> Iterator[Condition]:
    """Two folders from different places become a dataset, and a photo of it is left out."""
    yield from open_page(d)
    page = data_page(d)
    yield d.source(place() / "new" / "dogs", place() / "old" / "cats")
    yield d.drag_to(page, let_go=False)
    yield page.curtain.isVisible
    d.facts["hovering"] = page.curtain.accessibleName()
    d.shot("hovering with two folders")
    yield d.xdotool("mouseup", 1)
    yield lambda: photos(d) == 40
    d.shot("two folders")
    strip = page.view.strips[1]
    scroll_to(page, strip)
    yield d.click(strip.viewport(), strip.visualRect(strip.tiles.index(1)).center())
    yield strip.hasFocus
    yield d.key("Delete")
    yield lambda: photos(d) == 39
    d.facts["left out"] = list(d.window.context.current_dataset.left_out)  # type: ignore[union-attr]
    scroll_to(page, page.view.left_out)
    d.shot("one left out")
    d.window.close()


def after_a_restart(d: Driver) -> Iterator[Condition]:
    """The dataset is there again, on both pages."""
    yield from open_page(d)
    yield lambda: photos(d) == 39
    page = data_page(d)
    yield page.view.isVisible
    d.shot("again")
    dataset = d.window.context.current_dataset
    assert dataset is not None
    d.facts["again"] = [dataset.name, dataset.class_counts(), list(dataset.left_out)]
    yield d.key("ctrl+3")
    train = d.window.pages.page("train")
    assert isinstance(train, TrainPage)
    d.facts["on train"] = train.setup.dataset.dataset == dataset
    d.shot("again on train")
    d.window.close()


def choose_two_of_three(d: Driver) -> Iterator[Condition]:
    """Of three classes two are chosen by mouse, and a network learns these two."""
    yield from open_page(d)
    page = data_page(d)
    yield d.source(place())
    yield d.drag_to(page)
    yield page.classes.isVisible
    d.shot("which two")
    for box in page.classes.boxes[1:]:
        yield d.click(box)
        yield box.isChecked
    yield d.click(page.classes.use)
    yield lambda: photos(d) == 40
    yield d.click(page.view.header.train)
    yield lambda: d.window.pages.current_name == "train"
    train = d.window.pages.page("train")
    assert isinstance(train, TrainPage)
    train.setup.recipes.cards["classic"].click()
    train.setup.usual.set_values({"epochs": 1})
    train.setup.more.set_values({"image_size": 48})
    runs = d.window.context.run_controller
    yield d.click(train.setup.start)
    yield lambda: runs.state.result is not None
    result = runs.state.result
    assert result is not None
    assert result.run_folder is not None
    d.facts["run"] = result.status
    split = (Path(result.run_folder) / "split.json").read_bytes()
    d.facts["folders"] = sorted({photo.path.split("/")[0] for photo in msgspec.json.decode(split, type=Dataset).photos})
    d.shot("trained")
    d.window.close()


def scroll_to(page: DataPage, widget: QWidget) -> None:
    area = next(each for each in page.findChildren(QScrollArea) if each.isAncestorOf(widget))
    area.ensureWidgetVisible(widget)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Return a folder of 40 drawings."""
    draw_dataset(tmp_path / "drawn", count=40)
    return tmp_path / "drawn"


def test_two_folders_dropped_together_are_there_after_a_restart(travel: Travel, drawn: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    shutil.move(drawn / "cats", tmp_path / "old" / "cats")
    shutil.move(drawn / "dogs", tmp_path / "new" / "dogs")
    facts = travel(drop_two_folders, CATDOG_E2E_PHOTOS=str(tmp_path))
    assert facts["hovering"] == "Drop to open dogs and cats as the two classes"
    assert facts["left out"] == ["new/dogs/dog.0001.jpg"]
    assert len(list((tmp_path / "new" / "dogs").iterdir())) == 20
    facts = travel(after_a_restart, CATDOG_E2E_PHOTOS=str(tmp_path))
    assert facts["again"] == ["cats, dogs", {"cat": 20, "dog": 19}, ["new/dogs/dog.0001.jpg"]]
    assert facts["on train"] is True


def test_of_three_classes_two_are_chosen_and_learnt(travel: Travel, drawn: Path) -> None:
    shutil.copytree(drawn / "cats", drawn / "antelopes")
    facts = travel(choose_two_of_three, CATDOG_E2E_PHOTOS=str(drawn))
    assert facts["run"] == "completed"
    assert facts["folders"] == ["cats", "dogs"]
