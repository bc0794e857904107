"""A run in a real window: stopped politely by closing, found again after a restart, gone on with for longer."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QSpinBox

from catdog_gui.train.page import TrainPage
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from trainer.core.recipes import recipe
from trainer.dataset.scan import scan

pytestmark = pytest.mark.timeout(600)

QUICK = {"epochs": 4, "batch_size": 8, "image_size": 48, "learning_rate": 0.001}


def photos() -> Path:
    return Path(os.environ["CATDOG_E2E_PHOTOS"])


def train_page(d: Driver) -> TrainPage:
    page = d.window.pages.page("train")
    assert isinstance(page, TrainPage)
    return page


def stop_by_closing(d: Driver) -> Iterator[Condition]:
    runs = d.window.context.run_controller
    runs.start(recipe("classic").config(str(photos()), **QUICK))
    d.window.show_page("train")
    yield lambda: len(runs.state.history) >= 1
    runs.ended.connect(lambda result: d.facts.update(ended=result.status, epochs=len(result.history)))
    yield d.key("ctrl+q")
    yield d.dialog_is_there
    d.shot("asked")
    yield d.click(d.find(QPushButton, "Stop and keep the best", d.dialog()))
    yield lambda: not d.window.isVisible()


def go_on_for_longer(d: Driver) -> Iterator[Condition]:
    runs = d.window.context.run_controller
    yield d.key("ctrl+3")
    page = train_page(d)
    yield page.resume_offer.isVisible
    d.shot("offered")
    d.facts["offer"] = page.resume_offer.text.text()
    yield d.click(d.find(QPushButton, "Go on with an earlier run…"))
    yield d.dialog_is_there
    d.shot("earlier runs")
    yield d.click(d.find(QPushButton, "Go on…", d.dialog()))
    yield lambda: d.dialog() is not None and bool(d.dialog().findChildren(QSpinBox))  # type: ignore[union-attr]
    yield d.dialog_is_there
    yield d.key("ctrl+a")
    yield d.write("6")
    d.shot("for how long")
    yield d.click(d.find(QPushButton, "Go on", d.dialog()))
    yield lambda: runs.running
    yield lambda: not runs.running
    d.facts["ended"] = runs.state.phase
    d.facts["epochs"] = len(runs.state.history)
    yield page.run_view.summary.isVisible
    d.shot("summary")
    d.facts["title"] = page.run_view.summary.title.text()
    d.facts["icon"] = page.run_view.summary.icon.name
    d.window.context.choose_dataset(scan(photos()))
    yield d.key("ctrl+2")
    d.window.context.set_up_run()
    yield lambda: page.setup.isVisible() and not page.run_view.isVisible()
    d.shot("a fresh form")
    d.window.close()


def test_a_polite_stop_loses_nothing(travel: Travel, many_drawings: Path, tmp_path: Path) -> None:
    where = {"CATDOG_E2E_PHOTOS": str(many_drawings), "home": tmp_path / "home"}
    stopped = travel(stop_by_closing, **where)
    assert stopped["ended"] == "stopped"
    assert 1 <= stopped["epochs"] < 4
    longer = travel(go_on_for_longer, **where)
    assert f"Stopped after {stopped['epochs']} of 4 epochs." in longer["offer"]
    assert (longer["ended"], longer["epochs"]) == ("completed", 6)
    assert longer["title"]


def one_epoch_of_nothing(d: Driver) -> Iterator[Condition]:
    runs = d.window.context.run_controller
    settings = {**QUICK, "epochs": 1, "learning_rate": 1e-6}
    runs.start(recipe("classic").config(str(photos()), **settings))
    d.window.show_page("train")
    yield lambda: runs.running
    yield lambda: not runs.running
    summary = train_page(d).run_view.summary
    yield summary.isVisible
    d.shot("guessing")
    d.facts.update(title=summary.title.text(), icon=summary.icon.name, kind=summary.use.property("kind"))
    d.window.close()


def test_a_model_that_guesses_gets_no_tick(travel: Travel, many_drawings: Path) -> None:
    facts = travel(one_epoch_of_nothing, CATDOG_E2E_PHOTOS=str(many_drawings))
    assert facts["title"] == "The model is no better than guessing"
    assert facts["icon"] == "warning"
    assert facts["kind"] != "primary"
