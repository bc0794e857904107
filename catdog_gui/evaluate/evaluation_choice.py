"""Which model is evaluated, on which photos, and which split of them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QMenu, QPushButton, QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.words import model_detail
from catdog_gui.widgets.card import Card
from trainer.core.dataset_choice import DatasetChoice
from trainer.dataset.records import SPLITS
from trainer.storage.model_list import ModelEntry

_PATH = int(Qt.ItemDataRole.UserRole)
_SPLITS: dict[str, str | None] = {"Test photos": None} | {
    "All photos": "all",
    **{f"{split.capitalize()} photos": split for split in SPLITS if split != "test"},
}
"""None leaves the choice to the engine: the test split, or all photos where there is no test split."""


class EvaluationChoice(Card):
    """Asks for an evaluation; the page makes it."""

    model_chosen = Signal(object)
    """Path of the model, when the user chose another."""
    evaluate_requested = Signal()
    other_folder_requested = Signal()
    other_zip_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.models = self._box("Model")
        self.models.activated.connect(lambda: self.model_chosen.emit(self.model()))
        self.datasets = self._box("Photos")
        self.splits = self._box("Split")
        self.splits.addItems(list(_SPLITS))
        self.other = QPushButton("Other photos")
        self.other.setProperty("menu", True)
        menu = QMenu(self)
        menu.addAction(theme.icon("folder"), "Choose folder…", self.other_folder_requested.emit)
        menu.addAction(theme.icon("zip"), "Choose zip…", self.other_zip_requested.emit)
        self.other.setMenu(menu)
        self.go = QPushButton("Evaluate")
        self.go.setProperty("kind", "primary")
        self.go.clicked.connect(self.evaluate_requested)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.M)
        grid.setVerticalSpacing(theme.S)
        for row, (text, box) in enumerate((("Model", self.models), ("Photos", self.datasets))):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1, 1, 2 - row)
        grid.addWidget(self.splits, 1, 2)
        grid.addWidget(self.other, 1, 3)
        grid.addWidget(self.go, 0, 3)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self._refresh()

    def model(self) -> Path | None:
        """Return the model chosen."""
        path = self.models.currentData(_PATH)
        return path if isinstance(path, Path) else None

    def dataset(self) -> DatasetChoice | None:
        """Return the dataset chosen."""
        choice = self.datasets.currentData(_PATH)
        return choice if isinstance(choice, DatasetChoice) else None

    def split(self) -> str | None:
        """Return the split chosen; None leaves it to the engine."""
        return _SPLITS[self.splits.currentText()]

    def show_models(self, entries: Sequence[ModelEntry], wanted: Path | None) -> None:
        """Offer these models. Selects the wanted one, else the one that was selected, else the first."""
        wanted = wanted or self.model()
        self.models.clear()
        for entry in entries:
            self.models.addItem(f"{entry.title}  ({model_detail(entry)})", entry.path)
        paths = [entry.path for entry in entries]
        self.models.setCurrentIndex(paths.index(wanted) if wanted in paths else (0 if paths else -1))
        self._refresh()

    def offer_dataset(self, dataset: DatasetChoice, *, own: bool) -> None:
        """Offer a dataset, and select it where it is the model's own or none is selected."""
        places = [self.datasets.itemData(row, _PATH) for row in range(self.datasets.count())]
        if dataset not in places:
            self.datasets.insertItem(0, dataset.name, dataset)
            self.datasets.setItemData(0, dataset.root, Qt.ItemDataRole.ToolTipRole)
            places.insert(0, dataset)
        if own or self.datasets.currentIndex() < 0:
            self.datasets.setCurrentIndex(places.index(dataset))
        self._refresh()

    def _refresh(self) -> None:
        self.models.setEnabled(self.models.count() > 0)
        self.datasets.setEnabled(self.datasets.count() > 0)
        self.models.setPlaceholderText("No model yet")
        self.datasets.setPlaceholderText("Choose photos")
        self.go.setEnabled(self.model() is not None and self.dataset() is not None)

    @staticmethod
    def _box(name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return box
