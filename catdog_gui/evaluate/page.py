"""The Evaluate page: how good a model is, on the photos it was tested with or on any others."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from catdog_gui import worker
from catdog_gui.evaluate.evaluation_choice import EvaluationChoice
from catdog_gui.evaluate.evaluation_view import EvaluationView
from catdog_gui.evaluate.robustness.robustness_card import RobustnessCard, Subject
from catdog_gui.evaluate.training_curves import TrainingCurves
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.state.explainer import Explainer, LoadedModel
from catdog_gui.widgets import choose_dataset
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.page_layout import lay_out_page
from catdog_gui.widgets.save_report import save_report
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import TrainerError
from trainer.core.events import Noted, StageProgressed
from trainer.core.results import ErrorRecord, Evaluation
from trainer.core.robustness import Robustness
from trainer.dataset.records import Dataset
from trainer.storage.model_list import ModelEntry, list_models
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import summarise


class Kept(NamedTuple):
    """What a run's folder says about its model."""

    dataset: DatasetChoice
    evaluation: Evaluation | None
    robustness: Robustness | None


class EvaluatePage(QWidget):
    """Shows a run's own evaluation at once, and makes new ones in the background."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: worker.Task | None = None
        self._loaded = LoadedModel()
        # Not the starter model: the latest run has more to show.
        self._wanted: Path | None = context.settings.current_model
        self._listed = False
        self._listing = worker.Newest(self)
        self._listing.done.connect(self._show_models)
        self.choice = EvaluationChoice()
        self.work = WorkBar()
        self.problem = Notice("error", "")
        self.problem.hide()
        self.note = Notice("info", "")
        self.note.hide()
        self.view = EvaluationView()
        self.view.hide()
        self.curves = TrainingCurves(context)
        self.robustness = RobustnessCard(context)
        self.robustness.hide()
        self.report = QPushButton(tr("Save report…"))
        self.report.setIcon(theme.icon("save"))
        self.report.setToolTip(tr("Save a report of the run that made this model"))
        self.report.setEnabled(False)
        self.report.clicked.connect(self._save_report)
        self._run: Path | None = None
        self.nothing = QLabel(tr("Choose a model and photos in two classes to see how many of them it gets right."))
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lines = (self.choice, self.problem, self.work, self.note)
        lay_out_page(
            self, tr("Evaluate"), lines, (self.nothing, self.view, self.robustness, self.curves), beside=self.report
        )
        self._connect()

    def show_model(self, model: Path) -> None:
        """Select this model, and show the evaluation of its run."""
        self._wanted = model
        self.list_models()

    def list_models(self) -> None:
        """Read the list of models again, in the background."""
        self._listed = True
        folder = self._context.settings.runs_folder
        self._listing.start(lambda _emit, _control: list_models(folder))

    def evaluate(self) -> None:
        """Evaluate what is chosen."""
        model, dataset, split = (self.choice.model(), self.choice.dataset(), self.choice.split())
        if model is None or dataset is None or self._task is not None:
            return
        self.problem.hide()
        self.note.hide()
        self.work.begin(tr("Evaluating on {dataset}", dataset=dataset.name))
        self.choice.setEnabled(False)
        settings = self._context.settings
        work = _evaluation(model, dataset, split, device=settings.device, threads=settings.threads)
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._advance)
        self._task.succeeded.connect(lambda evaluation: self._show_evaluation(evaluation, dataset.root, model))
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(lambda: self._context.say(tr("Cancelled.")))
        self._task.finished.connect(self._end)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list of models when the page is first shown."""
        super().showEvent(event)
        if not self._listed:
            self.list_models()

    def _connect(self) -> None:
        context = self._context
        context.evaluate_requested.connect(self.show_model)
        context.models_changed.connect(self.list_models)
        context.dataset_chosen.connect(self._offer_dataset)
        if context.current_dataset is not None:
            self._offer_dataset(context.current_dataset)
        self.choice.model_chosen.connect(self._on_model_chosen)
        self.choice.evaluate_requested.connect(self.evaluate)
        self.choice.other_folder_requested.connect(self._choose_folder)
        self.choice.other_zip_requested.connect(self._choose_zip)
        self.work.cancel_requested.connect(self._cancel)
        self.robustness.asked.connect(self._measure_robustness)
        self.view.coverage.save_requested.connect(lambda strictness: self._save_copy(strictness=strictness))
        self.view.threshold.save_requested.connect(lambda threshold: self._save_copy(threshold=threshold))

    def _show_models(self, entries: list[ModelEntry]) -> None:
        before = self.choice.model()
        self.choice.show_models(entries, self._wanted)
        model = self.choice.model()
        if model is not None and (model == self._wanted or model != before):
            self._on_model_chosen(model)
        self._wanted = None

    def _on_model_chosen(self, model: Path) -> None:
        self._offer_report(None)
        task = worker.start(lambda _emit, _control: kept(model), parent=self)
        task.succeeded.connect(lambda found: self._show_kept(model, found))

    def _show_kept(self, model: Path, found: Kept | None) -> None:
        if model != self.choice.model():
            return
        self._offer_report(model.parent if found is not None else None)
        if self._task is not None:
            return
        self.problem.hide()
        self.note.hide()
        self.curves.show_run(model.parent if found is not None else None)
        self.robustness.show_model(found.robustness if found is not None else None, found.dataset if found else None)
        self.robustness.show()
        if found is not None:
            self.choice.offer_dataset(found.dataset, own=True)
        if found is not None and found.evaluation is not None:
            self._show_evaluation(found.evaluation, found.dataset.root, model)
        else:
            self.view.hide()  # it is about another model
            self.nothing.show()

    def _show_evaluation(self, evaluation: Evaluation, dataset: str, model: Path) -> None:
        settings = self._context.settings
        self.nothing.hide()
        self.view.show()
        explainer = Explainer(self._loaded, model, settings.device, settings.threads)
        self.view.show_evaluation(evaluation, dataset, explainer)

    def _offer_report(self, run: Path | None) -> None:
        self._run = run
        self.report.setEnabled(run is not None)

    def _save_report(self) -> None:
        if self._run is not None:
            save_report(self._run, self._context, self)

    def _measure_robustness(self) -> None:
        model, dataset, split = (self.choice.model(), self.choice.dataset(), self.choice.split())
        if model is None or dataset is None:
            self._context.say(tr("Choose photos first."))
            return
        self.robustness.measure(Subject(model, dataset, split))

    def _save_copy(self, *, strictness: float = 0.0, threshold: float | None = None) -> None:
        """Keep a copy of the model with other limits among the saved models."""
        model = self.choice.model()
        if model is None:
            return
        task = worker.start(lambda _emit, _control: _copied(model, strictness, threshold), parent=self)
        task.succeeded.connect(self._copy_saved)
        task.failed.connect(self._fail)

    def _copy_saved(self, copy: Path) -> None:
        self._context.models_changed.emit()
        self._context.say(tr("Saved as {path}", path=str(copy)))

    def _advance(self, event: StageProgressed | Noted) -> None:
        if isinstance(event, Noted):
            self.note.say("info", translated(event.text))
            self.note.show()
        else:
            self.work.advance(event.done, event.total, "")

    def _fail(self, error: ErrorRecord) -> None:
        self.problem.say("error", translated(error.what), translated(error.remedy))
        self.problem.show()
        if error.details:
            self._context.report(error)

    def _end(self) -> None:
        self._task = None
        self.work.end()
        self.choice.setEnabled(True)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _offer_dataset(self, dataset: Dataset) -> None:
        self.choice.offer_dataset(dataset.choice, own=False)

    def _choose_folder(self) -> None:
        self._take_other(choose_dataset.choose_folder(self, self._context.settings))

    def _choose_zip(self) -> None:
        self._take_other(choose_dataset.choose_zip(self, self._context.settings))

    def _take_other(self, path: Path | None) -> None:
        if path is not None:
            self.choice.offer_dataset(DatasetChoice.of(path), own=True)


def kept(model: Path) -> Kept | None:
    """Return what a model's run says about it; None where it belongs to no run. For a worker thread: reads files."""
    try:
        run = summarise(model.parent)
    except (TrainerError, OSError):
        return None
    if run is None or run.model != model:
        return None
    robustness = None
    with suppress(TrainerError, OSError):  # without it, there is the rest
        robustness = RunFolder(run.folder).read_robustness()
    return Kept(run.config.photos, run.evaluation, robustness)


def _evaluation(model: Path, dataset: DatasetChoice, split: str | None, *, device: str, threads: int) -> worker.Work:
    """Return the work of evaluating a model."""

    def work(emit: worker.Emit, control: RunControl) -> Evaluation:
        from trainer.inference.evaluate import evaluate_model  # noqa: PLC0415 - brings torch along

        return evaluate_model(
            model,
            dataset,
            split=split,
            device=device,
            threads=threads,
            progress=lambda done, total: emit(StageProgressed(stage="evaluate", done=done, total=total)),
            cancelled=control.should_stop,
            note=lambda text: emit(Noted(text=text)),
        )

    return work


def _copied(model: Path, strictness: float, threshold: float | None) -> Path:
    from trainer.inference import model_copy  # noqa: PLC0415 - brings torch along

    if threshold is not None:
        return model_copy.copy_with_threshold(model, threshold)
    return model_copy.copy_with_strictness(model, strictness)
