"""The live plots: they show the state's points, the best epoch, values under the cursor, and can be saved."""

import csv
import time
from pathlib import Path
from typing import Any

import pyqtgraph as pg
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.widgets.plots.line_legend import LineLegend
from catdog_gui.widgets.plots.live_plot import LivePlot
from catdog_gui.widgets.plots.plot_export import save_plot
from tests.gui.recorded import BATCHES, BEST, batch, epoch, events, started, state
from tests.gui.seen import button, child, texts
from trainer.core.errors import DiskError
from trainer.core.events import EpochFinished, StageProgressed
from trainer.core.run_state import RunState, reduce


@pytest.fixture
def loss(qtbot: QtBot) -> LivePlot:
    return shown(qtbot, LivePlot("loss"))


@pytest.fixture
def accuracy(qtbot: QtBot) -> LivePlot:
    return shown(qtbot, LivePlot("accuracy"))


def shown(qtbot: QtBot, plot: LivePlot) -> LivePlot:
    qtbot.addWidget(plot)
    plot.resize(420, 320)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def items(plot: LivePlot, kind: type[Any]) -> list[Any]:
    """Return what is drawn of this kind: curves, upright lines, single marks."""
    return [item for item in plot.plot.getPlotItem().items if isinstance(item, kind) and item.isVisible()]


def curve(plot: LivePlot, name: str) -> Any:
    (found,) = [item for item in items(plot, pg.PlotDataItem) if item.name() == name]
    return found


def pen(plot: LivePlot, name: str) -> QPen:
    return curve(plot, name).opts["pen"]


def drawn(plot: LivePlot, name: str) -> list[tuple[float, float]]:
    x, y = curve(plot, name).getData()
    return [] if x is None else [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def upright_lines(plot: LivePlot) -> list[float]:
    return [line.value() for line in items(plot, pg.InfiniteLine)]


def legend(plot: LivePlot) -> LineLegend:
    return child(plot, LineLegend)


def words(plot: LivePlot) -> str:
    """Return the line below the plot."""
    return texts(plot)[-1]


def test_the_curves_are_the_epochs_of_the_state(loss: LivePlot, accuracy: LivePlot) -> None:
    for plot, train, validation in ((loss, "train_loss", "val_loss"), (accuracy, "train_accuracy", "val_accuracy")):
        plot.show_state(state())
        rows = [epoch(number) for number in range(1, 7)]
        assert drawn(plot, "train") == [(row.epoch, getattr(row, train)) for row in rows]
        assert drawn(plot, "validation") == [(row.epoch, getattr(row, validation)) for row in rows]


def test_train_is_dashed_and_validation_solid(loss: LivePlot) -> None:
    assert pen(loss, "train").style() == Qt.PenStyle.DashLine
    assert pen(loss, "trail").style() == Qt.PenStyle.DashLine
    assert pen(loss, "validation").style() == Qt.PenStyle.SolidLine


def test_within_an_epoch_the_running_mean_grows_and_then_makes_room_for_the_epoch(loss: LivePlot) -> None:
    reached = reduce(RunState(), started())
    for done in range(1, BATCHES + 1):
        reached = reduce(reached, batch(1, done))
        loss.show_state(reached)
    trail = drawn(loss, "trail")
    assert trail == [(done / BATCHES, batch(1, done).loss) for done in range(2, BATCHES + 1)]
    assert loss.readout() == ""
    reached = reduce(reached, EpochFinished(metrics=epoch(1), is_best=True))
    loss.show_state(reached)
    assert drawn(loss, "trail") == []
    assert len(drawn(loss, "train")) == 1
    loss.show_state(reduce(reached, batch(2, 10)))
    assert drawn(loss, "trail") == [(1.0, loss.points("train")[0][1]), (1.5, batch(2, 10).loss)]


def test_while_the_best_epoch_is_tested_nothing_is_said_to_be_going_on(loss: LivePlot) -> None:
    reached = reduce(state(epochs=2), batch(3, 10))
    loss.show_state(reached)
    assert "so far" in words(loss)
    loss.show_state(reduce(reached, StageProgressed(stage="evaluate", done=1, total=2)))
    assert words(loss).startswith("Best epoch 2:")


def test_the_best_epoch_is_marked(loss: LivePlot) -> None:
    loss.show_state(state(epochs=0))
    assert upright_lines(loss) == []
    assert items(loss, pg.ScatterPlotItem) == []
    loss.show_state(state())
    assert upright_lines(loss) == [BEST]
    (mark,) = items(loss, pg.ScatterPlotItem)
    x, y = mark.getData()
    assert (list(x), list(y)) == ([BEST], [epoch(BEST).val_loss])
    assert "best: epoch 4" in legend(loss).accessibleName()
    assert "lowest validation loss" in legend(loss).toolTip()


def test_on_the_accuracy_plot_too_best_means_the_lowest_loss(accuracy: LivePlot) -> None:
    accuracy.show_state(RunState())
    assert legend(accuracy).toolTip() == ""
    accuracy.show_state(state())
    assert "best by loss: epoch 4" in legend(accuracy).accessibleName()
    assert "epoch 4" in legend(accuracy).toolTip()
    assert "lowest validation loss" in legend(accuracy).toolTip()


def test_epochs_of_a_moment_draw_nothing_that_would_flicker(loss: LivePlot) -> None:
    reached = reduce(RunState(), started())
    reached = reduce(reached, EpochFinished(metrics=replace(epoch(1), seconds=0.2), is_best=True))
    loss.show_state(reached)
    before = words(loss)
    loss.show_state(reduce(reached, batch(2, 10)))
    assert drawn(loss, "trail") == []
    assert words(loss) == before
    assert before.startswith("Best epoch 1:")


def test_all_points_are_in_sight(loss: LivePlot, accuracy: LivePlot) -> None:
    for plot in (loss, accuracy):
        for epochs in (0, 1, 2, 6, 60):
            plot.show_state(state(epochs))
            (left, right), (low, high) = plot.plot.getPlotItem().viewRange()
            for x, y in drawn(plot, "train") + drawn(plot, "validation"):
                assert left < x < right
                assert low < y < high


def test_the_mouse_shows_the_values_of_the_nearest_epoch(loss: LivePlot, qtbot: QtBot) -> None:
    loss.show_state(state())
    box = loss.plot.getPlotItem().getViewBox()
    place = box.mapViewToScene(QPoint(3, 0).toPointF()).toPoint()
    QTest.mouseMove(loss.plot.viewport(), QPoint(place.x() + 4, loss.plot.height() // 2))
    expected = f"Epoch 3:  train {epoch(3).train_loss:.3f},  validation {epoch(3).val_loss:.3f}"
    qtbot.waitUntil(lambda: words(loss) == expected)
    assert sorted(upright_lines(loss)) == [3, BEST]


def test_the_arrow_keys_move_through_the_epochs(accuracy: LivePlot) -> None:
    accuracy.show_state(state())
    QTest.keyClick(accuracy, Qt.Key.Key_Left)
    assert accuracy.readout().startswith("Epoch 6:")
    QTest.keyClick(accuracy, Qt.Key.Key_Left)
    QTest.keyClick(accuracy, Qt.Key.Key_Left)
    assert accuracy.readout() == "Epoch 4 (best):  train 84.5 %,  validation 80.0 %"
    QTest.keyClick(accuracy, Qt.Key.Key_Escape)
    assert accuracy.readout() == ""


def test_another_run_begins_empty(loss: LivePlot) -> None:
    loss.show_state(state())
    loss.set_cursor(2)
    loss.show_state(reduce(RunState(), started("/runs/two")))
    assert drawn(loss, "train") == drawn(loss, "trail") == []
    assert loss.readout() == ""


def test_csv_has_the_epochs(loss: LivePlot, tmp_path: Path) -> None:
    loss.show_state(state())
    save_plot(loss, tmp_path / "plot.csv")
    rows = list(csv.DictReader((tmp_path / "plot.csv").read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [float(row["validation_loss"]) for row in rows] == [epoch(n).val_loss for n in range(1, 7)]


def test_png_is_sharp_and_shows_the_curve(loss: LivePlot, tmp_path: Path) -> None:
    loss.show_state(state())
    save_plot(loss, tmp_path / "plot.png")
    image = QImage(str(tmp_path / "plot.png"))
    assert (image.width(), image.height()) == (840, 640)
    accent = pen(loss, "validation").color().rgb()
    found = sum(image.pixel(x, y) == accent for x in range(0, 840, 2) for y in range(0, 640, 2))
    assert found > 100
    assert button(loss, "Save plot…").isVisible()


def test_svg_holds_lines_and_the_legends_words(loss: LivePlot, tmp_path: Path) -> None:
    loss.show_state(state())
    save_plot(loss, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert text.startswith("<?xml")
    for word in ("train", "validation", "best: epoch 4", "Loss"):
        assert word in text
    assert "<image" not in text


def test_a_folder_that_cannot_be_written_to_is_said(loss: LivePlot, tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="could not be saved"):
        save_plot(loss, tmp_path / "missing" / "plot.csv")


def test_a_long_run_is_drawn_fast_enough(loss: LivePlot) -> None:
    reached = state(1000)
    loss.show_state(reached)
    begin = time.thread_time()
    loss.show_state(reduce(reached, batch(1001, 5)))
    assert time.thread_time() - begin < 0.2


def test_events_can_be_replayed_into_it_one_by_one(loss: LivePlot) -> None:
    reached = RunState()
    for event in events():
        reached = reduce(reached, event)
        loss.show_state(reached)
    assert len(drawn(loss, "train")) == 6


def test_it_follows_the_theme(loss: LivePlot, qapp: QApplication) -> None:
    loss.show_state(state())
    for choice, colours in (("dark", theme.DARK), ("light", theme.LIGHT)):
        theme.apply(qapp, choice)
        assert pen(loss, "validation").color().name() == colours.accent
        assert loss.plot.backgroundBrush().color().name() == colours.surface
        assert len(drawn(loss, "train")) == 6


def test_however_often_it_is_drawn_it_keeps_few_symbols(loss: LivePlot, qtbot: QtBot) -> None:
    shown(qtbot, loss)
    for _ in range(200):
        loss.show_state(state())
    scatters = [curve(loss, "validation").scatter, *items(loss, pg.ScatterPlotItem)]
    kept = [len(scatter.fragmentAtlas) for scatter in scatters]
    assert len(kept) == 2
    assert 0 < max(kept) <= 20 + 4 * len(state().history), kept
