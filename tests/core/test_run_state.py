"""The reducer: what a page shows follows from the events alone, and the first terminal event is the last word."""

import pickle
from functools import reduce as fold

import pytest

from tests.core.test_advice import history
from trainer.core.events import (
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    CheckpointSaved,
    EpochFinished,
    Noted,
    PhotoSeen,
    PreviewScored,
    RunCompleted,
    RunContinued,
    RunFailed,
    RunPaused,
    RunStarted,
    RunStopped,
    StageProgressed,
    from_line,
    terminal,
    to_line,
)
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.run_state import MOST_SEEN, RunState, reduce

ROWS = history((0.6, 0.7, 0.6, 0.7), (0.5, 0.8, 0.5, 0.8), (0.4, 0.9, 0.7, 0.7))
STARTED = RunStarted(
    run_folder="/runs/1",
    recipe="classic",
    classes=("cat", "dog"),
    photos={"train": {"cat": 5, "dog": 5}},
    epochs=4,
    batches=10,
    parameters=3,
    device="cpu",
    threads=1,
)
STORY: list[AnyEvent] = [
    StageProgressed(stage="scan", done=1, total=2),
    PhotoSeen(path="cats/1.jpg", class_index=0, thumbnail=b"\xff\xd8"),
    PreviewScored(done=40, total=100, photos=9, loss=0.4, accuracy=0.9),
    Noted(text="3 files were left out."),
    STARTED,
    BatchFinished(epoch=1, batch=5, batches=10, loss=0.6, accuracy=0.7, photos_per_second=9, seconds_left=8),
    EpochFinished(metrics=ROWS[0], is_best=True),
    CheckpointSaved(epoch=2, batch=0),
    RunPaused(),
    RunContinued(),
    EpochFinished(metrics=ROWS[1], is_best=True),
    AdviceGiven(kind="overfitting", text="Overfitting.", remedy="More photos."),
    EpochFinished(metrics=ROWS[2], is_best=False),
    StageProgressed(stage="evaluate", done=1, total=2),
    RunCompleted(result=RunResult(status="completed", best_epoch=2)),
]


def replay(events: list[AnyEvent]) -> RunState:
    return fold(reduce, events, RunState())


def test_a_whole_story() -> None:
    phases = [replay(STORY[:n]).phase for n in range(len(STORY) + 1)]
    assert phases == ["preparing"] * 5 + ["training"] * 4 + ["paused"] + ["training"] * 4 + ["evaluating", "completed"]
    end = replay(STORY)
    assert (end.best_epoch, end.history, end.ended) == (2, tuple(ROWS), True)
    assert end.notes == ("3 files were left out.",)
    assert [piece.kind for piece in end.advice] == ["overfitting"]
    assert [replay(STORY[:n]).stage is None for n in (4, 5, 13, 14)] == [False, True, True, False]
    again = replay([*STORY[:7], StageProgressed(stage="decode", done=1, total=2)])
    assert (again.phase, again.stage) == ("training", StageProgressed(stage="decode", done=1, total=2))
    assert reduce(again, STORY[5]).stage is None


def test_the_fraction_done_grows_to_one() -> None:
    fractions = [replay(STORY[:n]).fraction for n in range(len(STORY) + 1)]
    assert fractions == sorted(fractions)
    assert fractions[6] == pytest.approx(0.125)
    assert fractions[-1] == 1


def test_the_first_terminal_event_is_the_last_word() -> None:
    failed = RunFailed(result=RunResult(status="failed", error=ErrorRecord(what="Boom.")))
    for later in (*STORY, RunStopped(result=RunResult(status="stopped"))):
        assert reduce(reduce(replay(STORY[:7]), failed), later).phase == "failed"


def test_a_resumed_run_shows_the_epochs_before_and_drops_those_to_be_done_again() -> None:
    again = RunStarted(
        **{name: getattr(STARTED, name) for name in STARTED.__struct_fields__} | {"history": tuple(ROWS[:2])}
    )
    state = replay([*STORY[:13], again])
    assert (state.history, state.best_epoch, state.batch) == (tuple(ROWS[:2]), 2, None)


@pytest.mark.parametrize("event", STORY, ids=lambda event: type(event).__name__)
def test_events_survive_json_and_pickle(event: AnyEvent) -> None:
    assert from_line(to_line(event)) == event
    assert "\n" not in to_line(event)
    assert pickle.loads(pickle.dumps(event)) == event


@pytest.mark.parametrize("status", ["completed", "stopped", "failed"])
def test_each_status_has_its_terminal_event(status: str) -> None:
    event = terminal(RunResult(status=status))  # type: ignore[arg-type]
    assert type(event).__name__ == f"Run{status.title()}"


def test_thousands_of_events_reduce_quickly_and_in_order() -> None:
    batches: list[AnyEvent] = [
        BatchFinished(epoch=1, batch=n, batches=5000, loss=1, accuracy=0, photos_per_second=1, seconds_left=1)
        for n in range(1, 5001)
    ]
    state = replay([STARTED, *batches])
    assert state.batch == batches[-1]


def test_the_preview_goes_when_the_training_begins() -> None:
    seen = [PhotoSeen(path=f"{number}.jpg", class_index=number % 2, thumbnail=b"") for number in range(MOST_SEEN + 3)]
    scores = [PreviewScored(done=done, total=90, photos=10, loss=0.5, accuracy=0.8) for done in (30, 60)]
    looking = fold(reduce, [*seen, *scores], RunState())
    assert looking.seen == tuple(seen[3:])
    assert looking.preview == tuple(scores)
    for event in (STARTED, terminal(RunResult(status="stopped"))):
        after = reduce(looking, event)
        assert (after.seen, after.preview) == ((), ())


def test_a_pause_says_what_it_waits_for_and_ends_where_it_began() -> None:
    testing = reduce(RunState(), StageProgressed(stage="evaluate", done=1, total=9))
    for before, phase in ((RunState(phase="training"), "training"), (testing, "evaluating")):
        paused = reduce(before, RunPaused(reason="The disk is full."))
        assert (paused.phase, paused.pause_reason) == ("paused", "The disk is full.")
        after = reduce(paused, RunContinued())
        assert (after.phase, after.pause_reason) == (phase, "")
