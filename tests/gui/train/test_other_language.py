"""The Train page in a language that is longer, accented and mirrored: nothing is cut off, nothing stays English."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.look.words import day
from catdog_gui.state.context import Context
from catdog_gui.train.earlier_runs import EarlierRuns
from catdog_gui.train.page import TrainPage
from catdog_gui.widgets.go_on_dialog import GoOnDialog
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.recorded import ADVICE, batch, cut_off_run, dataset, events, result
from trainer.core.config import BackboneName, DeviceName, OptimiserName, PrecisionName
from trainer.core.events import PhotoSeen, PreviewScored, RunPaused, StageProgressed, terminal
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.run_state import RunState, reduce
from trainer.core.statistics import wilson_interval
from trainer.core.text import text
from trainer.storage.run_list import summarise

# Names stay as they are, and so do the photos' classes and files.
OWN = (
    "1.jpg",
    *(name for names in (OptimiserName, BackboneName, DeviceName, PrecisionName) for name in get_args(names)),
    *("/photos/pets", "pets", "cat", "dog", "CSV", "PNG", "SVG", "NVIDIA"),
)


@pytest.fixture
def page(pseudo: None, context: Context, qtbot: QtBot) -> TrainPage:
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.resize(716, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page


def weak(run: RunResult, right: int) -> RunResult:
    """Return a run whose model was right on so many of 1,000 test photos."""
    assert run.evaluation is not None
    share = {"accuracy": right / 1000, "accuracy_interval": wilson_interval(right, 1000), "photos": 1000}
    return replace(run, evaluation=replace(run.evaluation, **share))


def reached(*more: object) -> RunState:
    state = RunState()
    for event in (*events(3), *more):
        state = reduce(state, event)  # type: ignore[arg-type]
    return state


def without_photos(page: TrainPage, context: Context) -> None:
    pass


def too_few_photos(page: TrainPage, context: Context) -> None:
    context.choose_dataset(dataset(count=3))


def everything_set(page: TrainPage, context: Context) -> None:
    context.choose_dataset(dataset())
    page.setup.recipes.cards["compact"].click()
    page.setup.fold.heading.click()
    page.setup.more.rows["dropout"].set_value(7)
    page.setup.offer_last_result(True)


def going_on(page: TrainPage, state: RunState) -> None:
    page.run_view.begin("classic")
    page._show(page.run_view)  # noqa: SLF001 - a run without an engine
    page.run_view.show_state(state)


def preparing(page: TrainPage, context: Context) -> None:
    going_on(page, RunState(stage=StageProgressed(stage="decode", done=1, total=2000)))


def looking(page: TrainPage, context: Context) -> None:
    seen = PhotoSeen(path="1.jpg", class_index=0, thumbnail=b"")
    preview = PreviewScored(done=900, total=2000, photos=120, loss=0.2, accuracy=0.93)
    stage = StageProgressed(stage="decode", done=900, total=2000)
    going_on(page, RunState(stage=stage, seen=(seen,), preview=(preview,)))


def training(page: TrainPage, context: Context) -> None:
    advice = replace(ADVICE, text=text("Overfitting."), remedy=text("More photos."))
    going_on(page, replace(reached(batch(4, 10)), advice=(advice,), notes=(text("A note."),)))
    page.run_view.plots[0].set_cursor(2)


def paused(page: TrainPage, context: Context) -> None:
    going_on(page, reached(RunPaused()))


def waiting_for_the_disk(page: TrainPage, context: Context) -> None:
    going_on(page, reached(RunPaused(reason=text("The disk is full: free {missing:,.0f} MB and go on.", missing=12))))


def stopping(page: TrainPage, context: Context) -> None:
    going_on(page, reached(batch(4, 10)))
    page.run_view.header.show_stopping()


def testing(page: TrainPage, context: Context) -> None:
    going_on(page, reached(StageProgressed(stage="evaluate", done=1, total=2)))


def ended(*results: RunResult) -> Callable[[TrainPage, Context], None]:
    def show(page: TrainPage, context: Context) -> None:
        for one in results:
            state = replace(reached(terminal(one)), advice=())
            going_on(page, state)
            page.run_view.show_result(one, state)

    return show


def failed() -> RunResult:
    error = ErrorRecord(what=text("The loss is no longer finite."), remedy=text("Train again."))
    return replace(result("failed"), evaluation=None, error=error)


STATES = {
    "without photos": without_photos,
    "too few photos": too_few_photos,
    "everything set": everything_set,
    "preparing": preparing,
    "looking": looking,
    "training": training,
    "paused": paused,
    "waiting for the disk": waiting_for_the_disk,
    "stopping": stopping,
    "testing": testing,
    "completed": ended(weak(result(), 990)),
    "weak": ended(weak(result(), 590)),
    "guessing": ended(weak(result(), 500)),
    "few photos": ended(result()),
    "stopped": ended(replace(result("stopped"), evaluation=None)),
    "failed": ended(failed()),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off_and_nothing_stays_english(
    state: str, page: TrainPage, context: Context, qapp: QApplication, tmp_path: Path
) -> None:
    STATES[state](page, context)
    qapp.processEvents()
    page.grab().save(str(tmp_path / "page.png"))
    assert untranslated(page, *OWN) == []
    assert cut_off(page) == []


@pytest.mark.usefixtures("pseudo")
def test_the_dialogs(finished_run: RunResult, tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    run = summarise(cut_off_run(finished_run, tmp_path))
    assert run is not None
    for dialog in (GoOnDialog(run), EarlierRuns([run, replace(run, status="completed", extendable=True)])):
        dialog.open()
        qapp.processEvents()
        assert untranslated(dialog, run.config.photos.name, day(run.created)) == []
        assert cut_off(dialog) == []
        dialog.close()
        dialog.deleteLater()
