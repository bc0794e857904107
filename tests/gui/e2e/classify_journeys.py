"""What a person does with the photos on the Classify page: finding, taking out and back, filtering, another model."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QMenu, QPushButton

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.session.photo_list import Role
from catdog_gui.classify.session_view import SessionView
from catdog_gui.widgets.model_question import ModelQuestion
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import shows_photo


def folder() -> Path:
    """What the test made: forty photos in `many`, others and a model beside it."""
    return Path(os.environ["CATDOG_E2E_PHOTOS"])


def found_again(d: Driver) -> Iterator[Condition]:
    """The program is started again with photos, while forty fill the window."""
    page, view = page_of(d), page_of(d).view
    yield lambda: judged(d, 40)
    yield view.grid.isVisible
    d.facts["at first"] = in_sight(d)
    d.shot("forty")

    yield second_start(folder() / "one.jpg")
    yield lambda: judged(d, 41)
    yield lambda: view.large.isVisible() and shows_photo(view.large.preview)
    d.facts["one alone"] = [view.large.name.text(), view.large.place.text()]
    d.shot("one alone")
    yield d.key("Escape")
    yield view.grid.isVisible
    d.facts["back in the grid"] = in_sight(d)

    yield d.key("Home")
    yield second_start(folder() / "two a.jpg", folder() / "two b.jpg")
    yield lambda: judged(d, 43)
    d.facts["two more"] = [in_sight(d), marked(d)]
    d.shot("two more")
    yield d.key("Left")
    yield lambda: not marked(d)

    yield d.key("Home")
    yield second_start(folder() / "one.jpg")
    yield view.large.isVisible
    d.facts["a second time"] = [view.large.name.text(), len(page.session.photos), d.window.toast.label.text()]
    d.shot("a second time")
    yield d.key("Escape")
    yield view.grid.isVisible
    yield second_start(folder() / "many")
    yield lambda: len(marked(d)) == 40
    d.facts["the folder again"] = [len(page.session.photos), d.window.toast.label.text()]
    d.facts["its first in sight"] = first_of(d) in in_sight(d)
    d.shot("the folder again")
    d.window.close()


def taken_out(d: Driver) -> Iterator[Condition]:
    """Cards are removed by key and by menu, and come back by undo."""
    page, view = page_of(d), page_of(d).view
    yield lambda: judged(d, 40)
    yield view.grid.isVisible
    before = verdicts(d)
    moves: list[str | int] = []
    for row in (0, 2):
        spot = view.grid.viewport().mapToGlobal(place_of(view, row))
        moves += ["mousemove", spot.x(), spot.y(), "sleep", "0.08", "click", 1]
    yield d.xdotool("keydown", "ctrl", *moves, "keyup", "ctrl")
    yield lambda: len(view.grid.chosen) == 2
    d.shot("two selected")
    yield d.key("Delete")
    yield lambda: len(page.session.photos) == 38
    d.shot("without two")

    spot = view.grid.viewport().mapToGlobal(place_of(view, 1))
    yield d.xdotool("mousemove", spot.x(), spot.y(), "sleep", "0.08", "click", 3)
    yield lambda: menu(d) is not None
    d.shot("menu of a card")
    yield from choose(d, "Remove from the list")
    yield lambda: len(page.session.photos) == 37
    yield d.key("shift+F10")
    yield lambda: menu(d) is not None
    yield from choose(d, "Open large")
    yield view.large.isVisible
    yield d.key("Delete")
    yield lambda: len(page.session.photos) == 36
    d.shot("removed from the large view")
    yield d.key("Escape")
    yield view.grid.isVisible
    for left in (37, 38, 40):
        yield d.key("ctrl+z")
        yield lambda left=left: len(page.session.photos) == left
    d.facts["all are back"] = verdicts(d) == before

    yield d.key("ctrl+shift+BackSpace")
    yield page.zone.isVisible
    d.shot("cleared")
    yield d.key("ctrl+z")
    yield view.grid.isVisible
    d.facts["after clearing"] = verdicts(d) == before
    d.facts["files"] = len(list((folder() / "many").iterdir()))
    d.window.close()


def filtered(d: Driver) -> Iterator[Condition]:
    """The filter is set by keyboard, the large view pages within it, and what is opened lifts it."""
    page, view = page_of(d), page_of(d).view
    yield lambda: judged(d, 40)
    yield second_start(folder() / "broken.jpg")
    yield lambda: judged(d, 41)
    yield d.key("Escape")
    yield view.grid.isVisible
    yield d.key("shift+Tab")
    for _ in range(8):
        if view.bar.filter.hasFocus():
            break
        yield d.key("shift+Tab")
    d.facts["reached by Tab"] = view.bar.filter.hasFocus()
    d.shot("focus on the filter")
    yield d.key("End")
    yield lambda: page.session.photos.filter == "unreadable"
    d.facts["unreadable"] = [photo.name for photo in page.session.photos.shown]
    d.facts["entry"] = view.bar.filter.currentText()
    d.shot("what cannot be read")
    for _ in range(3):
        yield d.key("Up")
    yield lambda: page.session.photos.filter == "first"
    # The starter model has learnt from photos, and is not sure of drawings.
    d.facts["one class"] = [len(page.session.photos.shown), view.grid.accessibleDescription()]
    d.shot("no photo of a class")
    for _ in range(2):
        yield d.key("Down")
    yield lambda: page.session.photos.filter == "unsure"
    d.facts["not sure"] = len(page.session.photos.shown)
    d.shot("not sure")
    yield d.click(view.grid.viewport(), place_of(view, 0))
    yield view.large.isVisible
    yield d.key("Right")
    yield lambda: view.large.place.text().startswith("2 of")
    d.facts["pages within it"] = view.large.place.text()
    d.shot("large within the filter")
    yield second_start(folder() / "two a.jpg", folder() / "two b.jpg")
    yield lambda: judged(d, 43)
    d.facts["lifted"] = page.session.photos.filter
    d.facts["and found"] = in_sight(d)
    d.window.close()


def another_model(d: Driver) -> Iterator[Condition]:
    """A second start names another model: it is used once the user says so."""
    page, context = page_of(d), d.window.context
    yield lambda: judged(d, 40)
    first = context.current_model
    yield second_start("--model", str(folder() / "other.safetensors"))
    yield d.dialog_is_there
    question = d.dialog()
    assert isinstance(question, ModelQuestion)
    d.facts["says"] = [label.text() for label in question.findChildren(QLabel) if label.isVisible()]
    d.shot("use another model")
    yield d.key("Return")
    yield lambda: d.dialog() is None
    d.facts["Return keeps it"] = context.current_model == first
    yield second_start("--model", str(folder() / "other.safetensors"))
    yield d.dialog_is_there
    yield d.click(d.find(QPushButton, "Use the new model", d.dialog()))
    yield lambda: context.current_model == folder() / "other.safetensors"
    yield lambda: judged(d, 40)
    d.facts["photos"] = len(page.session.photos)
    yield second_start("--model", str(folder() / "other.safetensors"))
    yield lambda: "already in use" in d.window.toast.label.text()
    d.facts["no question for the same"] = d.dialog() is None
    d.window.close()


def page_of(d: Driver) -> ClassifyPage:
    return d.window.pages.classify


def second_start(*words: str | Path) -> Condition:
    """Start the program again, as a file manager does; true once it has handed over and ended well."""
    process = subprocess.Popen([sys.executable, "-m", "catdog_gui", *map(str, words)])

    def ended() -> bool:
        code = process.poll()
        assert code in (None, 0), code
        return code == 0

    return ended


def judged(d: Driver, number: int) -> bool:
    session = page_of(d).session
    done = sum(photo.prediction is not None for photo in session.photos)
    return done == number and not session.classifier.busy


def verdicts(d: Driver) -> list[tuple[str, str, float | None]]:
    """Of each photo in the list its name, its verdict and the probability of the first class."""
    return [(photo.name, photo.verdict, photo.first_share) for photo in page_of(d).session.photos]


def in_sight(d: Driver) -> list[str]:
    """The names on the cards whose middle is in the window."""
    view = page_of(d).view
    if not view.grid.isVisible():
        return []
    port, photos = view.grid.viewport().rect(), page_of(d).session.photos
    return [photo.name for photo in photos.shown if port.contains(view.grid.visualRect(photos.row_of(photo)).center())]


def marked(d: Driver) -> dict[str, str]:
    photos = page_of(d).session.photos
    marks = {photo.name: str(photos.row_of(photo).data(Role.MARK)) for photo in photos.shown}
    return {name: mark for name, mark in marks.items() if mark}


def first_of(d: Driver) -> str:
    return page_of(d).session.photos[0].name


def place_of(view: SessionView, row: int) -> QPoint:
    return view.grid.visualRect(view.grid.model().index(row, 0)).center()


def menu(d: Driver) -> QMenu | None:
    found = [one for one in d.window.findChildren(QMenu) if one.isVisible()]
    return found[0] if found else None


def choose(d: Driver, text: str) -> Iterator[Condition]:
    """Click an entry of the open menu."""
    opened = menu(d)
    assert opened is not None
    (entry,) = [entry for entry in opened.actions() if entry.text() == text]
    yield d.click(opened, opened.actionGeometry(entry).center())
    yield lambda: menu(d) is None
