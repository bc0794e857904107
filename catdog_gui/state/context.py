"""What the pages share: the settings, the model in use, and how they reach the window and one another."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from catdog_gui.state.settings import Settings
from trainer.core.results import ErrorRecord
from trainer.files.kinds import is_file
from trainer.storage import starter

if TYPE_CHECKING:
    from catdog_gui.state.run_controller import RunController
    from trainer.dataset.records import Dataset

PageName = Literal["classify", "data", "train", "evaluate", "models"]


class Context(QObject):
    """Handed to every page. A page sets things here and listens here; it knows no other page."""

    model_changed = Signal(object)  # Path | None
    page_requested = Signal(str)  # PageName
    error_reported = Signal(object)  # ErrorRecord
    said = Signal(str)
    dataset_chosen = Signal(object)  # Dataset
    evaluate_requested = Signal(object)  # Path of the model
    models_changed = Signal()  # a model was made, renamed or deleted
    setup_requested = Signal()  # the settings of a new run
    resume_offered = Signal(bool)  # whether the Train page offers to continue an interrupted run

    run_controller: "RunController"
    photo_count = 0
    """How many photos the Classify page has."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._model = settings.current_model
        self._dataset: Dataset | None = None

    @property
    def current_model(self) -> Path | None:
        """The model in use: the one chosen, else the starter model; None where there is neither."""
        if self._model is not None and not is_file(self._model):
            self._model = None
        return self._model or starter.starter_model()

    def use_model(self, path: Path | None) -> None:
        """Use this model from now on, also after the next start; None goes back to the starter model."""
        # The starter model is not remembered by its path, which may be another one after the next update.
        self._model = None if path == starter.starter_model() else path
        self.settings.current_model = self._model
        self.model_changed.emit(self.current_model)

    @property
    def current_dataset(self) -> "Dataset | None":
        """The dataset chosen last in this session."""
        return self._dataset

    def choose_dataset(self, dataset: "Dataset") -> None:
        """Make this the dataset to train with."""
        self._dataset = dataset
        self.dataset_chosen.emit(dataset)

    def show_page(self, name: PageName) -> None:
        """Bring a page to the front."""
        self.page_requested.emit(name)

    def set_up_run(self) -> None:
        """Show the settings of a new run, whatever the Train page shows now, unless a run is in progress."""
        self.page_requested.emit("train")
        self.setup_requested.emit()

    def evaluate(self, model: Path) -> None:
        """Show the evaluation page with this model chosen."""
        self.page_requested.emit("evaluate")
        self.evaluate_requested.emit(model)

    def report(self, error: ErrorRecord) -> None:
        """Show an error to the user, without stopping anything."""
        self.error_reported.emit(error)

    def say(self, text: str) -> None:
        """Show a short sentence over the foot of the page for a while."""
        self.said.emit(text)
