"""Choosing a time for a run, by mouse and keyboard."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.train.page import TrainPage
from catdog_gui.train.train_setup import TrainSetup
from tests.gui.fake_engine import FakeEngine
from tests.gui.recorded import dataset, started
from trainer.core.events import EpochsPlanned
from trainer.core.run_state import RunState, reduce


@pytest.fixture
def setup(page: TrainPage, context: Context) -> TrainSetup:
    context.choose_dataset(dataset())
    page.setup.recipes.cards["classic"].click()
    return page.setup


def test_at_first_no_time_counts(setup: TrainSetup) -> None:
    assert not setup.time.slider.isEnabled()
    assert not setup.time.words.isVisible()
    assert setup.config().time_budget == 0
    assert setup.usual.rows["epochs"].editor.isVisible()


def test_a_time_takes_the_place_of_the_epochs_and_cools_down(setup: TrainSetup, qtbot: QtBot) -> None:
    row = setup.usual.rows["epochs"]
    row.set_value(7)
    qtbot.mouseClick(setup.time.box, Qt.MouseButton.LeftButton, pos=QPoint(8, setup.time.box.height() // 2))
    assert setup.time.words.isVisible()
    assert not row.editor.isVisible()
    config = setup.config()
    assert (config.time_budget, config.schedule, config.patience, config.epochs) == (600, "cosine", 0, 30)
    assert not setup.more.rows["schedule"].reset.isEnabled()
    setup.time.box.click()
    assert (setup.config().time_budget, setup.config().schedule, setup.config().epochs) == (0, "constant", 7)


def test_keys_move_it_and_it_says_where_it_is(setup: TrainSetup, qtbot: QtBot) -> None:
    box, slider = setup.time.box, setup.time.slider
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert (setup.time.value.text(), slider.accessibleName()) == ("10 minutes", "Time to train: 10 minutes")
    qtbot.keyClick(box, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is slider
    for key, seconds in ((Qt.Key.Key_Right, 900), (Qt.Key.Key_Home, 60), (Qt.Key.Key_End, 43_200)):
        qtbot.keyClick(slider, key)
        assert setup.config().time_budget == seconds
    assert setup.time.value.text() == "12 h 00 min"


def test_the_wheel_scrolls_the_page_and_moves_nothing(setup: TrainSetup) -> None:
    setup.time.box.click()
    slider = setup.time.slider
    middle = QPointF(slider.rect().center())
    turned = QWheelEvent(
        middle,
        slider.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, turned)
    assert setup.config().time_budget == 600


def test_the_run_begins_with_it(setup: TrainSetup, context: Context, engine: FakeEngine, qtbot: QtBot) -> None:
    setup.time.box.click()
    with qtbot.waitSignal(context.run_controller.ended):
        setup.start.click()
    assert [config.time_budget for config in engine.configs] == [600]
    assert setup.dataset.dataset is not None
    assert engine.known == [setup.dataset.dataset.photos]  # they are not read once more


def test_progress_and_the_number_of_epochs_follow_the_plan(page: TrainPage) -> None:
    header = page.run_view.header
    header.begin("classic", 600)
    state = reduce(RunState(), started(epochs=30))
    header.show_state(state)
    assert header.facts.text().startswith("Epoch 1 of 30")
    header.show_state(reduce(state, EpochsPlanned(epochs=12, steps=240, seconds=600.0, seconds_left=450.0)))
    assert header.facts.text().startswith("Epoch 1 of 12")
    assert header.percent.text() == "25 %"
