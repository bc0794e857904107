"""The photos of a dataset are checked on the Data page, and what was found is said there."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from catdog_gui.data.health import health_session
from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context
from catdog_gui.widgets.notice import Notice
from tests.gui.data.health.conftest import SAID, health
from tests.gui.data.test_data_page import open_and_wait
from trainer.core.errors import CancelledError, DatasetError
from trainer.core.text import text
from trainer.dataset.health.records import MorePhotos
from trainer.labelling.health_check import Health

Checked = Callable[[Health | Callable[..., Health]], HealthCard]


def notices(card: HealthCard) -> list[tuple[str, str]]:
    QApplication.processEvents()  # so that new ones are shown
    return [(str(each.property("notice")), each.text.text()) for each in card.findChildren(Notice) if each.isVisible()]


def test_a_real_check_finds_the_photos_in_the_wrong_folder(
    page: DataPage, odd: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.labelling import eye

    starter = Path(__file__).parents[4] / "resources" / "models" / "starter.safetensors"
    if not starter.is_file():
        pytest.skip("this copy has no starter model")
    monkeypatch.setattr(eye, "starter_model", lambda: starter)
    open_and_wait(page, odd, qtbot)
    card = page.view.health
    assert notices(card) == []
    assert "a minute or two for 4,000 photos" in card.check.parentWidget().findChildren(type(card.title))[1].text()
    card.check.click()
    assert card.work.isVisible()
    assert not card.check.isEnabled()
    qtbot.waitUntil(lambda: not card.session.busy, timeout=60_000)
    assert {doubt.path for doubt in card.session.doubts[:2]} == {"cats/odd.jpg", "dogs/odd.jpg"}
    assert any(tone == "warning" and "like the other class" in said for tone, said in notices(card))
    assert card.check.text() == "Check again"
    assert not card.work.isVisible()


def test_what_was_found_is_said_and_nothing_is_a_success(card: Checked) -> None:
    assert notices(card(health())) == [("warning", str(SAID))]
    healthy = card(health(doubts=(), sentences=()))
    assert notices(healthy) == [("success", "Nothing seems to be wrong with these photos.")]


def test_what_is_no_fault_is_no_warning(card: Checked) -> None:
    growth = text("Twice as many photos would hardly bring anything.")
    more = MorePhotos(**dict.fromkeys(MorePhotos.__struct_fields__))
    shown = card(health(doubts=(), more_photos=more, sentences=(growth,)))
    assert notices(shown) == [
        ("success", "Nothing seems to be wrong with these photos."),
        ("info", str(growth)),
    ]


def test_without_a_model_it_says_what_was_not_looked_at(card: Checked) -> None:
    said = notices(card(health(doubts=None, sentences=())))
    assert said[0][0] == "success"
    assert said[1][0] == "info"
    assert "No class was doubted" in said[1][1]


def test_a_check_is_cancelled_and_a_late_outcome_is_not_heard(
    card: Checked, page: DataPage, drawings: Path, qtbot: QtBot
) -> None:
    gate, stopped = threading.Event(), threading.Event()

    def slow(*_given: Any, cancelled: Callable[[], bool], **_named: Any) -> Health:
        assert gate.wait(20)
        if cancelled():
            stopped.set()
            raise CancelledError
        return health()

    shown = card(slow)
    shown.work.cancel.click()
    gate.set()
    qtbot.waitUntil(lambda: not shown.session.busy)
    assert stopped.is_set()
    assert shown.session.health is None
    assert shown.check.isEnabled()

    gate.clear()
    shown.check.click()
    open_and_wait(page, drawings, qtbot)  # another dataset
    assert not shown.session.busy
    gate.set()
    assert shown.session.health is None
    assert shown.check.text() == "Check the photos"


def test_another_dataset_has_no_outcome_and_the_same_one_without_a_photo_is_checked_again(
    card: Checked, page: DataPage, drawings: Path, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = card(health())
    asked: list[int] = []

    def again(dataset: Any, *_given: Any, **_named: Any) -> Health:
        asked.append(len(dataset.photos))
        return health(doubts=(), sentences=())

    monkeypatch.setattr(health_session, "check_health", again)
    page.view.left_out_changed.emit(("cats/odd.jpg",))
    qtbot.waitUntil(lambda: asked == [79])
    qtbot.waitUntil(lambda: not shown.session.busy)
    assert notices(shown) == [("success", "Nothing seems to be wrong with these photos.")]
    open_and_wait(page, drawings, qtbot)
    assert notices(shown) == []
    assert asked == [79]


def test_an_error_is_said_in_the_card(card: Checked, qtbot: QtBot) -> None:
    def broken(*_given: Any, **_named: Any) -> Health:
        raise DatasetError("The photos are gone.", remedy="Bring them back.")

    shown = card(broken)
    qtbot.waitUntil(lambda: not shown.session.busy)
    assert notices(shown) == [("danger", "The photos are gone.")]
    assert all(button.isEnabled() for button in shown.findChildren(QPushButton) if button is shown.check)
