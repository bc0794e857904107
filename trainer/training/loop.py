"""The training loop: `train` starts a run, `resume` continues one.

The command line, the window and the tests all call these two. Both end with exactly one terminal event. They do not
raise for anything that can happen to a user: the result says what happened.
"""

import math
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Protocol

import torch

from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, RankLostError
from trainer.core.events import AnyEvent, BatchFinished, EpochFinished, terminal
from trainer.core.results import EpochMetrics, ErrorRecord, Evaluation, RunResult, RunStatus
from trainer.core.schedule import image_size_at
from trainer.core.text import text
from trainer.dataset.answers import answers_sentence
from trainer.dataset.records import Photo
from trainer.hardware import memory
from trainer.hardware.parallel import one_thread
from trainer.inference.data_notes import data_notes
from trainer.inference.outputs import loss_and_accuracy
from trainer.report.write import leave_report
from trainer.training import prepare, take_up
from trainer.training.completion import calibrate_and_test
from trainer.training.data.batches import ShardedBatch, training_batches
from trainer.training.data.prefetch import Prefetch
from trainer.training.distributed.team import ALONE, Team
from trainer.training.keep_to_time import keep_to_time
from trainer.training.reporter import Emit, Reporter
from trainer.training.run import Run, not_finite
from trainer.training.shard_result import ShardResult
from trainer.training.shards import apply, compute_shards, mixed
from trainer.training.split_outputs import compute_logits
from trainer.training.training_state import TrainingState


class Start(Protocol):
    """Makes a run ready for its first batch."""

    def __call__(self, report: Reporter, control: RunControl, resources: ExitStack, *, team: Team) -> Run:
        """Return the run; `resources` closes at its end what it keeps open."""


# A killed run loses at most this much, where an epoch takes longer.
CHECKPOINT_SECONDS = 60.0
# Of an epoch's time: for a look at whether the photos are still the same.
PHOTO_WATCH_SHARE = 0.01
# Train and validation accuracy are compared once training images have this share of the validation photos' size.
ABOUT_AS_LARGE = 0.7


def _ignore(_event: AnyEvent) -> None:
    """Tell nobody."""


def train(
    config: TrainConfig,
    *,
    out: Path | None = None,
    emit: Emit = _ignore,
    control: RunControl | None = None,
    known: Sequence[Photo] = (),
    team: Team = ALONE,
) -> RunResult:
    """Start a run and train to its end, in a new folder under `out` (by default the user's runs folder).

    Photos that are `known` from an earlier scan, and have not changed, are not read again to find them.
    """
    return _conduct(partial(prepare.start, config, out, known=known), emit, control, team)


def resume(
    run_folder: Path,
    *,
    epochs: int | None = None,
    threads: int | None = None,
    photos: Path | None = None,
    emit: Emit = _ignore,
    control: RunControl | None = None,
    team: Team = ALONE,
) -> RunResult:
    """Continue a run exactly where it stopped or was killed, or begin one that was prepared.

    `epochs`, if given, is its new last epoch; `threads`, how many compute from here on, which changes no number;
    `photos`, where its dataset is now.
    """
    return _conduct(partial(take_up.resume, run_folder, epochs, threads=threads, photos=photos), emit, control, team)


def take_part(photos: Path | None, *, control: RunControl, team: Team) -> RunResult:
    """Take part in the run that the leader of the team starts or continues, and keep nothing of it.

    `photos` is where its dataset is on this machine; None where that is the place that the leader names.
    """
    return _conduct(partial(take_up.take_part, photos), _ignore, control, team)


def _conduct(start: Start, emit: Emit, control: RunControl | None, team: Team) -> RunResult:
    """Take a run from its beginning to its one terminal event, whatever happens."""
    run = None
    # The log is closed before the run's lock is released.
    with one_thread(), ExitStack() as resources, Reporter(emit) as report:
        try:
            run = start(report, team.shared_control(control or RunControl()), resources, team=team)
            result = finish(run, fit(run))
        except CancelledError:
            result = run.result("stopped") if run else RunResult(status="stopped")
        except Exception as error:  # noqa: BLE001 - a run that fails must say so, whatever the reason
            record = ErrorRecord.of(error)
            result = run.result("failed", error=record) if run else RunResult(status="failed", error=record)
        report(terminal(result))
    memory.trim()
    return result


def fit(run: Run) -> RunStatus:
    """Train until the last epoch, the end of patience, or a stop."""
    run.team.hold_together()
    try:
        while run.progress.epoch <= run.config.epochs and not run.out_of_patience:
            train_one_epoch(run)
            validate(run)
            run.photo_watch.look(PHOTO_WATCH_SHARE * run.progress.history[-1].seconds)
    except CancelledError:
        run.save_checkpoint()
        return "stopped"
    except RankLostError:  # in the middle of a step or a validation, before anything of it counts
        run.save_checkpoint()
        raise
    return "completed"


def train_one_epoch(run: Run) -> None:
    """Show the network every training photo once, from the batch where the run stands. Raises CancelledError."""
    progress, config = run.progress, run.epoch_config
    _see_mirrored(run)
    size = image_size_at(config, progress.epoch)
    run.network.train()
    tick, run.waited = time.perf_counter(), 0.0  # a wait before now is no part of what is timed here
    plans = training_batches(
        run.splits.train, config, progress.epoch, shards=run.shards, start=progress.batch, wanted=run.wanted
    )
    with Prefetch(plans, run.workers) as batches:
        for batch in batches:
            if progress.batch >= run.batches_of_epoch:
                break
            paused = run.check_control()
            step(run, batch, batches.begin_next)
            tock = time.perf_counter()
            progress.seconds += tock - tick - paused
            tick = tock
            keep_to_time(run, size)
            run.report(_batch_finished(run))
            if time.monotonic() - run.saved_at > CHECKPOINT_SECONDS:
                run.save_checkpoint()


def _see_mirrored(run: Run) -> None:
    """Let frozen layers look at the photos mirrored, where the epoch at hand needs it. Raises CancelledError."""

    def cancelled() -> bool:
        run.check_control()
        return False

    if run.splits.mirroring is not None:
        run.splits.mirroring.before(run.progress.epoch, cancelled)


def step(run: Run, batch: ShardedBatch, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Learn from one batch. `meanwhile` is called while others compute. Raises NonFiniteLossError."""
    batch = mixed(run, batch)
    results = run.exchange(compute_shards(run, batch, meanwhile), batch.of)
    if not _is_finite(results) and run.precision is not torch.float32:
        run.report.note(text("The loss overflowed in bfloat16, so the run goes on in float32, which is slower."))
        run.go_on_in_float32()
        results = run.exchange(compute_shards(run, batch), batch.of)
    if not _is_finite(results):  # before the weights are damaged
        raise not_finite(run.progress)
    apply(run, results)
    _count(run.progress, results)


def _is_finite(results: Sequence[ShardResult]) -> bool:
    return all(math.isfinite(result.objective) for result in results)


def _count(progress: TrainingState, results: Sequence[ShardResult]) -> None:
    """Add a batch to the epoch's sums."""
    photos = sum(result.photos for result in results)
    progress.batch += 1
    progress.seen += photos
    progress.objective_sum += math.fsum(result.objective for result in results) * photos
    for result in results:
        progress.loss_sum += result.loss_sum
        progress.loss_photos += result.loss_photos
        progress.correct += result.correct


def validate(run: Run) -> None:
    """Close the epoch: validate, and keep the network if it is the best yet. Raises CancelledError."""
    began = time.perf_counter()
    data = run.splits.validation
    logits = compute_logits(
        run.eval_network,
        data,
        run.workers,
        precision=run.precision,
        cancelled=run.control.should_stop,
        team=run.team,
    )
    found = loss_and_accuracy(logits, data.targets.cpu())
    if not math.isfinite(found.loss):
        raise not_finite(run.progress)
    run.validation_seconds = time.perf_counter() - began
    metrics = _epoch_metrics(run, found.loss, found.accuracy)
    run.progress.close_epoch(metrics)
    is_best = run.progress.best is metrics
    if is_best or run.has_worse_than(metrics):
        run.second_best = None if is_best else metrics
        run.save_model(metrics)
    run.keep(lambda: run.folder.write_history(run.progress.history))
    run.report(EpochFinished(metrics=metrics, is_best=is_best))
    run.report_advice(advice.after_epoch(_comparable(run), run.dataset.split_counts()["validation"]))
    run.save_checkpoint()
    if run.budget is not None:
        run.budget.meter.ended_epoch()


def finish(run: Run, status: RunStatus) -> RunResult:
    """Calibrate the best epoch, evaluate it on the test photos, write that down, and return the run's result.

    Where the run is stopped (once more) meanwhile, its model stays as it is: not calibrated, not tested, and the
    result says "stopped".
    """
    if run.progress.best is None or not run.folder.model.is_file():
        return run.result(status)
    # One stop ends the training alone, whenever it comes; one more skips this.
    enough = 2 if run.control.should_stop() else 1
    try:
        evaluation = calibrate_and_test(run, cancelled=lambda: run.control.stops >= enough)
    except CancelledError:
        _leave_report(run, "stopped")
        return run.result("stopped")
    run.report_advice(advice.after_test(evaluation, recipe=run.config.recipe))
    _tell_of_data(run, evaluation)
    _leave_report(run, status)
    return run.result(status, evaluation=evaluation.metrics())


def _tell_of_data(run: Run, evaluation: Evaluation) -> None:
    """Say what the result owes to copies and answers, and keep that for the report."""
    notes = data_notes(run.dataset, evaluation)
    for note in notes:
        run.report.note(note)
    answered = answers_sentence(run.dataset)
    sentences = [*([answered] if answered is not None else []), *notes]
    run.keep(lambda: run.folder.write_health(sentences))


def _leave_report(run: Run, status: RunStatus) -> None:
    if run.team.leads:
        leave_report(run.folder.path, status=status, device=run.device.type, note=run.report.note)


def _comparable(run: Run) -> list[EpochMetrics]:
    """Return the epochs whose training images were about as large as the validation photos.

    Where images grow, a network sees things far smaller in the first epochs than in validation, and does worse there.
    """
    config = run.config
    enough = min(ABOUT_AS_LARGE * config.image_size, image_size_at(config, config.epochs))
    return [row for row in run.progress.history if image_size_at(config, row.epoch) >= enough]


def _epoch_metrics(run: Run, val_loss: float, val_accuracy: float) -> EpochMetrics:
    progress = run.progress
    return EpochMetrics(
        epoch=progress.epoch,
        train_loss=progress.loss,
        train_objective=progress.objective,
        train_accuracy=progress.correct / progress.seen,
        val_loss=val_loss,
        val_accuracy=val_accuracy,
        learning_rate=run.optimiser.param_groups[0]["lr"],
        seconds=progress.seconds + run.validation_seconds,
        photos_per_second=progress.seen / progress.seconds,
    )


def _batch_finished(run: Run) -> BatchFinished:
    progress, batches = run.progress, run.batches_of_epoch
    return BatchFinished(
        epoch=progress.epoch,
        batch=progress.batch,
        batches=batches,
        loss=progress.loss,
        accuracy=progress.correct / progress.seen,
        photos_per_second=progress.seen / progress.seconds,
        seconds_left=_seconds_left(run),
    )


def _seconds_left(run: Run) -> float:
    if run.budget is not None:
        return run.budget.seconds_left(run.steps_done)
    progress, batches = run.progress, run.batches
    epochs_after = run.config.epochs - progress.epoch
    left = progress.seconds / progress.batch * (batches - progress.batch + batches * epochs_after)
    return left + run.validation_seconds * (epochs_after + 1) + (run.seconds_of_looks if epochs_after else 0.0)
