"""The Evaluate page in a real window: the curve, a slider moved with the mouse and the keyboard, a stricter copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea

from catdog_gui.evaluate.page import EvaluatePage
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child
from trainer.core.results import RunResult
from trainer.inference.coverage import moved
from trainer.storage.model_description import read_description

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_limits_are_moved_and_kept_in_a_copy(
    travel: Travel, finished_run: RunResult, tmp_path: Path, theme: str
) -> None:
    home = tmp_path / "home"
    model = home / "data" / "runs" / "run" / "model.safetensors"
    shutil.copytree(str(finished_run.run_folder), model.parent)
    (home / "config").mkdir()
    (home / "config" / "catdog.ini").write_text(f"[window]\ntheme={theme}\n", encoding="utf-8")
    before = model.read_bytes()
    facts = travel(make_it_stricter, home=home)
    assert facts["own"].endswith("of those are right.")
    assert facts["moved"] != facts["own"]
    assert facts["strictness"] > 1  # a page of the slider, and a step
    (copy,) = (home / "data" / "models").glob("*.safetensors")
    limits = read_description(model).limits
    assert read_description(copy).limits == moved(limits, facts["strictness"])
    assert facts["listed"]
    assert model.read_bytes() == before


def make_it_stricter(d: Driver) -> Iterator[Condition]:
    window = d.window
    yield window.isActiveWindow
    yield d.key("ctrl+4")
    yield lambda: bool(window.findChildren(EvaluatePage))
    page = child(window, EvaluatePage)
    card = page.view.coverage
    yield page.view.isVisible
    scroll = child(page, QScrollArea)
    while not scroll.viewport().rect().contains(card.save.mapTo(scroll.viewport(), card.save.rect().center())):
        at = scroll.verticalScrollBar().value()
        place = scroll.viewport().mapToGlobal(QPoint(12, 300))
        yield d.xdotool("mousemove", place.x(), place.y(), "click", 5)
        yield lambda at=at: scroll.verticalScrollBar().value() != at
    d.facts["own"] = card.words.text()
    d.shot("own-limits")
    yield d.click(card.slider, QPoint(card.slider.width() * 9 // 10, card.slider.height() // 2))
    yield lambda: card.strictness > 0
    yield d.key("Right")
    d.facts.update({"moved": card.words.text(), "strictness": card.strictness})
    d.shot("stricter")
    entries = page.choice.models.count()
    yield d.click(card.save)
    yield lambda: page.choice.models.count() == entries + 1
    d.facts["listed"] = True
    d.shot("saved")
    window.close()
