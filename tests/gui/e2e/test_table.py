"""The table of the Classify page in a real window: sorted, searched, saved, and dragged into another program."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from catdog_gui.classify.session.photo_columns import PROBABILITY
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver

pytestmark = pytest.mark.timeout(300)
CATS, DOGS = 8, 6


@pytest.fixture
def photos(many_drawings: Path, tmp_path: Path) -> Path:
    """Return a folder of a few drawings: `cat 1.jpg` to `cat 8.jpg` and `dog 1.jpg` to `dog 6.jpg`."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for kind, count in (("cat", CATS), ("dog", DOGS)):
        drawings = sorted(many_drawings.rglob(f"{kind}*.jpg"))[:count]
        for number, path in enumerate(drawings, start=1):
            shutil.copy(path, folder / f"{kind} {number}.jpg")
    return folder


def all_judged(d: Driver, number: int) -> Condition:
    session = d.window.pages.classify.session
    return lambda: (
        len(session.photos) == number
        and all(photo.prediction for photo in session.photos)
        and not session.classifier.busy
    )


def sort_search_and_save(d: Driver) -> Iterator[Condition]:
    classify = d.window.pages.classify
    folder, file = Path(os.environ["CATDOG_E2E_PHOTOS"]), Path(os.environ["CATDOG_E2E_TABLE"])
    yield d.window.isActiveWindow
    d.window.move(0, 0)
    yield lambda: d.window.x() < 10
    yield d.source(folder)
    yield d.drag_to(classify.zone)
    yield all_judged(d, CATS + DOGS)
    view, photos = classify.view, classify.session.photos
    table, query = view.table, view.bar.query
    yield d.click(query.looks, query.looks.tabRect(1).center())
    yield table.isVisible
    d.shot("the table")
    header = table.horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(PROBABILITY) + 30, header.height() // 2)
    yield d.click(header.viewport(), spot)
    yield lambda: photos.query.order == "probability"
    yield d.click(header.viewport(), spot)
    yield lambda: photos.query.reverse
    sure = [photo.confidence or 0 for photo in photos.shown if photo.class_index is not None]
    d.facts["the least sure first"] = sure == sorted(sure)
    d.shot("sorted by probability, the other way round")
    yield d.key("ctrl+f")
    yield query.search.hasFocus
    yield d.write("dog")
    yield lambda: photos.query.words == "dog"
    d.facts["found"] = sorted(photo.name for photo in photos.shown)
    d.shot("searched")
    yield d.key("Down")
    yield table.hasFocus
    yield d.key("ctrl+a")
    yield lambda: len(view.several.selection.chosen) == DOGS
    yield from save_by_keyboard(d, file)
    d.shot("saved")
    yield d.key("Home")
    yield d.key("Return")
    yield view.large.isVisible
    d.facts["opened"] = view.large.name.text() == photos.shown[0].name
    yield d.key("Escape")
    yield table.isVisible
    yield d.click(query.all)
    yield lambda: photos.rowCount() == CATS + DOGS
    d.window.close()


def save_by_keyboard(d: Driver, file: Path) -> Iterator[Condition]:
    yield d.key("Menu")
    yield lambda: isinstance(QApplication.activePopupWidget(), QMenu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    d.shot("the menu")
    while (active := menu.activeAction()) is None or not active.text().startswith("Save as CSV"):
        before = active
        yield d.key("Down")
        yield lambda before=before: menu.activeAction() is not before
    d.facts["offered"] = active.text().replace("\xa0", " ")
    yield d.key("Return")
    yield d.dialog_is_there
    d.shot("where to")
    yield d.key("ctrl+a")
    yield d.write(str(file.with_suffix("")))  # the ending comes by itself
    yield d.key("Return")
    yield lambda: file.is_file() and not d.window.pages.classify.view.saving.busy


def drag_out_of_the_window(d: Driver) -> Iterator[Condition]:
    view, session = d.window.pages.classify.view, d.window.pages.classify.session
    dropped = Path(os.environ["CATDOG_E2E_DROPPED"])
    yield d.window.isActiveWindow
    d.window.move(0, 0)
    yield lambda: d.window.x() < 10
    yield all_judged(d, CATS + DOGS)
    script = Path(__file__).with_name("drop_target.py")
    target = subprocess.Popen([sys.executable, str(script), "1160", "100", str(dropped)])
    search = ["xdotool", "search", "--name", "^Drop target$"]
    yield lambda: subprocess.run(search, check=False, capture_output=True).returncode == 0
    try:
        for look in ("table", "grid"):
            yield from drag_two(d, look, dropped)
    finally:
        target.kill()
        target.wait()
    d.facts["photos"] = len(session.photos)
    d.facts["on large"] = view.on_large
    d.window.close()


def drag_two(d: Driver, look: str, dropped: Path) -> Iterator[Condition]:
    view, photos = d.window.pages.classify.view, d.window.pages.classify.session.photos
    query = view.bar.query
    yield d.click(query.looks, query.looks.tabRect(1 if look == "table" else 0).center())
    yield view.several.view.isVisible
    port = view.several.view.viewport()

    def spot(row: int) -> QPoint:
        return port.mapToGlobal(view.several.view.visualRect(photos.index(row, 0)).center())

    first, third = spot(0), spot(2)
    if look == "table":  # the grid has the same selection
        yield d.xdotool("mousemove", first.x(), first.y(), "keydown", "ctrl", "click", 1)
        yield d.xdotool("mousemove", third.x(), third.y(), "click", 1, "keyup", "ctrl")
    yield lambda: len(view.several.selection.chosen) == 2
    over = port.mapToGlobal(port.rect().center())
    yield d.xdotool(*_way(third, over), "sleep", "0.3", "mouseup", 1)  # onto the page itself: nothing happens
    yield lambda: not d.window.pages.classify.overlay.isVisible()
    yield d.xdotool(*_way(third, QPoint(1250, 190)), "sleep", "0.3")
    d.shot(f"dragged out of the {look}")
    yield d.xdotool("mouseup", 1)
    yield dropped.is_file
    d.facts[look] = dropped.read_text(encoding="utf-8").splitlines()
    d.facts[f"selected in the {look}"] = [str(photo.path) for photo in view.several.selection.chosen]
    dropped.unlink()


def _way(start: QPoint, end: QPoint) -> list[str | int]:
    # Not so soon after the last click that it would be a double click.
    moves: list[str | int] = ["mousemove", start.x(), start.y(), "sleep", "0.6", "mousedown", 1, "sleep", "0.1"]
    for step in range(1, 13):
        place = start + (end - start) * step / 12
        moves += ["mousemove", place.x(), place.y(), "sleep", "0.03"]
    return moves


def test_the_table_is_sorted_searched_and_saved_by_keyboard(travel: Travel, photos: Path, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    facts = travel(sort_search_and_save, CATDOG_E2E_PHOTOS=str(photos), CATDOG_E2E_TABLE=str(file))
    dogs = [f"dog {number}.jpg" for number in range(1, DOGS + 1)]
    assert facts["the least sure first"] is True
    assert facts["found"] == dogs
    assert facts["offered"] == f"Save as CSV… (the {DOGS} selected)"
    assert facts["opened"] is True
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert sorted(row["path"] for row in rows) == [str(photos / name) for name in dogs]
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)


def test_photos_are_dragged_into_another_program(travel: Travel, photos: Path, tmp_path: Path) -> None:
    facts = travel(drag_out_of_the_window, str(photos), CATDOG_E2E_DROPPED=str(tmp_path / "dropped.txt"))
    assert facts["photos"] == CATS + DOGS
    assert facts["on large"] is False
    for look in ("table", "grid"):
        action, *files = facts[look]
        assert action == "CopyAction"
        assert files == facts[f"selected in the {look}"]
        assert len(files) == 2
    assert len(list(photos.iterdir())) == CATS + DOGS  # the files stay
