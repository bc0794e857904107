"""What the window says for a while, and its manual: in a real window, with a real mouse and keyboard."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor

from catdog_gui.dialogs.manual import Manual
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child

pytestmark = pytest.mark.timeout(300)


def test_a_message_covers_nothing_and_the_manual_finds_words(travel: Travel) -> None:
    facts = travel(read_and_find, screen="1366x768")
    assert facts["covers"] is False
    assert facts["stays under the mouse"] is True
    first, second = (int(place.partition(" ")[0]) for place in facts["places"])
    assert second == first + 1  # it goes on from the place that was found before
    assert facts["chapter"] == "Classify"


def read_and_find(d: Driver) -> Iterator[Condition]:
    window = d.window
    yield window.isActiveWindow
    window.show_page("train")
    window.toast.timer.setInterval(30_000)
    window.context.say("There are no photos in there.")
    yield window.toast.isVisible
    d.shot("a message over Train")
    start = window.pages.mapToGlobal(QPoint(0, window.pages.height()))
    d.facts["covers"] = window.toast.mapToGlobal(QPoint(0, 0)).y() < start.y() - 1
    middle = window.toast.label.mapToGlobal(window.toast.label.rect().center())
    yield d.xdotool("mousemove", middle.x(), middle.y())
    yield lambda: QCursor.pos() == middle and window.toast.underMouse()
    window.toast.timer.setInterval(600)  # a clock that still runs would begin again with this
    yield d.xdotool("sleep", "0.9")  # longer than it is shown elsewhere
    d.facts["stays under the mouse"] = window.toast.isVisible()
    yield d.key("Escape")
    yield lambda: not window.toast.isVisible()
    yield d.key("F1")
    yield lambda: child(window, Manual).isActiveWindow()
    manual = child(window, Manual)
    yield d.key("ctrl+f")
    yield manual.find_bar.field.hasFocus
    yield d.write("horse")
    yield lambda: manual.find_bar.count.text() != ""
    yield d.key("ctrl+a")
    yield d.write("not sure")
    yield lambda: manual.find_bar.field.text() == "not sure"
    d.facts["places"] = [manual.find_bar.count.text()]
    d.facts["chapter"] = manual.chapters.currentItem().text()
    yield d.key("Return")
    yield lambda: manual.find_bar.count.text() != d.facts["places"][0]
    d.facts["places"].append(manual.find_bar.count.text())
    d.shot("found in the manual")
    yield d.key("Escape")
    yield lambda: manual.find_bar.field.text() == ""
    yield d.key("Escape")
    yield lambda: not window.findChildren(Manual)
    window.close()
