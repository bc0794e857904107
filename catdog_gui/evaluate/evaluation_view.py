"""An evaluation: the large figures, each class, the confusion matrix, and the photos behind its cells."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from catdog_gui.evaluate.class_table import ClassTable
from catdog_gui.evaluate.confusion_matrix import ConfusionMatrix
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.look import theme
from catdog_gui.look.words import percent, probability
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.figure import Figure
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from catdog_gui.widgets.reflow import Reflow
from trainer.core.results import EvaluatedPhoto, Evaluation

_TWO_COLUMNS = 640


class EvaluationView(QWidget):
    """Shows one evaluation; a click on a cell of the matrix shows its photos."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._photos: DatasetPhotos | None = None
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.honesty = QLabel()
        self.honesty.setProperty("role", "muted")
        self.honesty.setWordWrap(True)
        self.accuracy = Figure("accuracy", "The share of these photos that the model gets right.")
        self.interval = Figure(
            "likely range (95 %)", "The range in which the accuracy on more photos of this kind most likely lies."
        )
        self.baseline = Figure("baseline", "The accuracy of always choosing the class with more photos.")
        self.loss = Figure(
            "loss", "Cross-entropy in nats: high where the model is wrong and sure of it. Lower is better."
        )
        self.area = Figure(
            "ROC area", "How well its probabilities separate the classes, whatever the threshold. 1 is best."
        )
        self.unsure = Figure("not sure", "Photos for which the model's verdict is “not sure”.")
        self.table = ClassTable()
        self.matrix = ConfusionMatrix()
        self.matrix.cell_chosen.connect(self._show_cell)
        self.tiles = PhotoTiles("Photos of the chosen cell", side=128)
        self.tiles.setMinimumHeight(360)
        self.tiles.tile_chosen.connect(self._show_larger)
        self._lay_out()

    def show_evaluation(self, evaluation: Evaluation, dataset: str) -> None:
        """Show an evaluation of photos in the dataset at this path."""
        self.close_photos()
        self._evaluation, self._photos = evaluation, DatasetPhotos(dataset)
        photos = f"{evaluation.photos:,} photos of {evaluation.dataset}"
        which = "all" if evaluation.split == "all" else f"the {evaluation.split} split"
        self.words.setText(f"{photos} ({which}). Photos from {threshold_words(evaluation)}.")
        self.honesty.setText(f"{unsure_words(evaluation)} {calibration_words(evaluation)}".strip())
        self.unsure.show_value(f"{evaluation.not_sure:,}")
        low, high = evaluation.accuracy_interval
        self.accuracy.show_value(percent(evaluation.accuracy, 1))
        self.interval.show_value(f"{100 * low:.1f}–{100 * high:.1f} %")
        self.baseline.show_value(percent(evaluation.baseline, 1))
        self.loss.show_value(f"{evaluation.loss:.3f}")
        self.area.show_value("–" if evaluation.roc_auc is None else f"{evaluation.roc_auc:.3f}")
        self.table.show_metrics(evaluation)
        self.matrix.show_counts(evaluation.classes, evaluation.confusion)
        worst = max(((0, 1), (1, 0)), key=lambda cell: evaluation.confusion[cell[0]][cell[1]])
        self.matrix.choose(*worst)

    def close_photos(self) -> None:
        """Close the dataset's files."""
        self.tiles.show_tiles(None, [])
        if self._photos is not None:
            self._photos.close()

    def _lay_out(self) -> None:
        numbers, matrix, classes, photos = (Card(), Card("Confusion matrix"), Card("Each class"), Card("Photos"))
        figures = QHBoxLayout()
        figures.setSpacing(theme.L)
        for figure in (self.accuracy, self.interval, self.baseline, self.unsure, self.loss, self.area):
            figures.addWidget(figure)
        figures.addStretch(1)
        numbers.body.addLayout(figures)
        numbers.body.addWidget(self.words)
        numbers.body.addWidget(self.honesty)
        matrix.body.addWidget(self.matrix)
        classes.body.addWidget(self.table)
        classes.body.addStretch(1)
        self.photo_title = photos.title
        hint = QLabel("Click a photo to see it larger.")
        hint.setProperty("role", "small")
        photos.head.addWidget(hint)
        photos.body.addWidget(self.tiles, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(numbers)
        layout.addWidget(Reflow(matrix, classes, breakpoint_px=_TWO_COLUMNS))
        layout.addWidget(photos, 1)

    def _show_cell(self, row: int, column: int) -> None:
        evaluation = self._evaluation
        if evaluation is None:
            return
        true, predicted = evaluation.classes[row], evaluation.classes[column]
        judged = evaluation.right if row == column else evaluation.wrong
        chosen = [photo for photo in judged if (photo.class_name, photo.predicted) == (true, predicted)]
        # A photo with the verdict "not sure" is among the least sure, however probable its nearest class is.
        chosen.sort(key=lambda photo: bool(photo.reason) == (row != column))
        order = "the least sure first" if row == column else "the surest first"
        self.photo_title.setText(f"{true} called {predicted}: {len(chosen):,} photos, {order}")
        self.tiles.show_tiles(self._photos, [_tile(photo, evaluation.classes) for photo in chosen])

    def _show_larger(self, tile: Tile) -> None:
        if self._photos is not None:
            TileDialog(self.tiles, self._photos, tile, self).open()


def _tile(photo: EvaluatedPhoto, classes: tuple[str, str]) -> Tile:
    index = classes.index(photo.predicted)
    share = photo.probability if index == 1 else 1 - photo.probability
    name = photo.path.rsplit("/", 1)[-1]
    words = f"{probability(share)} {photo.predicted}"
    if photo.reason:
        return Tile(photo.path, name, f"not sure ({words})", detail=photo.reason)
    return Tile(photo.path, name, words, index)


def unsure_words(evaluation: Evaluation) -> str:
    """Return for how many photos the verdict is "not sure", and how the figures count those."""
    number = evaluation.not_sure
    if not number:
        return "It is sure of its verdict on every one of them."
    share = percent(number / evaluation.photos, 1)
    return (
        f"On {number:,} of them ({share}) its verdict is “not sure”; the other figures count the nearest class of "
        f"{'that photo' if number == 1 else 'those'}."
    )


def calibration_words(evaluation: Evaluation) -> str:
    """Return how well its probabilities are calibrated; empty where that was not measured."""
    error, before = evaluation.calibration_error, evaluation.calibration_error_before
    if error is None:
        return ""
    words = f"Its probabilities are off by {100 * error:.1f} percentage points on average"
    if before is None:
        return f"{words}."
    return f"{words} ({100 * before:.1f} before they were calibrated)."


def threshold_words(evaluation: Evaluation) -> str:
    """Return the threshold in words: from which probability on a photo is called the positive class."""
    return f"{percent(evaluation.threshold)} {evaluation.classes[1]} on are called {evaluation.classes[1]}"
