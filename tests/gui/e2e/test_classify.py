"""Photos on the Classify page are found, taken out and filtered, and a model is asked about: in a real window."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from catdog_gui.classify.session.photo_list import Role
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver

pytestmark = pytest.mark.timeout(300)
FIRST = 40


@pytest.fixture
def photos(many_drawings: Path, tmp_path: Path) -> Path:
    """Return a folder with the folder `first` of forty photos, and `new 1.jpg` to `new 3.jpg` beside it."""
    drawings = sorted(many_drawings.rglob("*.jpg"))
    (tmp_path / "photos" / "first").mkdir(parents=True)
    for path in drawings[:: len(drawings) // FIRST]:  # of both classes
        shutil.copy(path, tmp_path / "photos" / "first" / path.name)
    last = max((tmp_path / "photos" / "first").iterdir())
    last.write_bytes(last.read_bytes()[:700])  # one that cannot be read
    for number, path in enumerate(drawings[1:4], start=1):
        shutil.copy(path, tmp_path / "photos" / f"new {number}.jpg")
    return tmp_path / "photos"


def folder() -> Path:
    return Path(os.environ["CATDOG_E2E_PHOTOS"])


def start_again(d: Driver, *words: str | Path) -> Condition:
    """Start the program a second time, as a click on a photo in a file manager does."""
    process = QProcess(d)
    process.start(sys.executable, ["-m", "catdog_gui", *map(str, words)])
    return lambda: process.state() == QProcess.ProcessState.NotRunning and process.exitCode() == 0


def all_judged(d: Driver, number: int) -> Condition:
    session = d.window.pages.classify.session
    return lambda: (
        len(session.photos) == number
        and all(photo.prediction for photo in session.photos)
        and not session.classifier.busy
    )


def in_sight(d: Driver, name: str) -> bool:
    grid, listed = d.window.pages.classify.view.grid, d.window.pages.classify.session.photos
    (photo,) = [photo for photo in listed if photo.name == name]
    place = grid.visualRect(listed.row_of(photo))
    return grid.isVisible() and grid.viewport().rect().contains(place.center())


def opened_photos_are_found(d: Driver) -> Iterator[Condition]:
    view, session = d.window.pages.classify.view, d.window.pages.classify.session
    yield d.window.isActiveWindow
    yield all_judged(d, FIRST)
    d.shot("forty photos")
    yield start_again(d, folder() / "new 1.jpg")
    yield all_judged(d, FIRST + 1)
    yield view.large.isVisible
    d.facts["opened"] = view.large.name.text()
    d.shot("one alone opens large")
    yield d.key("Escape")
    yield view.grid.isVisible
    d.facts["found"] = in_sight(d, "new 1.jpg")
    yield d.key("Home")
    yield lambda: not in_sight(d, "new 1.jpg")
    yield start_again(d, folder() / "new 1.jpg")
    yield lambda: d.window.toast.label.text().startswith("Already here")
    yield view.large.isVisible
    d.facts["again"] = [view.large.name.text(), d.window.toast.label.text(), len(session.photos)]
    d.shot("the same again")
    yield start_again(d, folder() / "new 2.jpg", folder() / "new 3.jpg")
    yield all_judged(d, FIRST + 3)
    yield view.grid.isVisible
    d.shot("two new ones")
    d.facts["marked"] = [photo.name for photo in session.photos.shown if session.photos.row_of(photo).data(Role.MARK)]
    d.facts["in sight"] = in_sight(d, "new 2.jpg") and in_sight(d, "new 3.jpg")
    yield d.key("Up")
    yield lambda: not session.photos.has_marks
    d.window.close()


def photos_are_taken_out_and_filtered(d: Driver) -> Iterator[Condition]:
    view, session = d.window.pages.classify.view, d.window.pages.classify.session
    listed = session.photos
    yield d.window.isActiveWindow
    yield all_judged(d, FIRST)
    before = [photo.name for photo in listed]
    first = view.grid.viewport().mapToGlobal(view.grid.visualRect(listed.index(0, 0)).center())
    third = view.grid.viewport().mapToGlobal(view.grid.visualRect(listed.index(2, 0)).center())
    yield d.xdotool("mousemove", first.x(), first.y(), "keydown", "ctrl", "click", 1)
    yield d.xdotool("mousemove", third.x(), third.y(), "click", 1, "keyup", "ctrl")
    yield lambda: len(view.several.selection.chosen) == 2
    d.shot("two are chosen")
    yield d.key("Delete")
    yield lambda: len(listed) == FIRST - 2
    d.facts["left"] = [photo.name for photo in listed][:2] == [before[1], before[3]]
    d.shot("and removed")
    yield d.key("ctrl+z")
    yield lambda: len(listed) == FIRST
    d.facts["put back"] = [photo.name for photo in listed] == before and all(photo.prediction for photo in listed)
    for key in ("Menu", "shift+F10"):
        yield d.key(key)
        yield lambda: isinstance(QApplication.activePopupWidget(), QMenu)
        d.shot(f"the menu by {key}")
        yield d.key("Escape")
        yield lambda: QApplication.activePopupWidget() is None
    yield d.click(view.bar.query.filter)
    yield lambda: view.bar.query.filter.view().isVisible()
    d.shot("the filter")
    row = max((1, 2, 3), key=lambda row: int(view.bar.query.filter.itemText(row).rsplit(" ", 1)[1]))
    for _ in range(row):
        yield d.key("Down")
    yield d.key("Return")
    yield lambda: listed.query.kind != "all"
    kinds = {photo.kind for photo in listed.shown}
    d.facts["filtered"] = kinds == {listed.query.kind} and 0 < listed.rowCount() < FIRST
    d.facts["counted"] = view.bar.query.filter.currentText().endswith(f": {listed.rowCount()}")
    d.shot("filtered")
    place = view.grid.visualRect(listed.index(0, 0)).center()
    yield d.click(view.grid.viewport(), place)
    yield view.large.isVisible
    total = listed.rowCount()
    yield d.key("Right")
    yield lambda: view.large.place.text() == f"2 of {total}"
    yield d.key("Delete")
    yield lambda: len(listed) == FIRST - 1
    yield lambda: view.large.place.text() == f"2 of {total - 1}"
    d.shot("paging within the filter")
    yield d.key("ctrl+shift+BackSpace")
    yield lambda: len(listed) == 0
    yield d.key("ctrl+z")
    yield lambda: len(listed) == FIRST - 1
    d.shot("cleared and put back")
    d.window.close()


def another_model_is_asked_about(d: Driver) -> Iterator[Condition]:
    context = d.window.context
    model = Path(os.environ["CATDOG_E2E_MODEL"])
    before = context.current_model
    yield d.window.isActiveWindow
    yield all_judged(d, FIRST)
    yield start_again(d, "--model", model)
    yield d.dialog_is_there
    d.shot("the question")
    yield d.click(d.find(QPushButton, "Keep the one in use", d.dialog()))
    yield lambda: d.dialog() is None
    d.facts["kept"] = context.current_model == before
    yield d.window.isActiveWindow
    yield start_again(d, "--model", model)
    yield d.dialog_is_there
    yield d.click(d.find(QPushButton, "Use the new model", d.dialog()))
    yield lambda: d.dialog() is None and context.current_model == model
    yield all_judged(d, FIRST)
    d.shot("with the other model")
    yield start_again(d, "--model", model)
    yield lambda: d.window.toast.label.text() == "mine is already in use."
    d.facts["asked again"] = d.dialog() is not None
    d.window.close()


def test_a_photo_opened_by_a_second_start_is_found(travel: Travel, photos: Path) -> None:
    facts = travel(opened_photos_are_found, str(photos / "first"), CATDOG_E2E_PHOTOS=str(photos))
    assert facts["opened"] == "new 1.jpg"
    assert facts["found"] is True
    assert facts["again"] == ["new 1.jpg", "Already here: 1 photo", FIRST + 1]
    assert facts["marked"] == ["new 2.jpg", "new 3.jpg"]
    assert facts["in sight"] is True


def test_photos_are_removed_put_back_and_filtered(travel: Travel, photos: Path) -> None:
    facts = travel(photos_are_taken_out_and_filtered, str(photos / "first"), CATDOG_E2E_PHOTOS=str(photos))
    assert all(facts[name] is True for name in ("left", "put back", "filtered", "counted")), facts
    assert len(list((photos / "first").iterdir())) == FIRST  # the files stay


def test_a_model_is_used_only_after_a_question(
    travel: Travel, photos: Path, finished_model: Path, tmp_path: Path
) -> None:
    shutil.copy(finished_model, tmp_path / "mine.safetensors")
    facts = travel(
        another_model_is_asked_about,
        str(photos / "first"),
        CATDOG_E2E_PHOTOS=str(photos),
        CATDOG_E2E_MODEL=str(tmp_path / "mine.safetensors"),
    )
    assert facts["kept"] is True
    assert facts["asked again"] is False
