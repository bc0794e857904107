"""Training: `train` begins a run, `resume` goes on with one.

The command line, the window and the tests all call these two. Both end in exactly one terminal event and never raise
for what can happen to a user: the result says it.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from msgspec import structs
from torch.nn import functional as F

from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.core.events import AnyEvent, BatchFinished, EpochFinished, terminal
from trainer.core.results import EpochMetrics, ErrorRecord, RunResult, RunStatus
from trainer.hardware import memory
from trainer.hardware.devices import multiplying_in
from trainer.inference import familiarity
from trainer.inference.calibration import calibration_error, temperature
from trainer.inference.evaluate import assess
from trainer.inference.outputs import fit_of
from trainer.inference.verdict import sure_from
from trainer.storage import model_file
from trainer.storage.model_description import Calibration
from trainer.storage.model_file import Model
from trainer.training import averaging, optimisers, prepare, seeds
from trainer.training.ahead import one_ahead
from trainer.training.batches import Batch, batch_count, side, training_batches
from trainer.training.blend import blend
from trainer.training.reporter import Emit, Reporter
from trainer.training.run import Run, not_finite
from trainer.training.split_outputs import logits_of, look

# What a killed run loses at most, where an epoch takes longer than this.
CHECKPOINT_SECONDS = 60.0
# Train and validation accuracy are compared from this share of the validation photos' size on.
ABOUT_AS_LARGE = 0.7


def _nobody(_event: AnyEvent) -> None:
    """Listen to nothing."""


def train(
    config: TrainConfig, *, out: Path | None = None, emit: Emit = _nobody, control: RunControl | None = None
) -> RunResult:
    """Begin a run and train to its end, in a new folder under `out` (by default the user's runs folder)."""
    return _conduct(lambda report, control: prepare.begin(config, out, report, control), emit, control)


def resume(
    run_folder: Path, *, epochs: int | None = None, emit: Emit = _nobody, control: RunControl | None = None
) -> RunResult:
    """Go on with a run exactly where it stopped or was killed; `epochs`, if given, is its new last epoch."""
    return _conduct(lambda report, control: prepare.go_on(run_folder, epochs, report, control), emit, control)


def _conduct(begin: Callable[[Reporter, RunControl], Run], emit: Emit, control: RunControl | None) -> RunResult:
    """Take a run from its beginning to its one terminal event, whatever happens."""
    run = None
    with Reporter(emit) as report:
        try:
            run = begin(report, control or RunControl())
            result = finish(run, fit(run))
        except CancelledError:  # before the first batch
            result = RunResult(status="stopped")
        except Exception as error:  # noqa: BLE001 - a run that fails must say so, whatever the reason
            record = ErrorRecord.of(error)
            result = run.result("failed", error=record) if run else RunResult(status="failed", error=record)
        report(terminal(result))
    memory.give_back()
    return result


def fit(run: Run) -> RunStatus:
    """Train until the last epoch, the end of patience, or a stop."""
    try:
        while run.progress.epoch <= run.config.epochs and not run.out_of_patience:
            train_one_epoch(run)
            validate(run)
    except CancelledError:
        run.save_checkpoint()
        return "stopped"
    return "completed"


def train_one_epoch(run: Run) -> None:
    """Show the network every training photo once, from the batch where the run stands. Raises CancelledError."""
    progress = run.progress
    run.network.train()
    tick = time.perf_counter()
    for batch in one_ahead(training_batches(run.data["train"], run.config, progress.epoch, start=progress.batch)):
        paused = run.obey()
        loss, correct = step(run, batch)
        progress.batch += 1
        progress.seen += len(batch.classes)
        progress.loss_sum += loss * len(batch.classes)
        progress.correct += correct
        tock = time.perf_counter()
        progress.seconds += tock - tick - paused
        run.threads.stepped(tock - tick - paused)
        tick = tock
        run.report(_batch_finished(run))
        if time.monotonic() - run.saved_at > CHECKPOINT_SECONDS:
            run.save_checkpoint()


def step(run: Run, batch: Batch) -> tuple[float, int]:
    """Learn from one batch; return its loss and how many of its photos were right. Raises NonFiniteLossError."""
    config, progress = run.config, run.progress
    batch = blend(batch, config, progress.epoch, progress.batch)
    loss, logits = _loss(run, batch)
    if not math.isfinite(loss.item()) and run.precision is not torch.float32:
        run.report.note("The loss overflowed in bfloat16, so the run goes on in float32, which is slower.")
        run.precision = torch.float32
        loss, logits = _loss(run, batch)
    if not math.isfinite(loss.item()):  # before the weights take harm
        raise not_finite(progress)
    optimisers.set_learning_rate(run.optimiser, optimisers.learning_rate(config, run.steps_done, run.steps))
    run.optimiser.zero_grad()
    loss.backward()
    run.optimiser.step()
    if run.average is not None:
        averaging.update(run.average, run.network, keep=config.averaging, steps_done=run.steps_done)
    return loss.item(), int(((logits >= 0) == (batch.classes >= 0.5)).sum())


def _loss(run: Run, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean loss of a batch, and its logits [N]."""
    torch.manual_seed(seeds.derive(run.config.seed, "dropout", run.progress.epoch, run.progress.batch))
    with multiplying_in(run.precision, run.device):
        logits = run.network.learn(batch.images).float()  # [N]
    # Smoothed (Szegedy et al., "Rethinking the Inception architecture", 2016): 0 and 1 move towards each other.
    smoothing = run.config.label_smoothing
    target = batch.classes * (1 - smoothing) + smoothing / 2
    return F.binary_cross_entropy_with_logits(logits, target, weight=batch.weights), logits


def validate(run: Run) -> None:
    """Close the epoch: look at the validation photos, keep the network if it is the best yet. Raises CancelledError."""
    began = time.perf_counter()
    data = run.data["validation"]
    logits = logits_of(run.judge, data, precision=run.precision, cancelled=run.control.should_stop)
    found = fit_of(logits, data.classes.cpu())
    if not math.isfinite(found.loss):
        raise not_finite(run.progress)
    run.validation_seconds = time.perf_counter() - began
    metrics = _epoch_metrics(run, found.loss, found.accuracy)
    run.progress.close_epoch(metrics)
    is_best = run.progress.best is metrics
    if is_best:
        run.save_model(metrics)
    run.folder.write_history(run.progress.history)
    run.report(EpochFinished(metrics=metrics, is_best=is_best))
    run.give(advice.after_epoch(_comparable(run), run.dataset.split_counts()["validation"]))
    run.save_checkpoint()


def finish(run: Run, status: RunStatus) -> RunResult:
    """Calibrate the best epoch, evaluate it on the test photos, write that down, and return the run's result."""
    best = run.progress.best
    if best is None:
        return run.result(status)
    run.judge.load_state_dict(model_file.load(run.folder.model).network.state_dict())
    model = calibrate(run, best)
    data = run.data["test"]
    findings = look(run.judge, data, precision=run.precision, progress=run.report.progress("evaluate"))
    evaluation = assess(findings, data.photos, model, dataset=run.dataset.name, split="test")
    run.folder.write_evaluation(evaluation)
    description = structs.replace(model.description, test=evaluation.metrics())
    model_file.save(run.folder.model, model._replace(description=description))
    return run.result(status, evaluation=evaluation.metrics())


def calibrate(run: Run, best: EpochMetrics) -> Model:
    """Return the best epoch's model, with what the validation photos say of how sure it may be."""
    validation = run.data["validation"]
    found, classes = look(run.judge, validation, precision=run.precision), validation.classes.cpu()
    seen = look(run.judge, run.data["train"].sample(familiarity.SAMPLE, run.config.seed), precision=run.precision)
    prototypes = familiarity.prototypes(seen.features, seeds.generator(run.config.seed, "prototypes"))
    warmth = temperature(found.logits, classes)
    logits = found.logits.double()
    probabilities = (logits / warmth).sigmoid()
    description = structs.replace(
        run.describe(best),
        temperature=warmth,
        calibration=Calibration(
            error_before=calibration_error(logits.sigmoid(), classes),
            error_after=calibration_error(probabilities, classes),
        ),
        sure_from=sure_from(probabilities.tolist(), familiarity.similarity(found.features, prototypes).tolist()),
    )
    return Model(run.judge, description, prototypes)


def _comparable(run: Run) -> list[EpochMetrics]:
    """Return the epochs whose training images were about as large as the validation photos.

    Where images grow, a network sees things far smaller in the first epochs than in validation, and is the worse there:
    after 4 of 48 epochs that went from 96 to 176 pixels it was right on 74 % and, at 200 pixels, on 53 %.
    """
    config = run.config
    enough = min(ABOUT_AS_LARGE * config.image_size, side(config, config.epochs))
    return [row for row in run.progress.history if side(config, row.epoch) >= enough]


def _epoch_metrics(run: Run, val_loss: float, val_accuracy: float) -> EpochMetrics:
    progress = run.progress
    return EpochMetrics(
        epoch=progress.epoch,
        train_loss=progress.loss_sum / progress.seen,
        train_accuracy=progress.correct / progress.seen,
        val_loss=val_loss,
        val_accuracy=val_accuracy,
        learning_rate=run.optimiser.param_groups[0]["lr"],
        seconds=progress.seconds + run.validation_seconds,
        photos_per_second=progress.seen / progress.seconds,
    )


def _batch_finished(run: Run) -> BatchFinished:
    progress = run.progress
    batches = batch_count(run.data["train"], run.config)
    epochs_after = run.config.epochs - progress.epoch
    seconds_a_batch = progress.seconds / progress.batch
    return BatchFinished(
        epoch=progress.epoch,
        batch=progress.batch,
        batches=batches,
        loss=progress.loss_sum / progress.seen,
        accuracy=progress.correct / progress.seen,
        photos_per_second=progress.seen / progress.seconds,
        seconds_left=seconds_a_batch * (batches - progress.batch + batches * epochs_after)
        + run.validation_seconds * (epochs_after + 1),
    )
