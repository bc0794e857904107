"""From an untidy folder to a dataset with mouse and keyboard, in a real window; and photos sorted and undone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton

from catdog_gui.classify.sorting.sort_dialog import SortDialog
from catdog_gui.data.labelling.label_dialog import LabelDialog
from catdog_gui.data.labelling.label_view import LabelView
from catdog_gui.data.page import DataPage
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child
from tests.sorting.faults import tree
from trainer.dataset.scan import scan

pytestmark = pytest.mark.timeout(300)
STARTER = Path(__file__).parents[3] / "resources" / "models" / "starter.safetensors"


@pytest.fixture
def heap(many_drawings: Path, tmp_path: Path) -> Path:
    """Return a folder of sixty drawings in no order."""
    (tmp_path / "heap").mkdir()
    drawings = sorted(many_drawings.rglob("*.jpg"))
    for path in drawings[:: max(1, len(drawings) // 60)][:60]:
        shutil.copy2(path, tmp_path / "heap" / f"{path.parent.name}-{path.name}")
    return tmp_path / "heap"


def place(name: str) -> Path:
    return Path(os.environ[f"CATDOG_E2E_{name}"])


@pytest.mark.skipif(not STARTER.is_file(), reason="this copy has no starter model")
def test_a_heap_becomes_a_dataset(travel: Travel, heap: Path, tmp_path: Path) -> None:
    facts = travel(label_a_heap, home=tmp_path / "home", CATDOG_E2E_HEAP=str(heap))
    assert facts["groups"] > 1
    assert facts["after one key"] > 1
    assert facts["after undo"] == 0
    assert facts["by hand"] == 12
    assert "right (" in facts["quality"]
    (labels,) = (tmp_path / "home" / "data" / "labels").glob("*.labels")
    dataset = scan(labels)
    assert dataset.classes == ("kitten", "puppy")
    assert len(dataset.photos) == facts["photos"] > 20
    right = ["dogs-" in photo.path for photo in dataset.photos] == [photo.class_index == 1 for photo in dataset.photos]
    wrong = sum(("dogs-" in photo.path) != (photo.class_index == 1) for photo in dataset.photos)
    assert right or wrong <= len(dataset.photos) // 10


def label_a_heap(d: Driver) -> Iterator[Condition]:
    window = d.window
    yield window.isActiveWindow
    yield d.key("ctrl+2")
    yield lambda: bool(window.findChildren(DataPage))
    page = child(window, DataPage)
    yield d.click(page.welcome.label)
    yield lambda: bool(page.findChildren(LabelDialog))
    dialog = child(page, LabelDialog)
    yield dialog.isVisible
    yield d.click(dialog.add_folder)
    yield d.dialog_is_there
    yield d.write(str(place("HEAP")))
    yield d.key("Return")
    yield lambda: dialog.list.count() == 1
    for field, name in ((dialog.first, "kitten"), (dialog.second, "puppy")):
        yield d.click(field)
        yield d.key("ctrl+a")
        yield d.write(name)
        yield lambda field=field, name=name: field.text() == name
    d.shot("what to label")
    yield d.click(dialog.go)
    yield lambda: page.labels.session.is_open
    view = child(page, LabelView)
    session, grid = page.labels.session, view.grid
    yield grid.isVisible
    d.facts["groups"] = len(session.suggestions.groups)
    d.shot("groups")
    yield d.key("1")
    yield lambda: bool(session.file.labels)
    d.facts["after one key"] = len(session.file.labels)
    yield d.key("ctrl+z")
    yield lambda: not session.file.labels
    d.facts["after undo"] = len(session.file.labels)
    view.shelf.setCurrentIndex(0)
    grid.setFocus()
    yield grid.hasFocus
    for number in range(12):
        assert grid.current is not None
        key = "2" if "dogs-" in session.file.photos[grid.current].path else "1"
        yield d.key(key)
        yield lambda number=number: len(session.file.labels) == number + 1
        yield lambda: not set(session.suggestions.helpful) & set(session.file.labels)
    d.facts["by hand"] = len(session.file.labels)
    d.facts["quality"] = view.header.quality.text()
    d.shot("suggested")
    view.header.level.setCurrentIndex(view.header.level.count() - 1)
    if view.header.accept.isEnabled():
        yield d.click(view.header.accept)
        yield lambda: bool(session.file.accepted)
    while len(session.file.labels) < 24:
        before = len(session.file.labels)
        assert grid.current is not None
        yield d.key("2" if "dogs-" in session.file.photos[grid.current].path else "1")
        yield lambda before=before: len(session.file.labels) > before
    d.facts["photos"] = sum(label in ("first", "second") for label in session.file.labels.values())
    yield d.click(view.header.use)
    yield lambda: window.context.current_dataset is not None
    yield page.view.isVisible
    d.shot("a dataset")
    window.close()


def test_photos_are_sorted_and_undone(travel: Travel, heap: Path, finished_model: Path, tmp_path: Path) -> None:
    before = tree(heap)
    facts = travel(
        sort_and_undo,
        home=tmp_path / "home",
        CATDOG_E2E_HEAP=str(heap),
        CATDOG_E2E_TO=str(tmp_path / "sorted"),
        CATDOG_E2E_MODEL=str(finished_model),
    )
    assert facts["sorted"] == 60
    assert set() < set(facts["folders"]) <= {"cats", "dogs", "not sure"}
    assert "60 photos were sorted" in facts["outcome"]
    assert tree(heap) == before
    assert not (tmp_path / "sorted").exists()


def sort_and_undo(d: Driver) -> Iterator[Condition]:
    window, page = d.window, d.window.pages.classify
    yield window.isActiveWindow
    window.context.use_model(place("MODEL"))
    page.add_files([place("HEAP")])
    session = page.session
    yield lambda: len(session.photos) == 60 and all(photo.prediction for photo in session.photos)
    yield lambda: not session.classifier.busy
    yield d.click(page.view.bar.more)
    yield lambda: isinstance(QApplication.activePopupWidget(), QMenu)
    d.shot("more")
    yield d.key("Down")
    yield d.key("Return")
    yield lambda: bool(page.findChildren(SortDialog))
    dialog = child(page, SortDialog)
    yield dialog.isVisible
    field: QLineEdit = dialog.form.folder.edit
    yield d.click(field)
    yield d.key("ctrl+a")
    yield d.write(str(place("TO")))
    yield dialog.go.isEnabled
    d.shot("preview")
    assert not place("TO").exists()
    yield d.click(dialog.go)
    yield lambda: dialog.undo.isVisible() and dialog.undo.isEnabled()
    d.shot("sorted")
    d.facts["sorted"] = len(list(place("TO").rglob("*.jpg")))
    d.facts["folders"] = [path.name for path in place("TO").iterdir()]
    d.facts["outcome"] = dialog.outcome.text()
    yield d.click(dialog.undo)
    yield lambda: dialog.go.isVisible() and dialog.go.isEnabled()
    d.shot("undone")
    yield d.click(dialog.leave)
    yield lambda: not any(isinstance(each, QDialog) and each.isVisible() for each in QApplication.topLevelWidgets())
    assert d.find(QPushButton, "Clear").isVisible()
    window.close()
