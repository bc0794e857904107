"""One run in progress: its photos, its network, and how far it is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from msgspec import structs

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, DiskError, NonFiniteLossError
from trainer.core.events import AdviceGiven, CheckpointSaved, RunContinued, RunPaused
from trainer.core.recipes import recipe
from trainer.core.results import EpochMetrics, ErrorRecord, EvaluationMetrics, RunResult, RunStatus
from trainer.core.text import join, text
from trainer.core.time_plan import Decision, epochs_of, steps_at
from trainer.dataset.records import Dataset
from trainer.dataset.replaced import PhotoWatch, Replaced
from trainer.dataset.sources.source import PhotoSource
from trainer.hardware.parallel import Workers
from trainer.models import parameter_count, trainable_parameter_count
from trainer.models.detector import no_detector
from trainer.models.network import Network
from trainer.storage import model_file
from trainer.storage.model_description import ModelDescription, Origin, Preprocessing
from trainer.storage.model_file import Model
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord, now
from trainer.training import checkpoint
from trainer.training.budget import Stopwatch, TimeBudget
from trainer.training.data.batches import Wanted, batch_count
from trainer.training.data.splits import Splits
from trainer.training.disk_room import Room, folder_gone, what_to_do
from trainer.training.distributed.team import ALONE, Exchanging, Team
from trainer.training.low_precision import LowPrecisionCopy
from trainer.training.reporter import Reporter
from trainer.training.training_state import TrainingState


@dataclass(kw_only=True)
class Run:
    """Everything the loop works with."""

    config: TrainConfig
    record: RunRecord
    folder: RunFolder
    dataset: Dataset
    splits: Splits
    source: PhotoSource
    """Where the photos are, open as long as the run."""
    replaced: Replaced
    """Told where a photo is no longer the one that the run began with."""
    photo_watch: PhotoWatch
    network: Network
    """The one that learns."""
    ema: Network | None
    """The moving average of its weights, where there is one."""
    optimiser: torch.optim.Optimizer
    device: torch.device
    precision: torch.dtype
    progress: TrainingState
    report: Reporter
    control: RunControl
    workers: Workers
    low: LowPrecisionCopy | None = None
    """What multiplies in bfloat16, once a step was made."""
    watch: Stopwatch
    budget: TimeBudget | None
    """What decides how many steps fit, where the run was given a time; None where another rank decides."""
    team: Team = ALONE
    """The processes that share the work."""
    exchange: Exchanging = lambda mine, _of: mine
    """Takes the results of the shards that were computed here, of so many, and returns those of all, in order."""
    seconds_a_look: float = 0.0
    """How long making a photo ready took, for the estimate of the time left."""
    validation_seconds: float = 0.0
    """How long the last validation took, for the estimate of the time left."""
    identity: str
    """What its checkpoints name it by."""
    last_is_whole: bool
    """Whether its last checkpoint can be relied on, so that it is worth keeping when the next one is written."""
    second_best: EpochMetrics | None = None
    """The epoch that the model is of, where that of the best one was lost; None where it is of the best one."""
    waited: float = 0.0
    """Seconds that it waited for a disk, since it was last asked."""
    saved_at: float = field(default_factory=time.monotonic)
    """When the last checkpoint was written, or the run taken up, by `time.monotonic`."""

    @property
    def wanted(self) -> Wanted:
        """Which of a batch's shards this process computes: all of them, where it is alone."""
        return self.team.share

    @property
    def shards(self) -> int:
        """How many shards a full batch has. A graphics card that is alone computes a batch as a whole."""
        return self.config.shards if self.device.type == "cpu" or self.team.ranks > 1 else 1

    @property
    def steps(self) -> int:
        """How many batches the whole run has."""
        if self.record.plan:
            return steps_at(self.record.plan, self.steps_done)
        return self.config.epochs * self.batches

    @property
    def steps_done(self) -> int:
        """How many of them are done."""
        return (self.progress.epoch - 1) * self.batches + self.progress.batch

    @property
    def batches(self) -> int:
        """How many an epoch has."""
        return batch_count(self.splits.train, self.config)

    @property
    def batches_of_epoch(self) -> int:
        """How many the epoch at hand has: the last one of a run with a time budget may be a part of an epoch."""
        return min(self.batches, max(1, self.steps - (self.progress.epoch - 1) * self.batches))

    @property
    def epoch_config(self) -> TrainConfig:
        """The settings with the number of epochs that was planned before the first step of the epoch at hand."""
        first = (self.progress.epoch - 1) * self.batches
        return with_planned_epochs(self.config, self.record.plan, first, self.batches)

    @property
    def seconds_of_looks(self) -> float:
        """How long frozen layers will look at mirrored photos, roughly, before the second epoch."""
        mirroring = self.splits.mirroring
        return self.seconds_a_look * mirroring.looks if mirroring is not None else 0.0

    @property
    def eval_network(self) -> Network:
        """The network that is validated and kept."""
        return self.ema or self.network

    @property
    def out_of_patience(self) -> bool:
        """Whether the validation loss has not fallen for as many epochs as the patience."""
        best, done = self.progress.best, len(self.progress.history)
        if best is None or self.config.patience == 0:
            return False
        return done - max(best.epoch, self.record.patience_since) >= self.config.patience

    def check_control(self) -> float:
        """Wait while paused, and return the seconds waited. Raises CancelledError once stopped."""
        if self.control.paused:
            self.save_checkpoint()
            self._wait("")
        if self.control.should_stop():
            raise CancelledError(text("Stopped."))
        waited, self.waited = self.waited, 0.0
        return waited

    def _wait(self, reason: str) -> None:
        """Wait until the pause is over, and tell that."""
        self.report(RunPaused(reason=reason))
        began = time.monotonic()
        self.control.wait_while_paused()
        seconds = time.monotonic() - began
        self.watch.add(-seconds)
        self.waited += seconds
        if not self.control.should_stop():
            self.report(RunContinued())

    def keep(self, write: Callable[[], object]) -> None:
        """Write something into the run's folder.

        Where the disk refuses, what was there before is still there; and where somebody can free the disk, the run
        waits for that and tries again. Raises DiskError.
        """
        while True:
            try:
                if not self.folder.config.is_file():  # to write would make a new folder with a part of the run in it
                    raise folder_gone(self.folder)
                write()
            except DiskError as error:
                if not self.control.waits_for_disk or self.control.should_stop():
                    raise
                self.control.pause()
                self._wait(what_to_do(error, self.folder, Room.of(self.network, self.ema, self.optimiser)))
                if self.control.should_stop():
                    raise
            else:
                return

    def go_on_in_float32(self) -> None:
        """Multiply in float32 from here on, also after the next checkpoint is taken up."""
        self.precision = torch.float32
        self.progress.in_float32 = True

    def report_advice(self, advice: Sequence[AdviceGiven]) -> None:
        """Report advice of kinds that were not given yet."""
        for piece in advice:
            if piece.kind not in self.progress.advised:
                self.progress.advised.append(piece.kind)
                self.report(piece)

    def save_checkpoint(self) -> None:
        """Write `last.ckpt`, and keep the one before it as `previous.ckpt`, unless the weights are no longer finite.

        Raises DiskError and NonFiniteLossError.
        """
        if not all(bool(parameter.isfinite().all()) for parameter in self.network.parameters()):
            raise not_finite(self.progress)
        self.progress.run_seconds = self.watch.seconds
        self.keep(self._write_checkpoint)

    def _write_checkpoint(self) -> None:
        place = self.folder.checkpoint
        checksum = checkpoint.save(
            place,
            self.network,
            self.ema,
            self.optimiser,
            self.progress,
            run=self.identity,
            former=self.folder.previous_checkpoint if self.last_is_whole else None,
        )
        self.last_is_whole = True
        self.saved_at = time.monotonic()
        self.report(
            CheckpointSaved(epoch=self.progress.epoch, batch=self.progress.batch, file=place.name, sha256=checksum)
        )

    def save_model(self, epoch: EpochMetrics) -> None:
        """Write `model.safetensors` with the weights as they are, not calibrated yet. Raises DiskError."""
        model = Model(self.eval_network, self.describe(epoch), no_detector())
        self.keep(lambda: model_file.save(self.folder.model, model))

    def has_worse_than(self, epoch: EpochMetrics) -> bool:
        """Whether the model of the best epoch was lost, and the one in its place is worse than this epoch's."""
        if not self.folder.model.is_file():
            return True
        return self.second_best is not None and epoch.val_loss < self.second_best.val_loss

    def describe(self, epoch: EpochMetrics) -> ModelDescription:
        """Return what a model of this run says of itself."""
        return ModelDescription(
            classes=self.dataset.classes,
            recipe=self.config.recipe,
            network=recipe(self.config.recipe).network_of(self.config),
            dropout=self.config.dropout,
            tuned_stages=self.config.tuned_stages,
            parameters=parameter_count(self.network),
            trainable_parameters=trainable_parameter_count(self.network),
            preprocessing=Preprocessing(image_size=self.config.image_size),
            origin=Origin(
                created=now(),
                catdog=self.record.versions["catdog"],
                torch=self.record.versions["torch"],
                dataset=self.dataset.name,
                fingerprint=self.record.fingerprint,
                split_fractions=self.config.split.fractions,
                seed=self.config.seed,
                photos=self.dataset.split_counts(),
                epoch=epoch,
            ),
        )

    def result(
        self, status: RunStatus, *, evaluation: EvaluationMetrics | None = None, error: ErrorRecord | None = None
    ) -> RunResult:
        """Return the run's result as it stands."""
        best = self.second_best or self.progress.best
        return RunResult(
            status=status,
            run_folder=str(self.folder.path) if self.folder.config.is_file() else None,
            model=str(self.folder.model) if self.folder.model.is_file() else None,
            best_epoch=best.epoch if best else None,
            history=tuple(self.progress.history),
            evaluation=evaluation,
            error=error,
            stopped_early=status == "completed" and len(self.progress.history) < self.config.epochs,
        )


def with_planned_epochs(config: TrainConfig, plan: Sequence[Decision], steps_done: int, batches: int) -> TrainConfig:
    """Return the settings with the number of epochs that was planned when so many steps were done."""
    epochs = epochs_of(steps_at(plan, steps_done), batches) if plan else config.epochs
    return config if epochs == config.epochs else structs.replace(config, epochs=epochs)


def not_finite(progress: TrainingState) -> NonFiniteLossError:
    """Return the error for a loss or weights that are no longer finite."""
    what = text(
        "The loss is no longer a finite number (epoch {epoch}, batch {batch}).",
        epoch=progress.epoch,
        batch=progress.batch + 1,
    )
    if progress.best:
        kept = text("The best epoch is kept.")
    else:
        kept = text("No epoch was finished, so there is no model to keep.")
    return NonFiniteLossError(join([what, kept]), remedy=text("Train again with a lower learning rate."))
