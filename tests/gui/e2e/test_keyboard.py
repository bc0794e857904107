"""Round every page by the Tab key: in a real window, each stop has a name and shows that it has the focus."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from catdog_gui.shell.page_stack import PAGES
from tests.gui.contrast import focus_contrast, picture
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver

pytestmark = pytest.mark.timeout(300)
_MOST = 40
"""Stops on one page: after so many, the Tab key is caught somewhere."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_stop_of_the_tab_key_has_a_name_and_is_seen(travel: Travel, tmp_path: Path, theme: str) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "catdog.ini").write_text(f"[window]\ntheme={theme}\n", encoding="utf-8")
    facts = travel(go_round)
    assert set(facts["stops"]) == set(PAGES)
    assert all(2 <= count < _MOST for count in facts["stops"].values()), facts["stops"]
    assert facts["nameless"] == []
    assert facts["unseen"] == []


def go_round(d: Driver) -> Iterator[Condition]:
    window = d.window
    d.facts.update({"stops": {}, "nameless": [], "unseen": []})
    yield window.isActiveWindow
    for number, name in enumerate(PAGES, start=1):
        yield d.key(f"ctrl+{number}")
        yield lambda name=name: window.pages.current_name == name
        window.sidebar.list.setFocus()
        stops: list[QWidget] = [window.sidebar.list]
        while len(stops) < _MOST:
            here = stops[-1]
            focused = picture(here, 1)
            yield d.key("Tab")
            yield lambda here=here: QApplication.focusWidget() not in (None, here)
            without = picture(here, 1)
            if without.size() != focused.size():  # the page was laid out meanwhile: the pictures cannot be compared
                here.setFocus(Qt.FocusReason.TabFocusReason)
                continue
            note(d, name, here, focus_contrast(without, focused))
            there = QApplication.focusWidget()
            assert there is not None
            if there in stops:
                break
            stops.append(there)
        d.facts["stops"][name] = len(stops)
        d.shot(name)
    window.close()


def note(d: Driver, page: str, stop: QWidget, contrast: float) -> None:
    told = QAccessible.queryAccessibleInterface(stop)
    name = told.text(QAccessible.Text.Name) if told is not None else ""
    if not name:
        d.facts["nameless"].append(f"{page}: {type(stop).__name__}")
    if contrast < 3:
        d.facts["unseen"].append(f"{page}: {type(stop).__name__} {name} {contrast:.1f}")
