"""The charts of the Evaluate page: what they draw, what they say, and the slider between the classes."""

from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.charts.chart import Chart
from catdog_gui.evaluate.evaluation_view import EvaluationView
from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from tests.gui.recorded import evaluation
from trainer.core.results import EvaluatedPhoto, Evaluation, RunResult
from trainer.files.paths import models_folder
from trainer.inference.curves import outcomes, reliability, roc
from trainer.storage.model_description import read_description

CLASSES = ("cat", "dog")


def spread(count: int = 200) -> Evaluation:
    """Return an evaluation of photos whose probabilities are spread, of either class half."""
    chance = np.random.default_rng(4)
    photos = []
    for number in range(count):
        target = number % 2
        probability = float(1 / (1 + np.exp(-chance.normal(3 * target - 1.5, 1.5))))
        said = CLASSES[probability >= 0.5]
        photos.append(
            EvaluatedPhoto(
                path=f"{number}.jpg",
                class_name=CLASSES[target],
                predicted=said,
                probability=probability,
                strictness=abs(probability - 0.5),
            )
        )
    return replace(
        evaluation(),
        photos=count,
        not_sure=0,
        wrong=tuple(photo for photo in photos if photo.class_name != photo.predicted),
        right=tuple(photo for photo in photos if photo.class_name == photo.predicted),
    )


@pytest.fixture
def view(qtbot: QtBot) -> EvaluationView:
    view = EvaluationView()
    qtbot.addWidget(view, before_close_func=lambda view: view.tiles.tiles.close())
    view.resize(700, 2400)
    with qtbot.waitExposed(view):
        view.show()
    return view


def charts(view: EvaluationView) -> list[Chart]:
    return [*view.charts, view.threshold.histogram, view.threshold.precision_recall]


def test_they_draw_what_the_engine_says(view: EvaluationView) -> None:
    known = spread()
    view.show_evaluation(known, "/photos/pets")
    probabilities, targets = outcomes(known)
    believed, told_apart = view.charts
    diagram, curve = reliability(probabilities, targets), roc(probabilities, targets)
    assert curve is not None
    assert np.allclose(believed.dots.getData()[1], [one.observed for one in diagram.bins])
    assert np.allclose(told_apart.line.getData(), (curve.false_positive_rate, curve.true_positive_rate))
    own = told_apart.own.getData()
    wrong_cats = sum(photo.class_name == "cat" for photo in known.wrong)
    wrong_dogs = len(known.wrong) - wrong_cats
    assert (own[0][0], own[1][0]) == (wrong_cats / 100, 1 - wrong_dogs / 100)
    heights = [np.sum(bar.opts["height"]) for bar in view.threshold.histogram.bars]
    assert heights == [100, 100]
    assert all(chart.isVisible() for chart in charts(view))


def test_they_say_it_in_words_to_those_who_do_not_see_it(view: EvaluationView) -> None:
    known = spread()
    view.show_evaluation(known, "/photos/pets")
    believed, told_apart = view.charts
    bins = reliability(*outcomes(known)).bins
    assert believed.accessibleDescription().count("(likely range") == len(bins)
    assert f"off by {100 * reliability(*outcomes(known)).error:.1f} percentage points" in believed.caption.text()
    assert "The area under the curve is 0.9" in told_apart.caption.text()
    assert "Share of dog found, for at most so many cat taken for dog: 1 %: " in told_apart.accessibleDescription()
    assert view.threshold.histogram.accessibleDescription().startswith("100 photos of cat: ")
    assert "From 50 % on: precision " in view.threshold.precision_recall.accessibleDescription()
    for chart in charts(view):
        assert chart.accessibleName()
        chart.setFocus(Qt.FocusReason.TabFocusReason)
        assert chart.hasFocus()
        assert chart.plot.getPlotItem().getViewBox().border.style() != Qt.PenStyle.NoPen


def test_the_slider_says_what_another_line_would_change(view: EvaluationView) -> None:
    known = spread()
    view.show_evaluation(known, "/photos/pets")
    card = view.threshold
    assert card.words.text() == "A photo is called dog from a probability of 50 % on."
    assert not card.save.isEnabled()
    for _step in range(2):
        QTest.keyClick(card.slider, Qt.Key.Key_PageUp)
    fewer = sum(photo.class_name == "cat" and photo.probability < 0.7 for photo in known.wrong)
    more = sum(photo.class_name == "dog" and photo.probability < 0.7 for photo in known.right)
    assert min(fewer, more) > 1
    assert card.words.text() == (
        f"A photo is called dog from a probability of 70 % on. {fewer} fewer photos of cat are called dog, {more} more "
        "photos of dog are called cat."
    )
    assert card.slider.accessibleDescription() == card.words.text()
    assert card.histogram.limit.value() == card.precision_recall.limit.value() == 0.7
    saved: list[float] = []
    card.save_requested.connect(saved.append)
    card.save.click()
    assert saved == [0.7]
    view.show_evaluation(replace(known, threshold=0.504), "/photos/pets")
    assert (card.threshold, card.save.isEnabled()) == (0.504, False)  # exactly the model's own
    view.show_evaluation(replace(known, threshold=0.0), "/photos/pets")
    assert (card.threshold, card.slider.value()) == (0.0, 1)


def test_a_chart_that_has_nothing_to_show_is_not_there(view: EvaluationView) -> None:
    known = spread()
    cats = [photo for photo in (*known.wrong, *known.right) if photo.class_name == "cat"]
    alone = replace(
        known,
        photos=len(cats),
        roc_auc=None,
        wrong=tuple(photo for photo in cats if photo.predicted == "dog"),
        right=tuple(photo for photo in cats if photo.predicted == "cat"),
    )
    view.show_evaluation(alone, "/photos/pets")
    believed, told_apart = view.charts
    assert believed.isVisible()
    assert view.threshold.histogram.isVisible()
    assert not told_apart.isVisible()
    assert not told_apart.parentWidget().isVisible()
    assert not view.threshold.precision_recall.isVisible()
    view.show_evaluation(known, "/photos/pets")
    assert all(chart.isVisible() for chart in charts(view))


def test_two_charts_side_by_side_begin_at_one_height(view: EvaluationView, qtbot: QtBot) -> None:
    view.show_evaluation(spread(), "/photos/pets")
    one, other = view.charts
    one.tell("A line that is short.", "")
    other.tell("A line that is long. " * 20, "")
    qtbot.waitUntil(lambda: other.caption.height() > 2 * one.caption.height())
    assert one.plot.mapTo(view, QPoint()).y() == other.plot.mapTo(view, QPoint()).y()


def test_they_follow_the_theme(view: EvaluationView, qapp: QApplication) -> None:
    view.show_evaluation(spread(), "/photos/pets")
    theme.apply(qapp, "dark")
    try:
        for chart in charts(view):
            assert chart.plot.backgroundBrush().color().name() == theme.DARK.surface
        brush = view.threshold.histogram.bars[0].opts["brush"]
        assert pg.mkBrush(brush).color().name() == theme.DARK.classes[0]
    finally:
        theme.apply(qapp, "light")


def test_every_label_of_an_accurate_models_axis_is_drawn(view: EvaluationView) -> None:
    """A label that is wider than its axis would be left out: "99.8 %" was."""
    view.show_evaluation(spread(), "/photos/pets")
    plot = view.coverage.plot
    plot.setYRange(0.993, 1.0, padding=0)
    QApplication.processEvents()
    axis = plot.getPlotItem().getAxis("left")
    widest = view.fontMetrics().horizontalAdvance("99.88 %")
    assert axis.width() >= widest + 8


def test_a_runs_curves_stand_beside_its_evaluation(
    context: Context, finished_run: RunResult, finished_model: Path, starter: Path, qtbot: QtBot
) -> None:
    context.settings.runs_folder = Path(str(finished_run.run_folder)).parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.show()
    page.show_model(finished_model)
    qtbot.waitUntil(page.curves.isVisible)
    assert [row.epoch for row in page.curves.plots[0].state.history] == [1, 2]
    page.show_model(starter)
    qtbot.waitUntil(lambda: not page.curves.isVisible())


def test_a_copy_with_another_line_is_saved(
    context: Context, finished_run: RunResult, finished_model: Path, qtbot: QtBot
) -> None:
    context.settings.runs_folder = Path(str(finished_run.run_folder)).parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.show()
    qtbot.waitUntil(page.view.isVisible)
    page.view.threshold.slider.setValue(70)
    said: list[str] = []
    context.said.connect(said.append)
    page.view.threshold.save.click()
    qtbot.waitUntil(lambda: bool(said))
    (copy,) = models_folder().glob("*.safetensors")
    assert read_description(copy).threshold == 0.7
