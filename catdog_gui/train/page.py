"""The Train page: settings before a run, the run while it goes on, its result at the end."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.look.language import tr
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RECIPE_NOTE
from catdog_gui.train.earlier_runs import EarlierRuns
from catdog_gui.train.elsewhere_dialog import ElsewhereDialog
from catdog_gui.train.run_view import RunView
from catdog_gui.train.train_setup import TrainSetup
from catdog_gui.widgets.go_on_dialog import ask_how_to_go_on, can_go_on, go_on, run_words, state_words
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.page_layout import lay_out_page
from trainer.core.config import TrainConfig
from trainer.core.errors import DatasetError, SettingError
from trainer.core.results import RunResult
from trainer.core.run_state import RunState
from trainer.dataset.records import Dataset
from trainer.storage.run_list import RunSummary, list_runs, summarise

_DISMISSED = "dismissed_run"


class TrainPage(QWidget):
    """Composes the setup and the run's view, and connects them with the run controller."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._controller = context.run_controller
        settings = context.settings
        self.setup = TrainSetup(self._controller.draft, {"device": settings.device, "threads": settings.threads})
        self.run_view = RunView(context)
        self.run_view.hide()
        self.resume_offer = Notice("advice", "")
        self.resume_offer.hide()
        self._continue = self.resume_offer.add_button(tr("Go on"), primary=True)
        self._dismiss_offer = self.resume_offer.add_button(tr("Dismiss"))
        self._offered: RunSummary | None = None
        lay_out_page(self, tr("Train"), (self.resume_offer,), (self.setup, self.run_view), self.setup.footer)
        self._connect()
        self.setup.show_dataset(context.current_dataset)

    def offer_resume(self) -> None:
        """Offer to go on with the newest run, where it did not reach its end. Looks for it in the background.

        The offer appears on this page, and the user stays on whichever page is shown.
        """
        self._list_runs(self._offer)

    def choose_earlier_run(self) -> None:
        """Let the user choose a run to go on with."""
        self._list_runs(self._show_earlier_runs)

    def train_elsewhere(self) -> None:
        """Let the user prepare a run for other machines, or take one back from them."""
        try:
            config = self.setup.config()
        except (SettingError, DatasetError):
            config = None
        dialog = ElsewhereDialog(self._context, config, self)
        dialog.taken.connect(lambda _folder: self._context.models_changed.emit())
        dialog.open()

    def _list_runs(self, then: Callable[[list[RunSummary]], None]) -> None:
        folder = self._context.settings.runs_folder
        task = worker.start(lambda _emit, _control: list_runs(folder), parent=self)  # it reads many files
        task.succeeded.connect(then)

    def _show_earlier_runs(self, runs: list[RunSummary]) -> None:
        possible = [run for run in runs if can_go_on(run)]
        if not possible:
            self._context.say(tr("There is no run yet that could go on."))
            return
        dialog = EarlierRuns(possible, self)
        dialog.chosen.connect(lambda run: ask_how_to_go_on(self, self._context, run))
        dialog.open()

    def _connect(self) -> None:
        context, controller, header, summary = (
            self._context,
            self._controller,
            self.run_view.header,
            self.run_view.summary,
        )
        context.dataset_chosen.connect(self._on_dataset_chosen)
        self.setup.dataset.choose_requested.connect(lambda: context.show_page("data"))
        self.setup.start_requested.connect(self._start)
        self.setup.recipes.changed.connect(lambda name: context.settings.set_note(RECIPE_NOTE, name))
        controller.started.connect(self._on_started)
        controller.stopping.connect(header.show_stopping)
        controller.state_changed.connect(self.run_view.show_state)
        controller.ended.connect(self._on_ended)
        header.pause_requested.connect(controller.pause)
        header.continue_requested.connect(controller.unpause)
        header.stop_requested.connect(controller.stop)
        summary.use_requested.connect(self._use_model)
        summary.evaluation_requested.connect(self._see_evaluation)
        summary.resume_requested.connect(self._resume_same)
        summary.longer_requested.connect(self._train_longer)
        summary.again_requested.connect(self._show_setup)
        context.setup_requested.connect(self._set_up)
        self.setup.earlier_requested.connect(self.choose_earlier_run)
        self.setup.elsewhere_requested.connect(self.train_elsewhere)
        self.setup.last_requested.connect(lambda: self._show(self.run_view))
        self._continue.clicked.connect(self._resume_offered)
        self._dismiss_offer.clicked.connect(self._dismiss)

    def _start(self, config: TrainConfig) -> None:
        if not self._controller.running:
            dataset = self.setup.dataset.dataset
            self._controller.start(config, known=dataset.photos if dataset is not None else ())

    def _on_started(self) -> None:
        self._withdraw_offer()
        controller = self._controller
        self.run_view.begin(controller.recipe, controller.seconds, augmented=controller.augmented)
        self._show(self.run_view)

    def _on_ended(self, result: RunResult) -> None:
        state: RunState = self._controller.state
        self.run_view.show_result(result, state)
        if result.model is not None:
            self._context.models_changed.emit()
        if result.error is not None and result.error.details:
            self._context.report(result.error)

    def _on_dataset_chosen(self, dataset: Dataset) -> None:
        self.setup.show_dataset(dataset)
        if not self._controller.running:
            self._show_setup()

    def _set_up(self) -> None:
        if not self._controller.running:
            self._show_setup()

    def _show_setup(self) -> None:
        self.setup.offer_last_result(self._controller.state.result is not None)
        self._show(self.setup)

    def _show(self, part: QWidget) -> None:
        self.run_view.setVisible(part is self.run_view)
        for widget in (self.setup, self.setup.footer):
            widget.setVisible(part is self.setup)

    def _use_model(self) -> None:
        result = self._controller.state.result
        if result is not None and result.model is not None:
            self._context.use_model(Path(result.model))
            self._context.show_page("classify")

    def _see_evaluation(self) -> None:
        result = self._controller.state.result
        if result is not None and result.model is not None:
            self._context.evaluate(Path(result.model))

    def _resume_same(self) -> None:
        folder = self._controller.run_folder
        controller = self._controller
        if folder is not None and not controller.running:
            controller.resume(
                folder, recipe=controller.recipe, seconds=controller.seconds, augmented=controller.augmented
            )

    def _train_longer(self) -> None:
        folder = self._controller.run_folder
        run = summarise(folder) if folder is not None else None
        if run is not None:
            ask_how_to_go_on(self, self._context, run)

    def _offer(self, runs: list[RunSummary]) -> None:
        run = runs[0] if runs else None
        dismissed = self._context.settings.note(_DISMISSED)
        if run is None or not run.resumable or self._controller.running or dismissed == str(run.folder):
            return
        self._offered = run
        remedy = (
            tr("It can go on exactly where it was last saved.")
            if run.saved
            else tr("Nothing of it was saved yet, so it begins again.")
        )
        self.resume_offer.say("advice", f"{run_words(run)}. {state_words(run)}", remedy)
        self.resume_offer.show()
        self._context.resume_offered.emit(True)

    def _withdraw_offer(self) -> None:
        self.resume_offer.hide()
        self._context.resume_offered.emit(False)

    def _resume_offered(self) -> None:
        if self._offered is not None and not self._controller.running:
            go_on(self._context, self._offered)

    def _dismiss(self) -> None:
        if self._offered is not None:
            self._context.settings.set_note(_DISMISSED, str(self._offered.folder))
        self._withdraw_offer()
