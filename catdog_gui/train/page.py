"""The Train page: settings before a run, the run while it goes on, its result at the end."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.look.words import day
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RECIPE_NOTE
from catdog_gui.train.run_view import RunView
from catdog_gui.train.train_setup import TrainSetup
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.page_layout import lay_out_page
from trainer.core.config import TrainConfig
from trainer.core.results import RunResult
from trainer.core.run_state import RunState
from trainer.dataset.records import Dataset
from trainer.storage.run_list import RunSummary, list_runs

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
        self._continue = self.resume_offer.add_button("Continue", primary=True)
        self._dismiss_offer = self.resume_offer.add_button("Dismiss")
        self._offered: RunSummary | None = None
        self._recipe = ""
        """Of the run that is shown."""
        lay_out_page(self, "Train", (self.resume_offer,), (self.setup, self.run_view), self.setup.footer)
        self._connect()
        self.setup.show_dataset(context.current_dataset)

    def offer_resume(self) -> None:
        """Offer to continue a run that was cut off, such as by a crash. Looks for one in the background.

        The offer appears on this page, and the user stays on whichever page is shown.
        """
        folder = self._context.settings.runs_folder
        task = worker.start(lambda _emit, _control: interrupted_run(folder), parent=self)
        task.succeeded.connect(self._offer)

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
        summary.again_requested.connect(self._show_setup)
        self._continue.clicked.connect(self._resume_offered)
        self._dismiss_offer.clicked.connect(self._dismiss)

    def _start(self, config: TrainConfig) -> None:
        if not self._controller.running:
            self._recipe = config.recipe
            self._controller.start(config)

    def _on_started(self) -> None:
        self._withdraw_offer()
        self.run_view.begin(self._recipe)
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

    def _show_setup(self) -> None:
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
        if folder is not None and not self._controller.running:
            self._controller.resume(folder)

    def _offer(self, run: RunSummary | None) -> None:
        if run is None or self._controller.running or self._context.settings.note(_DISMISSED) == str(run.folder):
            return
        self._offered = run
        name = Path(run.config.dataset).name
        self.resume_offer.say(
            "advice",
            f"The run on {name} of {day(run.created)} was cut off before its end.",
            "It can continue exactly where it was last saved.",
        )
        self.resume_offer.show()
        self._context.resume_offered.emit(True)

    def _withdraw_offer(self) -> None:
        self.resume_offer.hide()
        self._context.resume_offered.emit(False)

    def _resume_offered(self) -> None:
        if self._offered is not None and not self._controller.running:
            self._recipe = self._offered.config.recipe
            self._controller.resume(self._offered.folder)

    def _dismiss(self) -> None:
        if self._offered is not None:
            self._context.settings.set_note(_DISMISSED, str(self._offered.folder))
        self._withdraw_offer()


def interrupted_run(runs_folder: Path) -> RunSummary | None:
    """Return the newest run, where it was cut off and can continue. In another thread: it reads many files."""
    newest = next(iter(list_runs(runs_folder)), None)
    return newest if newest is not None and newest.status == "interrupted" and newest.resumable else None
