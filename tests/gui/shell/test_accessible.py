"""Every control can be reached by keyboard and has a name for screen readers; nothing is cut off at any scale."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.models.page import ModelsPage
from catdog_gui.state.context import Context
from catdog_gui.train.page import TrainPage
from tests.gui.recorded import dataset, evaluation, problems, result, state

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QProgressBar)


def data_page(context: Context) -> DataPage:
    page = DataPage(context)
    page.view.show_dataset(dataset())
    page.view.problems.show_problems(context.settings.runs_folder, problems())
    page.view.show()
    return page


def train_page(context: Context) -> TrainPage:
    page = TrainPage(context)
    page.setup.fold.heading.click()
    page.run_view.show()
    page.run_view.show_state(state())
    page.run_view.show_result(result(), state())
    return page


def evaluate_page(context: Context) -> EvaluatePage:
    page = EvaluatePage(context)
    page.view.show_evaluation(evaluation(), "/photos/pets")
    page.view.show()
    page.nothing.hide()
    return page


def models_page(context: Context) -> ModelsPage:
    return ModelsPage(context)


Maker = Callable[[Context], QWidget]
MAKERS: tuple[Maker, ...] = (data_page, train_page, evaluate_page, models_page)


def controls(page: QWidget) -> list[QWidget]:
    """Return what a user can act on. What Qt puts into a box, line or row of tabs belongs to it."""
    found = [widget for kind in CONTROLS for widget in page.findChildren(kind)]
    inside = (QAbstractSpinBox, QComboBox, QAbstractItemView, QLineEdit, QTabBar)
    return [
        widget
        for widget in found
        if not isinstance(widget.parentWidget(), inside)
        and not widget.objectName().startswith("qt_")
        and widget.window() is page.window()
    ]


@pytest.mark.parametrize("make", MAKERS)
def test_every_control_has_a_name_and_takes_the_focus(make: Maker, context: Context, qtbot: QtBot) -> None:
    page = make(context)
    qtbot.addWidget(page)
    page.show()
    found = controls(page)
    assert len(found) > 4
    nameless = [widget for widget in found if not (widget.accessibleName() or getattr(widget, "text", str)())]
    assert not nameless
    unreachable = [
        widget
        for widget in found
        if not isinstance(widget, QProgressBar) and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert not unreachable
    close(page)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("larger", [1.0, 1.1])
def test_nothing_is_cut_off_in_the_smallest_window(
    make: Maker, larger: float, context: Context, qtbot: QtBot, qapp: QApplication
) -> None:
    font = qapp.font()
    before = font.pointSizeF()
    font.setPointSizeF(before * larger)  # a font of the user's own may be a little larger
    qapp.setFont(font)
    try:
        page = make(context)
        qtbot.addWidget(page)
        page.resize(900 - 184, 600)
        with qtbot.waitExposed(page):
            page.show()
        for area in page.findChildren(QScrollArea):
            content = area.widget()
            assert content.minimumSizeHint().width() <= area.viewport().width()
        close(page)
    finally:
        font.setPointSizeF(before)
        qapp.setFont(font)


def close(page: QWidget) -> None:
    if isinstance(page, DataPage):
        page.view.close_photos()
    if isinstance(page, EvaluatePage):
        page.view.tiles.tiles.close()
