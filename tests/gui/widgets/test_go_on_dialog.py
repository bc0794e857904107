"""The question how an earlier run goes on: what it offers, what it says will happen, and what then is done."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.widgets.go_on_dialog import GoOnDialog, go_on
from tests.gui.fake_engine import FakeEngine
from tests.gui.seen import texts
from trainer.core.config import TrainConfig
from trainer.storage.run_list import RunSummary

COMPLETE = RunSummary(
    folder=Path("/runs/one"),
    config=TrainConfig(dataset="/photos/pets", epochs=6),
    created="2026-11-22T09:35:00+01:00",
    status="completed",
    model=Path("/runs/one/model.safetensors"),
    epochs=6,
    resumable=False,
    extendable=True,
    evaluation=None,
)
STOPPED = replace(COMPLETE, status="stopped", epochs=3, resumable=True, extendable=False)
EARLY = replace(COMPLETE, epochs=4)


@pytest.mark.parametrize(
    ("run", "settings", "epochs", "words"),
    [
        (STOPPED, {}, 6, "It goes on exactly where it was last saved, as if it had never stopped."),
        (STOPPED, {}, 9, "It goes on exactly where it was last saved, up to epoch 9."),
        (STOPPED, {"schedule": "cosine"}, 9, "The learning rate falls over all 9 epochs"),
        (STOPPED, {"warmup": 0.5}, 9, "The warm-up is a share of all 9 epochs, so the learning rate is low at first."),
        (replace(STOPPED, epochs=6), {}, 6, "All of its epochs are done: its best epoch is calibrated and tested."),
        (replace(STOPPED, saved=False), {}, 6, "Nothing of it was saved yet, so it begins again."),
        (COMPLETE, {}, 9, "It goes on exactly where it was last saved, up to epoch 9."),
        (EARLY, {}, 6, "up to epoch 6. Its patience, which had ended it, begins anew."),
    ],
)
def test_it_says_what_follows(
    run: RunSummary, settings: dict[str, object], epochs: int, words: str, qtbot: QtBot
) -> None:
    question = GoOnDialog(replace(run, config=replace(run.config, **settings)))
    qtbot.addWidget(question)
    question.epochs.setValue(epochs)
    assert words in question.words.text()


def test_the_words_stand_beside_the_middle_of_their_field(qtbot: QtBot) -> None:
    question = GoOnDialog(EARLY)
    qtbot.addWidget(question)
    with qtbot.waitExposed(question):
        question.show()
    assert "Ended by itself after 4 of 6 epochs." in texts(question)
    [words] = [label for label in question.findChildren(QLabel) if label.text() == "Epochs in all"]
    assert abs(words.geometry().center().y() - question.epochs.geometry().center().y()) <= 1


@pytest.mark.parametrize(
    ("run", "epochs", "asked"),
    [(STOPPED, 6, None), (STOPPED, 9, 9), (EARLY, 6, 6)],  # a run that ended early is asked for the planned number too
)
def test_it_goes_on_for_as_long_as_was_asked(
    run: RunSummary, epochs: int, asked: int | None, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    with qtbot.waitSignals([context.page_requested, context.run_controller.ended]):
        go_on(context, run, epochs)
    assert (engine.resumed, engine.epochs) == ([run.folder], [asked])


@pytest.mark.parametrize(("epochs", "seconds"), [(6, 600), (9, 0)])
def test_a_run_with_a_time_keeps_it_unless_other_epochs_are_asked_for(
    epochs: int, seconds: int, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    timed = replace(STOPPED, config=replace(STOPPED.config, time_budget=600))
    with qtbot.waitSignal(context.run_controller.ended):
        go_on(context, timed, epochs)
    assert context.run_controller.seconds == seconds
    assert engine.epochs == [None if seconds else epochs]
