"""A run's numbers for TensorBoard: a listener of its events that writes into the run's folder."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.core.errors import SettingError
from trainer.core.events import TERMINAL, AnyEvent, EpochFinished, RunStarted
from trainer.core.results import EpochMetrics, RunResult
from trainer.core.text import text
from trainer.storage.run_folder import RunFolder

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


def refuse_without_tensorboard() -> None:
    """Raise SettingError where there is nothing to write with: it is optional, and the installers leave it out."""
    try:
        import torch.utils.tensorboard  # noqa: F401, PLC0415 - tried here
    except ImportError:
        if getattr(sys, "frozen", False):
            remedy = text("Train without --tensorboard: metrics.csv in the run's folder has the same numbers.")
        else:
            remedy = text("Install it with: pip install tensorboard")
        raise SettingError(text("TensorBoard is not installed here."), remedy=remedy) from None


class TensorBoardLog:
    """Writes each epoch as it ends and the test's result at the end, into the folder `tensorboard` of the run.

    Where the disk refuses, `note` is told once, and the run goes on without. Raises SettingError where TensorBoard is
    missing.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        refuse_without_tensorboard()
        self._note = note
        self._writer: SummaryWriter | None = None

    def write(self, event: AnyEvent) -> None:
        """Write what an event tells."""
        try:
            self._write(event)
        except OSError as error:
            self._writer = None
            reason = error.strerror or str(error)
            self._note(text("Nothing more is written for TensorBoard ({reason}). The run goes on.", reason=reason))

    def _write(self, event: AnyEvent) -> None:
        if isinstance(event, RunStarted):
            self._begin(event)
        elif self._writer is not None and isinstance(event, EpochFinished):
            self._add_epoch(self._writer, event.metrics)
            self._writer.flush()
        elif self._writer is not None and isinstance(event, TERMINAL):
            self._add_test(self._writer, event.result)
            self._writer.close()
            self._writer = None

    def _begin(self, event: RunStarted) -> None:
        """Open the log. Of a run that goes on, it gets the epochs that it lacks, and loses those done once more."""
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - optional

        folder = RunFolder(Path(event.run_folder)).tensorboard
        is_new = not folder.exists()
        self._writer = SummaryWriter(str(folder), purge_step=len(event.history) + 1)
        for row in event.history if is_new else ():
            self._add_epoch(self._writer, row)

    @staticmethod
    def _add_epoch(writer: "SummaryWriter", row: EpochMetrics) -> None:
        values = {
            "loss/train": row.train_loss,
            "loss/validation": row.val_loss,
            "accuracy/train": row.train_accuracy,
            "accuracy/validation": row.val_accuracy,
            "learning_rate": row.learning_rate,
        }
        for tag, value in values.items():
            writer.add_scalar(tag, value, row.epoch)

    @staticmethod
    def _add_test(writer: "SummaryWriter", result: RunResult) -> None:
        if result.evaluation is not None:
            writer.add_scalar("loss/test", result.evaluation.loss, result.best_epoch)
            writer.add_scalar("accuracy/test", result.evaluation.accuracy, result.best_epoch)
