"""The window as a whole: navigation, what it remembers, and how it closes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.dialogs.error_list import ErrorList
from catdog_gui.look import theme
from catdog_gui.shell import page_stack
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.menus import Menus
from catdog_gui.start.single_instance import Request
from catdog_gui.start.startup import Startup
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.state.settings import Settings
from catdog_gui.train.page import TrainPage
from tests.gui.fake_engine import FakeEngine
from tests.gui.recorded import cut_off_run, started
from tests.gui.seen import action, child
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord, RunResult


def test_every_page_has_its_key_and_its_place_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    for number, name in enumerate(page_stack.PAGES):
        key = Qt.Key(Qt.Key.Key_1 + number)
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.current_name == name
        assert window.pages.currentWidget() is window.pages.page(name)
        assert window.sidebar.list.currentRow() == number
    window.sidebar.list.setCurrentRow(1)
    assert window.pages.current_name == "data"


def test_the_list_of_pages_works_with_the_mouse(window: MainWindow, qtbot: QtBot) -> None:
    item = window.sidebar.list.item(4)
    place = window.sidebar.list.visualItemRect(item).center()
    qtbot.mouseClick(window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.pages.current_name == "models"


def test_pages_are_made_when_they_are_first_needed(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context, ErrorCenter())
    window.show_page("models")
    assert window.pages.page("models") is None  # not before the first paint
    window.pages.allow_others()
    assert window.pages.currentWidget() is window.pages.page("models")
    assert window.pages.page("train") is None
    while window.pages.make_next():
        pass
    assert all(window.pages.page(name) is not None for name in page_stack.PAGES)
    assert window.pages.currentWidget() is window.pages.page("models")
    window.close()
    window.deleteLater()


def test_size_page_and_theme_are_remembered(context: Context, tmp_path: Path) -> None:
    first = MainWindow(context, ErrorCenter())
    first.show()
    first.resize(900, 707)
    first.show_page("evaluate")
    action(first, "Dark").trigger()
    first.close()
    first.deleteLater()
    again = Context(Settings(tmp_path / "settings.ini"))
    second = MainWindow(again, ErrorCenter())
    assert second.height() == 707  # the offscreen screen is too narrow for any other width than the least
    assert second.pages.current_name == "evaluate"
    assert second.menus.theme_actions["dark"].isChecked()
    assert again.settings.theme == "dark"
    assert theme.colours().dark
    second.close()
    second.deleteLater()


def test_no_two_actions_share_a_shortcut(window: MainWindow) -> None:
    keys = [key.toString() for entry in window.findChildren(QAction) for key in entry.shortcuts()]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+O", "Ctrl+V", "Ctrl+Q", "F1", "F11", "Ctrl+1", "Ctrl+5", "Ctrl+,"} <= set(keys)


def test_every_menu_entry_does_something(window: MainWindow) -> None:
    signals = [name for name in vars(Menus) if name.endswith("_wanted")]
    assert len(signals) > 10
    for name in signals:
        assert window.menus.receivers(f"2{name}{_arguments(name)}") > 0, name


def _arguments(name: str) -> str:
    return {"page_wanted": "(QString)", "theme_wanted": "(QString)", "full_screen_wanted": "(bool)"}.get(name, "()")


def test_an_interrupted_run_is_hinted_at_and_nobody_is_taken_away(
    window: MainWindow, context: Context, finished_run: RunResult, tmp_path: Path, qtbot: QtBot
) -> None:
    context.settings.runs_folder = tmp_path / "runs"
    cut_off_run(finished_run, tmp_path / "runs")
    window.show_page("train")
    page = window.pages.page("train")
    assert isinstance(page, TrainPage)
    window.show_page("classify")
    page.offer_resume()
    qtbot.waitUntil(window.sidebar.hint.isVisible)
    assert window.pages.current_name == "classify"
    qtbot.mouseClick(window.sidebar.hint, Qt.MouseButton.LeftButton)
    assert window.pages.current_name == "train"
    assert page.resume_offer.isVisible()
    assert not window.sidebar.hint.isVisible()


def test_an_error_is_shown_at_the_foot_and_listed(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    context.report(ErrorRecord(what="It broke.", remedy="Mend it."))
    assert window.error_bar.isVisible()
    assert window.error_bar.sentence.text() == "It broke. Mend it."
    window.menus.errors_wanted.emit()
    listed = child(window, ErrorList)
    assert [listed.list.item(row).text() for row in range(listed.list.count())] == ["It broke. Mend it."]
    listed.close()


class _Answer(QObject):
    """Clicks a button of the next message box."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.asked = 0
        self._timer = QTimer(self, interval=5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            self.asked += 1
            self._timer.stop()
            next(button for button in box.buttons() if button.text() == self._words).click()


@pytest.fixture
def running(context: Context, engine: FakeEngine, qtbot: QtBot) -> threading.Event:
    """A run goes on until it is stopped."""
    begun = threading.Event()

    def script(emit: object, control: RunControl) -> RunResult:
        begun.set()
        control.pause()
        control.wait_while_paused()
        return RunResult(status="stopped")

    engine.script = script
    context.run_controller.start(TrainConfig(dataset="/photos"))
    qtbot.waitUntil(begun.is_set)
    return begun


def test_closing_during_a_run_asks_and_can_be_taken_back(
    window: MainWindow, context: Context, running: threading.Event, qtbot: QtBot
) -> None:
    answer = _Answer("Continue training")
    window.close()
    assert answer.asked == 1
    assert window.isVisible()
    assert context.run_controller.running


def test_closing_during_a_run_stops_it_in_order_and_then_closes(
    window: MainWindow, context: Context, running: threading.Event, qtbot: QtBot
) -> None:
    answer = _Answer("Stop and keep the best")
    window.close()
    assert answer.asked == 1
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not context.run_controller.running
    assert context.run_controller.state.phase == "stopped"


@pytest.fixture
def ends_slowly(context: Context, engine: FakeEngine, qtbot: QtBot) -> Iterator[threading.Event]:
    """A run tests its best epoch once it is stopped, for as long as the test does not set the event."""
    tested = threading.Event()

    def script(emit: Callable[[object], None], control: RunControl) -> RunResult:
        emit(started())
        while not control.should_stop():
            pass
        emit(StageProgressed(stage="evaluate", done=1, total=40))
        while not tested.is_set() and control.stops < 2:
            pass
        return RunResult(status="stopped")

    engine.script = script
    context.run_controller.start(TrainConfig(dataset="/photos"))
    qtbot.waitUntil(lambda: context.run_controller.state.phase == "training")
    yield tested
    tested.set()


def test_closing_again_skips_the_test_that_it_waits_for(
    window: MainWindow, context: Context, ends_slowly: threading.Event, qtbot: QtBot
) -> None:
    answer = _Answer("Stop and keep the best")
    window.close()
    qtbot.waitUntil(lambda: context.run_controller.state.phase == "evaluating")
    assert window.isVisible()
    assert "Close it again to skip the test" in window.toast.label.text()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert answer.asked == 1


def test_a_run_that_was_stopped_already_is_not_asked_about(
    window: MainWindow, context: Context, ends_slowly: threading.Event, qtbot: QtBot
) -> None:
    context.run_controller.stop()
    window.close()  # a question would wait here for its answer
    assert window.isVisible()
    ends_slowly.set()
    qtbot.waitUntil(lambda: not window.isVisible())


class _NoInstance(QObject):
    """Stands in for the single instance, which has tests of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.listening = False

    requested = Context.said

    def listen(self) -> None:
        self.listening = True


def test_photos_of_a_start_are_shown_on_the_first_page(
    window: MainWindow, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ErrorCenter, "open_log", lambda self: None)  # nobody would close it
    startup = Startup(window, context, ErrorCenter(), _NoInstance())  # type: ignore[arg-type]
    window.show_page("models")
    (tmp_path / "cat.jpg").write_bytes(b"")
    startup.open_request(Request(photos=(str(tmp_path / "cat.jpg"),)))
    assert window.pages.current_name == "classify"
    page: QWidget = window.pages.classify
    assert page.isVisible()


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    window.resize(900, 600)
    for name in page_stack.PAGES:
        window.show_page(name)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        assert window.width() == 900, name
        assert window.height() == 600, name
