"""Unexpected errors from anywhere become records; the program stays open."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qCritical, qWarning
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from catdog_gui.dialogs.error_list import ErrorList
from catdog_gui.state.error_center import KEPT, ErrorCenter
from catdog_gui.widgets.error_bar import ErrorBar
from trainer.core.results import ErrorRecord


@pytest.fixture
def center(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ErrorCenter]:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    center = ErrorCenter()
    center.install()
    center.open_log()
    yield center
    center.uninstall()
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def log(center: ErrorCenter) -> str:
    return center.log_file.read_text(encoding="utf-8")


def test_an_exception_in_a_slot_is_recorded_with_its_traceback(center: ErrorCenter, qtbot: QtBot) -> None:
    def slot() -> None:
        raise ValueError("in a slot")

    # The test runner's own hook is out of the way, as in the program.
    with capture_exceptions():
        center.install()
        QTimer.singleShot(0, slot)
        qtbot.waitUntil(lambda: len(center.records) == 1)
    (record,) = center.records
    assert "test_error_center.py" not in record.sentence
    assert "ValueError: in a slot" in record.details
    assert "test_error_center.py" in record.details
    assert "ValueError: in a slot" in log(center)


def test_an_exception_in_any_thread_is_recorded_in_the_gui_thread(center: ErrorCenter, qtbot: QtBot) -> None:
    told_in: list[threading.Thread] = []
    bar = ErrorBar()
    qtbot.addWidget(bar)
    center.recorded.connect(bar.show_error)
    center.recorded.connect(lambda _record: told_in.append(threading.current_thread()))

    def work() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert bar.isHidden()  # no widget is touched from another thread
    qtbot.waitUntil(bar.isVisible)
    assert told_in == [threading.main_thread()]
    assert "in a thread" in center.records[0].details


def test_an_exception_that_python_can_raise_nowhere_is_recorded(center: ErrorCenter, qtbot: QtBot) -> None:
    class Odd:
        def __del__(self) -> None:
            raise OSError("while it was deleted")

    Odd()
    qtbot.waitUntil(lambda: len(center.records) == 1)
    assert "while it was deleted" in center.records[0].details


def test_warnings_of_qt_are_kept_but_do_not_disturb(center: ErrorCenter, qtbot: QtBot) -> None:
    shown: list[ErrorRecord] = []
    center.recorded.connect(shown.append)
    qWarning("odd geometry")
    qtbot.waitUntil(lambda: len(center.records) == 1)
    assert shown == []
    assert "odd geometry" in center.records[0].details
    assert "odd geometry" in log(center)
    qCritical("broken screen")
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert "broken screen" in shown[0].details


def test_errors_before_the_log_is_open_are_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    center = ErrorCenter()
    center.report(ErrorRecord(what="Early trouble."))
    assert not center.log_file.exists()
    center.open_log()
    try:
        assert "Early trouble." in log(center)
    finally:
        center.uninstall()


def test_a_log_that_cannot_be_written_is_said_and_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    center = ErrorCenter()
    center.open_log()
    assert "cannot be written" in center.records[0].what
    center.uninstall()


def test_only_the_latest_records_are_kept(center: ErrorCenter) -> None:
    for number in range(KEPT + 5):
        center.report(ErrorRecord(what=f"Error {number}."))
    assert len(center.records) == KEPT
    assert center.records[-1].what == f"Error {KEPT + 4}."


def test_the_bar_says_the_sentence_unfolds_the_details_and_copies_all(qtbot: QtBot, qapp: object) -> None:
    bar = ErrorBar()
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.show_error(ErrorRecord(what="It broke.", remedy="Mend it.", path="/a/photo.jpg", details="Traceback: x"))
    assert bar.isVisible()
    assert bar.sentence.text() == "It broke. Mend it."
    assert bar.details.isHidden()
    bar.details_button.click()
    assert not bar.details.isHidden()
    bar.copy_button.click()
    copied = qapp.clipboard().text()  # type: ignore[attr-defined]
    assert copied == "It broke. Mend it.\n\nFile: /a/photo.jpg\n\nTraceback: x"
    assert bar.copy_button.text() == "Copied"
    bar.show_error(ErrorRecord(what="Again."))
    assert "Again. (2 errors so far" in bar.sentence.text()
    assert bar.details.isHidden()
    bar.close_button.click()
    assert bar.isHidden()


def test_the_list_shows_the_newest_first_and_grows(center: ErrorCenter, qtbot: QtBot) -> None:
    dialog = ErrorList(center)
    qtbot.addWidget(dialog)
    assert not dialog.none.isHidden()
    center.report(ErrorRecord(what="First.", details="one"))
    center.report(ErrorRecord(what="Second.", details="two"))
    assert dialog.none.isHidden()
    assert [dialog.list.item(row).text() for row in range(2)] == ["Second.", "First."]
    assert "two" in dialog.details.toPlainText()
    dialog.list.setCurrentRow(1)
    assert "one" in dialog.details.toPlainText()
