"""What a report shows, gathered from a run's folder into one record: numbers, sentences and small pictures."""

import math
from pathlib import Path
from typing import Literal

import msgspec

from trainer.core.errors import CheckpointError, ModelFileError, TrainerError
from trainer.core.events import AdviceGiven
from trainer.core.judgement import Judgement, judge
from trainer.core.results import EpochMetrics, Evaluation, RunStatus
from trainer.core.robustness import Robustness
from trainer.core.setting_values import SettingValue, values_of
from trainer.core.text import text
from trainer.inference.coverage import CoveragePoint, at, curve
from trainer.inference.curves import Reliability, outcomes, reliability, roc
from trainer.report.command import command_line
from trainer.report.data_facts import DataFacts, data_facts
from trainer.report.mistakes import Mistake, pictured, worst
from trainer.storage.model_description import ModelDescription, read_description
from trainer.storage.model_list import own_title
from trainer.storage.notes import read_note
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import read_history
from trainer.storage.run_list import read_summary
from trainer.storage.run_record import RunRecord

SHOWN_MISTAKES = 12
"""More would make a file that mails refuse, and tell little more."""


class TestResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the model did on the test photos, and what that is worth."""

    evaluation: Evaluation
    judgement: Judgement
    roc_interval: tuple[float, float] | None
    """95 %, of the area under the ROC curve; None where only one class is there."""
    reliability: Reliability
    coverage: tuple[CoveragePoint, ...]
    """Empty where an older CatDog made the evaluation."""
    at_own_limits: CoveragePoint
    mistakes: tuple[Mistake, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the report of a run shows."""

    private: bool
    """Whether it names no file or folder and shows no photo."""
    title: str
    """That the user gave the model; empty where there is none. So is the note."""
    note: str
    status: RunStatus | Literal["running", "interrupted"]
    record: RunRecord
    settings: tuple[SettingValue, ...]
    command: str
    data: DataFacts
    history: tuple[EpochMetrics, ...]
    best_epoch: int | None
    advice: tuple[AdviceGiven, ...]
    damage: str
    """What cannot be believed of the run's log, in a sentence; "" where nothing is damaged."""
    model: ModelDescription | None
    """None where there is none, or it cannot be read."""
    test: TestResult | None
    """None where the model was not tested."""
    robustness: Robustness | None
    """What blur, darkness and the like do to it; None where nobody measured that."""

    def shown_epochs(self, most: int) -> list[EpochMetrics]:
        """Return the epochs, evenly thinned out where there are more than `most`, with the best and the last one."""
        every = math.ceil(len(self.history) / most)
        last = self.history[-1].epoch
        return [row for row in self.history if (last - row.epoch) % every == 0 or row.epoch == self.best_epoch]

    @property
    def seconds(self) -> float:
        """How long the epochs took, validation included."""
        return sum(row.seconds for row in self.history)


def gather(path: Path, *, private: bool = False, status: RunStatus | None = None, device: str = "cpu") -> Report:
    """Return what the report of the run in this folder shows.

    With `private`, no file or folder is named and no photo shown. `status` is for a run that is about to end, whose log
    does not tell yet. `device` is where the model looks at its mistakes again.

    Raises CheckpointError where it is no run or a damaged one, and where no epoch of it was finished. Where the disk
    refuses to read a part of it, raises that part's error: a page without it would look like the whole.
    """
    folder = RunFolder.open(path)
    record, state = folder.read_record(), read_history(path, strict=True)
    history = tuple(row for row in state.history if math.isfinite(row.train_loss + row.val_loss))
    if not history:
        raise CheckpointError(
            text("No epoch of the run {folder} was finished, so there is nothing to report.", folder=str(path)),
            remedy=text("Let the run go on first."),
            path=path,
        )
    model = _description(folder)
    return Report(
        private=private,
        title="" if private else own_title(folder.model),
        note="" if private else read_note(folder.model),
        status=status or read_summary(path, strict=True).status,
        record=record,
        settings=tuple(values_of(record.config)),
        command=command_line(record, private=private),
        data=data_facts(folder, record, private=private),
        history=history,
        best_epoch=state.best_epoch,
        advice=state.advice,
        damage="" if private else state.damage,
        model=model,
        robustness=_robustness(folder),
        test=_test_result(folder, record, model, device="" if private else device),
    )


def _description(folder: RunFolder) -> ModelDescription | None:
    try:
        return read_description(folder.model)
    except ModelFileError as error:
        _raise_where_refused(error)
        return None


def _robustness(folder: RunFolder) -> Robustness | None:
    try:
        return folder.read_robustness()
    except (CheckpointError, ModelFileError) as error:
        _raise_where_refused(error)
        return None


def _raise_where_refused(error: TrainerError) -> None:
    """Raise an error where the disk refused to read a file that may be whole: others leave nothing to show."""
    if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, FileNotFoundError):
        raise error


def _test_result(
    folder: RunFolder, record: RunRecord, model: ModelDescription | None, *, device: str
) -> TestResult | None:
    """Return the test of the model that is there now; without a `device`, mistakes are not shown.

    A run that went on may have a better model than the one of its `evaluation.json`, not tested yet. Raises
    CheckpointError.
    """
    evaluation = folder.read_evaluation()
    if evaluation is None or (model is not None and model.test is None):
        return None
    _refuse_strange(evaluation, folder)
    probabilities, targets = outcomes(evaluation)
    area = roc(probabilities, targets)
    points = tuple(point for point in curve(evaluation) if point.accuracy is not None)
    shown = worst(evaluation, SHOWN_MISTAKES) if device else []
    return TestResult(
        evaluation=evaluation,
        judgement=judge(evaluation, recipe=record.config.recipe),
        roc_interval=area.interval if area is not None else None,
        reliability=reliability(probabilities, targets),
        coverage=points if len(points) > 1 else (),
        at_own_limits=at([*evaluation.right, *evaluation.wrong], 0.0),
        mistakes=tuple(pictured(shown, evaluation, folder, device)),
    )


def _refuse_strange(evaluation: Evaluation, folder: RunFolder) -> None:
    """Raise CheckpointError where the parts of an evaluation contradict each other: somebody changed the file."""
    classes = set(folder.read_dataset().classes)
    photos = [*evaluation.right, *evaluation.wrong]
    counts = [count for row in evaluation.confusion for count in row]
    if (
        set(evaluation.classes) == set(evaluation.per_class) == classes
        and all({photo.class_name, photo.predicted} <= classes for photo in photos)
        and len(photos) == evaluation.photos == sum(counts) > 0 <= min(counts)
    ):
        return
    raise CheckpointError(
        text("{path} is damaged: it does not hold what CatDog wrote.", path=str(folder.evaluation)),
        remedy=text("Start a new run."),
        path=folder.evaluation,
    )
