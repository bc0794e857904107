"""The health card with all that it may say, in a longer language that is read from right to left."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.page import DataPage
from tests.gui.data.health.conftest import group, health
from tests.gui.data.test_other_language import look
from trainer.core.text import text
from trainer.dataset.health.records import PoorPhoto
from trainer.labelling.health_check import Health

Checked = Callable[[Health | Callable[..., Health]], HealthCard]


@pytest.mark.usefixtures("pseudo")
def test_all_of_it_is_translated_and_nothing_is_cut_off(odd: Path, card: Checked, page: DataPage, qtbot: QtBot) -> None:
    shutil.copy(odd / "cats" / "cat.0001.jpg", odd / "dogs" / "a cat.jpg")
    shutil.copy(odd / "dogs" / "dog.0002.jpg", odd / "dogs" / "again.jpg")
    page.resize(716, 600)
    reason = text("blurred: there are hardly any edges")
    poor = (PoorPhoto(path="dogs/dog.0003.jpg", kind="blurred", reason=reason),)
    pairs = (group("cats/cat.0001.jpg", "dogs/a cat.jpg", classes=True), group("dogs/again.jpg", "dogs/dog.0002.jpg"))
    shown = card(health(poor=poor, copies=pairs, sentences=(text("These photos are ill."),)))
    shown.doubts.keep.click()
    own = [part for photo in page.view.dataset.photos for part in photo.path.split("/")]  # type: ignore[union-attr]
    page.resize(716, page.view.sizeHint().height() + 200)
    qtbot.waitUntil(lambda: shown.poor.tiles.tiles.image(shown.poor.tiles.tiles.index(0)) is not None)
    view = shown.copies
    qtbot.waitUntil(lambda: view.one.parentWidget().y() > view.members.geometry().bottom())  # nothing is squeezed
    look(shown, "health", *own, "again", "odd", "Del")
    shown.show_dataset(page.view.dataset, shown._photos)  # type: ignore[arg-type]  # noqa: SLF001 - as after a scan
    qtbot.waitUntil(lambda: not shown.session.busy)
    shown.work.begin("⟦⟧")
    shown.work.advance(30, 4000, "")
    look(shown, "health at work", *own, "Del")
    shown.work.end()
