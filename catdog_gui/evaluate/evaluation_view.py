"""An evaluation: the large figures, each class, the confusion matrix, and the photos behind its cells."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.evaluate.charts.reliability_chart import ReliabilityChart
from catdog_gui.evaluate.charts.roc_chart import RocChart
from catdog_gui.evaluate.class_table import ClassTable
from catdog_gui.evaluate.confusion_matrix import ConfusionMatrix
from catdog_gui.evaluate.coverage_card import CoverageCard
from catdog_gui.evaluate.evaluation_words import (
    calibration_words,
    cell_title,
    doubt_words,
    doubts,
    mistakes_title,
    order_words,
    photo_story,
    threshold_words,
    unsure_words,
    verdict_words,
    which_photos,
)
from catdog_gui.evaluate.threshold_card import ThresholdCard
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.evaluate.wrong_label import Labelled
from catdog_gui.look import theme
from catdog_gui.look.language import number, tr, translated
from catdog_gui.look.words import interval, percent, ratio
from catdog_gui.state.explainer import Explainer
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.figure import Figure
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from catdog_gui.widgets.reflow import Reflow
from catdog_gui.widgets.why.subject import Subject
from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.inference.curves import outcomes

_TWO_COLUMNS = 640


class EvaluationView(QWidget):
    """Shows one evaluation; a click on a cell of the matrix shows its photos."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._photos: DatasetPhotos | None = None
        self._explainer: Explainer | None = None
        self._judged: dict[str, EvaluatedPhoto] = {}
        self.doubt = Notice("advice", "")
        self.words = _line()
        self.honesty = _line()
        self._make_figures()
        self.coverage = CoverageCard()
        self.threshold = ThresholdCard()
        self.charts = (ReliabilityChart(), RocChart())
        self._chart_cards = (Card(), Card())
        self.table = ClassTable()
        self.matrix = ConfusionMatrix()
        self.matrix.cell_chosen.connect(self._show_cell)
        self.mistakes = QPushButton()
        self.mistakes.clicked.connect(self._show_mistakes)
        self.tiles = PhotoTiles(tr("Photos of the chosen cell"), side=128)
        self.tiles.setMinimumHeight(360)
        self.tiles.tile_chosen.connect(self._show_larger)
        self.order = _line()
        self.none = _line(tr("There are no such photos."))
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def show_evaluation(self, evaluation: Evaluation, dataset: str, explainer: Explainer | None = None) -> None:
        """Show an evaluation of photos in the dataset at this path, by the model that explains its verdicts."""
        self.close_photos()
        self._explainer = explainer
        self._evaluation, self._photos = evaluation, DatasetPhotos(dataset)
        found = doubts(evaluation)
        self.doubt.setVisible(found is not None)
        if found is not None:
            self.doubt.say("advice", doubt_words(found), translated(found.advice))
        self.words.setText(f"{which_photos(evaluation)} {threshold_words(evaluation)}")
        self.honesty.setText(f"{unsure_words(evaluation)} {calibration_words(evaluation)}".strip())
        self.unsure.show_value(number(evaluation.not_sure))
        self.accuracy.show_value(percent(evaluation.accuracy, 1))
        self.interval.show_value(interval(*evaluation.accuracy_interval))
        self.baseline.show_value(percent(evaluation.baseline, 1))
        self.loss.show_value(number(evaluation.loss, 3))
        self.area.show_value(ratio(evaluation.roc_auc))
        self.coverage.show_evaluation(evaluation)
        probabilities, targets = outcomes(evaluation)
        self.threshold.show_evaluation(evaluation, probabilities, targets)
        for chart, card in zip(self.charts, self._chart_cards, strict=True):
            chart.show_outcomes(evaluation, probabilities, targets)
            card.setHidden(chart.isHidden())
        self.table.show_metrics(evaluation)
        self.matrix.show_counts(evaluation.classes, evaluation.confusion)
        self.mistakes.setText(mistakes_title(len(evaluation.wrong)))
        self.mistakes.setEnabled(bool(evaluation.wrong))
        worst = max(((0, 1), (1, 0)), key=lambda cell: evaluation.confusion[cell[0]][cell[1]])
        self.matrix.choose(*worst)

    def close_photos(self) -> None:
        """Close the dataset's files."""
        self.tiles.show_tiles(None, [])
        if self._photos is not None:
            self._photos.close()

    def _make_figures(self) -> None:
        self.accuracy = Figure(tr("accuracy"), tr("The share of these photos that the model gets right."))
        self.interval = Figure(
            tr("likely range (95 %)"),
            tr("The range in which the accuracy on more photos of this kind most likely lies."),
        )
        self.baseline = Figure(tr("baseline"), tr("The accuracy of always choosing the class with more photos."))
        self.loss = Figure(
            tr("loss"), tr("Cross-entropy in nats: high where the model is wrong and sure of it. Lower is better.")
        )
        self.area = Figure(
            tr("ROC area"), tr("How well its probabilities separate the classes, whatever the threshold. 1 is best.")
        )
        self.unsure = Figure(tr("not sure"), tr("Photos for which the model's verdict is “not sure”."))

    def _lay_out(self) -> None:
        numbers, matrix, classes, photos = (
            Card(),
            Card(tr("Confusion matrix")),
            Card(tr("Each class")),
            Card(tr("Photos")),
        )
        figures = (self.accuracy, self.interval, self.baseline, self.unsure, self.loss, self.area)
        numbers.body.addWidget(Flow(*figures, spacing=theme.L))
        numbers.body.addWidget(self.words)
        numbers.body.addWidget(self.honesty)
        matrix.body.addWidget(self.matrix)
        matrix.body.addWidget(self.mistakes, 0, Qt.AlignmentFlag.AlignLeading)
        classes.body.addWidget(self.table)
        classes.body.addStretch(1)
        for chart, card in zip(self.charts, self._chart_cards, strict=True):
            card.body.addWidget(chart)
        self.photo_title = photos.title
        self.photo_title.setWordWrap(True)
        self.hint = _line(tr("Click a photo to see it larger."))
        for line in (self.order, self.hint):
            photos.body.addWidget(line)
        photos.body.addWidget(self.tiles, 1)
        photos.body.addWidget(self.none)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(self.doubt)
        layout.addWidget(numbers)
        layout.addWidget(Reflow(matrix, classes, breakpoint_px=_TWO_COLUMNS, whole=True))
        layout.addWidget(photos, 1)
        layout.addWidget(self.coverage)
        layout.addWidget(self.threshold)
        layout.addWidget(Reflow(*self._chart_cards, breakpoint_px=_TWO_COLUMNS, whole=True))

    def _show_cell(self, row: int, column: int) -> None:
        if self._evaluation is None:
            return
        true, predicted = self._evaluation.classes[row], self._evaluation.classes[column]
        judged = self._evaluation.right if row == column else self._evaluation.wrong
        chosen = [photo for photo in judged if (photo.class_name, photo.predicted) == (true, predicted)]
        self._show_photos(cell_title(true, predicted, len(chosen)), chosen, mistakes=row != column)

    def _show_mistakes(self) -> None:
        if self._evaluation is not None:
            self.matrix.choose_none()
            wrong = list(self._evaluation.wrong)
            self._show_photos(mistakes_title(len(wrong)), wrong, mistakes=True)

    def _show_photos(self, title: str, chosen: list[EvaluatedPhoto], *, mistakes: bool) -> None:
        assert self._evaluation is not None
        # A photo with the verdict "not sure" is among the least sure, however probable its nearest class is.
        chosen.sort(key=lambda photo: bool(photo.reason) == mistakes)
        self.photo_title.setText(title)
        unsure = sum(bool(photo.reason) for photo in chosen)
        self.order.setText(order_words(len(chosen), unsure, mistakes=mistakes))
        for widget in (self.order, self.tiles, self.hint):
            widget.setVisible(bool(chosen))
        self.none.setVisible(not chosen)
        self._judged = {photo.path: photo for photo in chosen}
        self.tiles.show_tiles(self._photos, [_tile(photo, self._evaluation.classes) for photo in chosen])

    def _show_larger(self, tile: Tile) -> None:
        if self._photos is not None:
            TileDialog(
                self.tiles, self._photos, tile, subject_of=self._subject, labelled_of=self._labelled, parent=self
            ).open()

    def _labelled(self, tile: Tile) -> Labelled:
        assert self._evaluation is not None
        return Labelled(tile.path, self._judged[tile.path].class_name, self._evaluation.classes)

    def _subject(self, tile: Tile) -> Subject | None:
        """Return what is explained of a photo: nothing speaks for a class that it seems not to have."""
        evaluation, photos, photo = self._evaluation, self._photos, self._judged[tile.path]
        if self._explainer is None or evaluation is None or photos is None or photo.unlike:
            return None
        return Subject(lambda: photos.read(tile.path), photo.predicted, evaluation.classes, self._explainer)


def _line(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    return label


def _tile(photo: EvaluatedPhoto, classes: tuple[str, str]) -> Tile:
    index = classes.index(photo.predicted)
    share = photo.probability if index == 1 else 1 - photo.probability
    return Tile(
        photo.path,
        photo.path.rsplit("/", 1)[-1],
        verdict_words(photo, share),
        None if photo.reason else index,
        detail=translated(photo.reason),
        story=photo_story(photo, share),
    )
