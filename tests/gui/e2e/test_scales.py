"""On a small screen at every scale, each page and dialog can be used: in a real window."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from catdog_gui.data.page import DataPage
from catdog_gui.shell.page_stack import PAGES
from catdog_gui.train.page import TrainPage
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child

pytestmark = pytest.mark.timeout(600)

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QAbstractSlider)


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_everything_can_be_reached_at_every_scale(travel: Travel, many_drawings: Path, scale: str) -> None:
    facts = travel(
        go_through_everything, screen="1366x768", QT_SCALE_FACTOR=scale, CATDOG_E2E_PHOTOS=str(many_drawings)
    )
    assert facts["outside"] == []
    assert facts["out of reach"] == {}
    assert facts["cut"] == {}
    # Twice as large, the screen is 683 pixels wide, and the widest pages scroll sideways too.
    assert scale == "2" or facts["sideways"] == {}
    assert facts["training"] is True


def go_through_everything(d: Driver) -> Iterator[Condition]:
    window = d.window
    d.facts.update({"outside": [], "out of reach": {}, "cut": {}, "sideways": {}})
    yield window.isActiveWindow
    note_place(d, window)
    data = window.pages.page("data")
    assert isinstance(data, DataPage)
    window.show_page("data")
    data.open_dataset(Path(os.environ["CATDOG_E2E_PHOTOS"]))
    yield lambda: window.context.current_dataset is not None
    for name in PAGES:
        window.show_page(name)
        page = window.pages.page(name)
        assert page is not None
        yield page.isVisible
        d.shot(name)
        note_page(d, name, page)
    for entry, title in (
        (window.dialogs.show_preferences, "preferences"),
        (window.dialogs.show_about, "about"),
        (window.dialogs.show_errors, "errors"),
        (window.dialogs.show_manual, "manual"),
    ):
        entry()
        dialog = child(window, QDialog)
        # Under load the window manager may frame it a moment after it became active.
        yield partial(has_its_frame, dialog)
        d.shot(title)
        note_place(d, dialog)
        note_page(d, title, dialog)
        dialog.close()
    yield from start_training(d)


def start_training(d: Driver) -> Iterator[Condition]:
    window, runs = d.window, d.window.context.run_controller
    window.show_page("train")
    page = window.pages.page("train")
    assert isinstance(page, TrainPage)
    page.setup.recipes.cards["classic"].click()
    yield window.isActiveWindow
    yield d.click(page.setup.start)
    yield lambda: runs.running and runs.state.batch is not None
    d.facts["training"] = True
    d.shot("training")
    note_page(d, "training", page)
    runs.stop()
    runs.stop()
    yield lambda: not runs.running
    d.shot("summary")
    note_page(d, "summary", page)
    window.close()


def has_its_frame(dialog: QWidget) -> bool:
    return dialog.isActiveWindow() and not dialog.frameGeometry().isEmpty()


def note_place(d: Driver, window: QWidget) -> None:
    """Note a window that is not on the screen as a whole, with its frame."""
    if not window.screen().availableGeometry().contains(window.frameGeometry()):
        d.facts["outside"].append(f"{type(window).__name__} {window.frameGeometry().getRect()}")


def note_page(d: Driver, name: str, page: QWidget) -> None:
    """Note what cannot be reached, and what is cut."""
    controls = [widget for kind in CONTROLS for widget in page.findChildren(kind) if is_control(widget, page)]
    assert controls, name
    lost = [describe(widget) for widget in controls if not can_be_reached(widget)]
    sideways = [describe(area) for area in scroll_areas(page) if area.horizontalScrollBar().maximum() > 0]
    narrow = [
        describe(button)
        for button in page.findChildren(QPushButton)
        if button.isVisible() and button.text() and button.width() < button.minimumSizeHint().width() - 1
    ]
    if lost:
        d.facts["out of reach"][name] = lost
    if narrow:
        d.facts["cut"][name] = narrow
    if sideways:
        d.facts["sideways"][name] = sideways


def is_control(widget: QWidget, page: QWidget) -> bool:
    inside = isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox, QAbstractItemView))
    hidden = inside or isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")
    return widget.isVisible() and not hidden and widget.window() is page.window()


def can_be_reached(widget: QWidget) -> bool:
    """Scroll to a widget, and tell whether it is then in sight: all of it, or of a long list some rows."""
    for parent in parents(widget):
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 8, 40)  # of a field, only the cursor counts for Qt
            QApplication.processEvents()
    place = in_window(widget)
    seen = place.intersected(widget.window().rect())
    for parent in parents(widget):
        seen = seen.intersected(in_window(parent))
    if isinstance(widget, QAbstractItemView):
        return seen.height() >= min(place.height(), 60) and seen.width() >= place.width() - 2
    screen = widget.screen().availableGeometry()
    return seen.contains(place.adjusted(1, 1, -1, -1)) and screen.contains(
        place.translated(widget.window().mapToGlobal(QPoint(0, 0)))
    )


def in_window(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def parents(widget: QWidget) -> list[QWidget]:
    parent = widget.parentWidget()
    return [] if parent is None or widget.isWindow() else [parent, *parents(parent)]


def scroll_areas(page: QWidget) -> list[QScrollArea]:
    around = [parent for parent in parents(page) if isinstance(parent, QScrollArea)]
    return [area for area in [*around, *page.findChildren(QScrollArea)] if area.isVisible()]


def describe(widget: QWidget) -> str:
    words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    return f"{type(widget).__name__} {words!r} at {in_window(widget).getRect()}"
