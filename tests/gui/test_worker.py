"""The door between threads: what goes through, in which order, and how it ends."""

import threading

import pytest
from PySide6.QtCore import QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, DatasetError
from trainer.core.events import BatchFinished, CheckpointSaved, StageProgressed
from trainer.core.results import ErrorRecord


class Heard:
    """Everything that a task said, in order."""

    def __init__(self, task: worker.Task) -> None:
        self.values: list[object] = []
        self.said: list[tuple[str, object]] = []
        task.progressed.connect(self.values.append)
        task.succeeded.connect(lambda value: self.said.append(("succeeded", value)))
        task.failed.connect(lambda record: self.said.append(("failed", record)))
        task.cancelled.connect(lambda: self.said.append(("cancelled", None)))
        task.finished.connect(lambda: self.said.append(("finished", None)))

    @property
    def over(self) -> bool:
        return bool(self.said) and self.said[-1][0] == "finished"


def listen(qtbot: QtBot, parent: QObject, work: worker.Work) -> Heard:
    heard = Heard(worker.start(work, parent=parent))
    qtbot.waitUntil(lambda: heard.over, timeout=10_000)
    return heard


def batch(epoch: int, number: int) -> BatchFinished:
    return BatchFinished(
        epoch=epoch, batch=number, batches=9, loss=1, accuracy=0.5, photos_per_second=1, seconds_left=1
    )


@pytest.fixture
def parent(qapp: object) -> QObject:
    return QObject()


def test_the_outcome_comes_after_the_last_value_and_finished_after_that(qtbot: QtBot, parent: QObject) -> None:
    def work(emit: worker.Emit, control: RunControl) -> str:
        for number in range(1000):
            emit(number)
        return "done"

    heard = listen(qtbot, parent, work)
    assert heard.values == list(range(1000))
    assert heard.said == [("succeeded", "done"), ("finished", None)]


def test_work_runs_in_another_thread_and_news_comes_in_the_first(qtbot: QtBot, parent: QObject) -> None:
    here, there = QThread.currentThread(), []

    def work(emit: worker.Emit, control: RunControl) -> None:
        there.append(threading.get_ident())
        emit("value")

    task = worker.start(work, parent=parent)
    threads: list[QThread] = []
    task.progressed.connect(lambda _value: threads.append(QThread.currentThread()))
    task.finished.connect(lambda: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(task.finished):
        pass
    assert there != [threading.get_ident()]
    assert threads == [here, here]


def test_values_emitted_by_threads_of_the_work_arrive_too(qtbot: QtBot, parent: QObject) -> None:
    def work(emit: worker.Emit, control: RunControl) -> None:
        threads = [threading.Thread(target=emit, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(listen(qtbot, parent, work).values) == list(range(8))  # type: ignore[type-var]


def test_an_engine_error_becomes_its_own_sentence(qtbot: QtBot, parent: QObject) -> None:
    def work(emit: worker.Emit, control: RunControl) -> None:
        raise DatasetError("There is nothing in /photos.", remedy="Choose another folder.", path="/photos")

    (kind, record), _ = listen(qtbot, parent, work).said
    assert kind == "failed"
    assert isinstance(record, ErrorRecord)
    assert record.sentence == "There is nothing in /photos. Choose another folder."
    assert record.path == "/photos"
    assert record.details == ""


@pytest.mark.parametrize("error", [ValueError("odd"), SystemExit(3)], ids=["bug", "exit"])
def test_any_other_exception_becomes_a_plain_sentence_with_its_traceback(
    qtbot: QtBot, parent: QObject, error: BaseException
) -> None:
    def work(emit: worker.Emit, control: RunControl) -> None:
        raise error

    (kind, record), _ = listen(qtbot, parent, work).said
    assert kind == "failed"
    assert isinstance(record, ErrorRecord)
    assert "unexpected" in record.sentence
    assert "Traceback" not in record.sentence
    assert type(error).__name__ in record.details
    assert "test_worker.py" in record.details


def test_cancel_asks_the_work_which_then_ends_as_cancelled(qtbot: QtBot, parent: QObject) -> None:
    started = threading.Event()

    def work(emit: worker.Emit, control: RunControl) -> None:
        started.set()
        control.pause()
        control.wait_while_paused()  # returns once it is stopped
        raise CancelledError("Cancelled.")

    task = worker.start(work, parent=parent)
    heard = Heard(task)
    qtbot.waitUntil(started.is_set)
    assert task.running
    task.cancel()
    qtbot.waitUntil(lambda: heard.over)
    assert heard.said == [("cancelled", None), ("finished", None)]
    assert not task.running


def test_work_whose_parent_goes_away_is_asked_to_stop_and_leaves_no_thread(qtbot: QtBot) -> None:
    parent, started = QObject(), threading.Event()
    controls: list[RunControl] = []

    def work(emit: worker.Emit, control: RunControl) -> None:
        controls.append(control)
        control.pause()
        started.set()
        control.wait_while_paused()

    worker.start(work, parent=parent)
    qtbot.waitUntil(started.is_set)
    assert worker.running_count() == 1
    parent.deleteLater()
    qtbot.waitUntil(lambda: worker.running_count() == 0)
    assert controls[0].should_stop()


def test_stop_all_waits_for_every_thread(qtbot: QtBot, parent: QObject) -> None:
    def work(emit: worker.Emit, control: RunControl) -> None:
        control.pause()
        control.wait_while_paused()

    tasks = [worker.start(work, parent=parent) for _ in range(3)]
    assert worker.stop_all(10)
    assert worker.running_count() == 3  # the event loop has not heard of their end yet
    qtbot.waitUntil(lambda: not any(task.running for task in tasks))
    qtbot.waitUntil(lambda: worker.running_count() == 0)


def test_only_older_totals_of_the_same_thing_are_replaced() -> None:
    inbox = worker.Inbox()
    scan = [StageProgressed(stage="scan", done=number, total=9) for number in range(3)]
    decode = StageProgressed(stage="decode", done=0, total=9)
    saved = CheckpointSaved(epoch=1, batch=0)
    for value in (*scan, decode, batch(1, 1), batch(1, 2), saved, batch(1, 3), batch(2, 1), "text", "text"):
        inbox.put(value)
    left = [inbox.take() for _ in range(len(inbox))]
    assert left == [scan[-1], decode, batch(1, 2), saved, batch(1, 3), batch(2, 1), "text", "text"]


def test_a_flood_of_batches_costs_the_window_few_deliveries(qtbot: QtBot, parent: QObject) -> None:
    def work(emit: worker.Emit, control: RunControl) -> None:
        for epoch in range(1, 6):
            for number in range(1, 5001):
                emit(batch(epoch, number))
            emit(CheckpointSaved(epoch=epoch, batch=0))

    values = listen(qtbot, parent, work).values
    assert [value.epoch for value in values if isinstance(value, CheckpointSaved)] == [1, 2, 3, 4, 5]
    last = [value for value in values if isinstance(value, BatchFinished) and value.batch == 5000]
    assert [value.epoch for value in last] == [1, 2, 3, 4, 5]
    assert len(values) < 2000


def test_one_tick_hands_the_window_back_before_a_long_queue_is_done(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two ticks other events come through, however much is waiting."""
    monkeypatch.setattr(worker, "_VALUES_A_TICK", 10)

    def work(emit: worker.Emit, control: RunControl) -> None:
        for number in range(35):
            emit(number)

    task = worker.start(work, parent=parent)
    heard = Heard(task)
    sizes: list[int] = []
    between = QTimer(parent, interval=0)
    between.timeout.connect(lambda: sizes.append(len(heard.values)))
    between.start()
    qtbot.waitUntil(lambda: heard.over)
    between.stop()
    assert heard.values == list(range(35))
    steps = [after - before for before, after in zip([0, *sizes], sizes, strict=False)]
    assert max(steps) <= 20  # one of a tick, and one for the thread's end
