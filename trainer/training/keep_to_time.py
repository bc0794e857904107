"""A run with a time budget follows what is decided while it goes on, and leaves that in its record."""

import msgspec
from msgspec import structs

from trainer.core.duration import duration_words
from trainer.core.events import EpochsPlanned
from trainer.core.text import Text, plural, text
from trainer.core.time_plan import Decision, epochs_of
from trainer.storage.run_record import RunRecord
from trainer.training.budget import MOST_DECISIONS, TimeBudget
from trainer.training.run import Run, with_planned_epochs

# A run that takes so much longer than it was given says so.
_TOO_LONG = 1.1


def keep_to_time(run: Run, size: int) -> None:
    """Take notice of a step on images of that side: decide how many steps fit where that is due, and record it.

    The record is on the disk before the first step that it counts for: however the run ends, it goes on by the same
    plan. Only the leader of a team measures, and all ranks go by what it decides. Raises DiskError, RankLostError and
    CancelledError.
    """
    if not run.config.time_budget:
        return
    if len(run.record.plan) < MOST_DECISIONS:
        _follow(run, run.team.from_leader(lambda: _decided(run, size)))
    elif run.budget is not None:
        run.budget.stepped(run.steps_done, size)
    run.config = with_planned_epochs(run.config, run.record.plan, run.steps_done, run.batches)


def _decided(run: Run, size: int) -> bytes:
    """Return the plan where something was decided after this step, and nothing where not. Raises DiskError."""
    budget = run.budget
    if budget is None or not budget.stepped(run.steps_done, size):
        return b""
    _record(run, budget)
    return msgspec.json.encode(run.record.plan)


def _follow(run: Run, decided: bytes) -> None:
    """Go by what the leader decided, if anything; it has recorded that already."""
    if decided and not run.team.leads:
        run.record = _planned(run, msgspec.json.decode(decided, type=tuple[Decision, ...]))


def _planned(run: Run, plan: tuple[Decision, ...]) -> RunRecord:
    """Return the run's record with that plan."""
    config = structs.replace(run.record.config, epochs=epochs_of(plan[-1].steps, run.batches))
    return structs.replace(run.record, config=config, plan=plan)


def _record(run: Run, budget: TimeBudget) -> None:
    is_first, before = not run.record.plan, run.record.config.epochs
    run.record = _planned(run, budget.decisions)
    run.keep(lambda: run.folder.write_record(run.record))
    tell_plan(run)
    epochs = run.record.config.epochs
    if is_first:
        run.report.note(_words(run, budget, epochs))
    elif epochs != before:
        run.report.note(
            plural(
                epochs,
                "Measured once more, halfway: about %n epoch fits.",
                "Measured once more, halfway: about %n epochs fit.",
            )
        )


def tell_plan(run: Run) -> None:
    """Report how many epochs are planned, where the run has a time budget and they are known."""
    if run.budget is None or not run.record.plan:
        return
    left = run.budget.seconds_left(run.steps_done)
    run.report(
        EpochsPlanned(
            epochs=run.record.config.epochs,
            steps=run.record.plan[-1].steps,
            seconds=run.watch.seconds + left,
            seconds_left=left,
        )
    )


def _words(run: Run, budget: TimeBudget, epochs: int) -> Text:
    """Return what fits, in a sentence."""
    time = duration_words(budget.seconds)
    whole = run.watch.seconds + budget.seconds_left(run.steps_done)
    if whole > _TOO_LONG * budget.seconds:
        return text(
            "A run of {time} is too short for these photos on this computer: it takes about {duration}.",
            time=time,
            duration=duration_words(whole),
        )
    if run.steps >= budget.most_steps:
        return plural(
            epochs,
            "After %n epoch nothing more is to be learnt, so the run ends after about {duration}.",
            "After %n epochs nothing more is to be learnt, so the run ends after about {duration}.",
            duration=duration_words(whole),
        )
    if run.steps < run.batches:
        return text(
            "In {time} the network sees only {share:.0%} of the training photos, each once. More time would help.",
            time=time,
            share=run.steps / run.batches,
        )
    return plural(epochs, "In {time} about %n epoch fits.", "In {time} about %n epochs fit.", time=time)
