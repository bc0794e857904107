"""Which model is evaluated, on which photos, and which split of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QMenu, QPushButton, QSizePolicy, QWidget

from catdog_gui.evaluate.model_box import ElidedBox, ModelBox
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.card import Card
from trainer.core.dataset_choice import DatasetChoice
from trainer.storage.model_list import ModelEntry

_B = TypeVar("_B", bound=QComboBox)
_PATH = int(Qt.ItemDataRole.UserRole)
# None leaves the choice to the engine: the test split, or all photos where there is no test split.
_SPLITS: tuple[tuple[str, str | None], ...] = (
    (mark("Test photos"), None),
    (mark("All photos"), "all"),
    (mark("Training photos"), "train"),
    (mark("Validation photos"), "validation"),
)


class EvaluationChoice(Card):
    """Asks for an evaluation; the page makes it."""

    model_chosen = Signal(object)
    """Path of the model, when the user chose another."""
    evaluate_requested = Signal()
    other_folder_requested = Signal()
    other_zip_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.models = self._shaped(ModelBox(), tr("Model"))
        self.models.activated.connect(lambda: self.model_chosen.emit(self.model()))
        self.datasets = self._shaped(ElidedBox(), tr("Photos"))
        self.splits = self._shaped(ElidedBox(), tr("Split"))
        for title, split in _SPLITS:
            self.splits.addItem(tr(title), split)
        self.splits.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # a few short words
        self.splits.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.detail = QLabel()
        self.detail.setProperty("role", "small")
        self.detail.setWordWrap(True)
        self.models.currentIndexChanged.connect(lambda _row: self._show_detail())
        self.other = QPushButton(tr("Other photos"))
        self.other.setProperty("menu", True)
        menu = QMenu(self)
        menu.addAction(theme.icon("folder"), tr("Choose folder…"), self.other_folder_requested.emit)
        menu.addAction(theme.icon("zip"), tr("Choose zip or table…"), self.other_zip_requested.emit)
        self.other.setMenu(menu)
        self.go = QPushButton(tr("Evaluate"))
        self.go.setProperty("kind", "primary")
        self.go.clicked.connect(self.evaluate_requested)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.M)
        grid.setVerticalSpacing(theme.S)
        for row, (text, box) in ((0, (tr("Model"), self.models)), (2, (tr("Photos"), self.datasets))):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1, 1, 1 if row else 2)
        grid.addWidget(self.detail, 1, 1, 1, 2)
        grid.addWidget(self.splits, 2, 2)
        grid.addWidget(self.other, 2, 3)
        grid.addWidget(self.go, 0, 3)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self._refresh()

    def model(self) -> Path | None:
        """Return the model chosen."""
        return self.models.chosen()

    def dataset(self) -> DatasetChoice | None:
        """Return the dataset chosen."""
        choice = self.datasets.currentData(_PATH)
        return choice if isinstance(choice, DatasetChoice) else None

    def split(self) -> str | None:
        """Return the split chosen; None leaves it to the engine."""
        chosen: str | None = self.splits.currentData(_PATH)
        return chosen

    def show_models(self, entries: Sequence[ModelEntry], wanted: Path | None) -> None:
        """Offer these models. Selects the wanted one, else the one that was selected, else the first."""
        wanted = wanted or self.model()
        self.models.show_models(entries)
        paths = [entry.path for entry in entries]
        self.models.setCurrentIndex(paths.index(wanted) if wanted in paths else (0 if paths else -1))
        self._show_detail()
        self._refresh()

    def offer_dataset(self, dataset: DatasetChoice, *, own: bool) -> None:
        """Offer a dataset, and select it where it is the model's own or none is selected."""
        places = [self.datasets.itemData(row, _PATH) for row in range(self.datasets.count())]
        if dataset not in places:
            words = tr("{dataset} in {folder}", dataset=dataset.name, folder=Path(dataset.root).parent)
            self.datasets.insertItem(0, words, dataset)
            self.datasets.setItemData(0, plain_tooltip(dataset.root), Qt.ItemDataRole.ToolTipRole)
            places.insert(0, dataset)
        if own or self.datasets.currentIndex() < 0:
            self.datasets.setCurrentIndex(places.index(dataset))
        self._refresh()

    def _refresh(self) -> None:
        self.models.setEnabled(self.models.count() > 0)
        self.datasets.setEnabled(self.datasets.count() > 0)
        self.models.setPlaceholderText(tr("No model yet"))
        self.datasets.setPlaceholderText(tr("Choose photos"))
        self.go.setEnabled(self.model() is not None and self.dataset() is not None)

    def _show_detail(self) -> None:
        self.detail.setText(self.models.detail())
        self.detail.setVisible(bool(self.models.detail()))

    @staticmethod
    def _shaped(box: _B, name: str) -> _B:
        """Let a box be named, and be cut rather than make the page wider than the window."""
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(4)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return box
