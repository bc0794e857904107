"""Copies and poor photos that a check found are seen, named, and left out."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.page import DataPage
from catdog_gui.widgets.notice import Notice
from tests.gui.data.health.conftest import group, health
from tests.gui.data.test_left_out import names
from tests.gui.seen import texts
from trainer.dataset.copies import Copies, find_copies
from trainer.dataset.health.records import PoorPhoto
from trainer.dataset.scan import scan
from trainer.labelling.health_check import Health

Checked = Callable[[Health | Callable[..., Health]], HealthCard]


@pytest.fixture
def copied(odd: Path) -> Path:
    """Let one photo be in both classes, and another twice in one."""
    shutil.copy(odd / "cats" / "cat.0001.jpg", odd / "dogs" / "a cat.jpg")
    shutil.copy(odd / "dogs" / "dog.0002.jpg", odd / "dogs" / "again.jpg")
    return odd


def test_copies_are_seen_with_where_they_are_and_one_of_each_stays(
    copied: Path, card: Checked, page: DataPage, qtbot: QtBot
) -> None:
    pairs = (
        group("cats/cat.0001.jpg", "dogs/a cat.jpg", classes=True),
        group("dogs/again.jpg", "dogs/dog.0002.jpg"),
    )
    view = card(health(doubts=(), copies=pairs)).copies
    assert "2 photos have copies" in texts(view)
    groups, members = view.groups.tiles, view.members.tiles
    assert [groups.tile(groups.index(row)).detail for row in range(2)] == ["In both classes!", "2 copies"]
    assert [members.tile(members.index(row)).words for row in range(2)] == [
        "cats/cat.0001.jpg cat",
        "dogs/a cat.jpg dog",
    ]
    assert view.all.text() == "Leave out 1 copy, one of each stays"
    view.all.click()
    qtbot.waitUntil(lambda: len(names(page.view.dataset)) == 81)
    qtbot.waitUntil(lambda: not page.view.health.session.busy)
    assert names(page.view.dataset) & {"dogs/again.jpg", "dogs/dog.0002.jpg"} == {"dogs/again.jpg"}
    assert "1 photo has copies" in texts(view)
    assert not view.groups.isVisible()
    assert not view.all.isVisible()
    view.one.click()
    qtbot.waitUntil(lambda: "dogs/a cat.jpg" not in names(page.view.dataset))
    qtbot.waitUntil(lambda: not page.view.health.session.busy)
    assert not view.isVisible()


def test_of_copies_in_several_splits_the_one_to_test_with_stays(drawings: Path, tmp_path: Path) -> None:
    for split in ("train", "test"):
        shutil.copytree(drawings, tmp_path / split)
    found = find_copies(scan(tmp_path).photos)
    assert len(found.all_but_one) == 80
    assert all(path.startswith("train/") for path in found.all_but_one)


def test_poor_photos_are_shown_with_the_reason_and_left_out(
    card: Checked, page: DataPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tuple(
        PoorPhoto(path=f"dogs/dog.000{number}.jpg", kind="blurred", reason="blurred: there are hardly any edges")
        for number in range(3)
    )
    view = card(health(poor=found)).poor
    assert "3 photos are poor" in texts(view)
    assert view.tiles.tiles.tile(view.tiles.tiles.index(0)).detail == "blurred: there are hardly any edges"
    assert not view.chosen.isEnabled()
    view.tiles.setCurrentIndex(view.tiles.tiles.index(1))
    view.chosen.click()
    qtbot.waitUntil(lambda: "dogs/dog.0001.jpg" not in names(page.view.dataset))
    assert "2 photos are poor" in texts(view)
    qtbot.waitUntil(lambda: not page.view.health.session.busy)
    view.all.click()
    qtbot.waitUntil(lambda: not view.isVisible())
    assert not names(page.view.dataset) & {each.path for each in found}
    qtbot.waitUntil(lambda: not page.view.health.session.busy)


def test_copies_within_one_class_are_told_and_no_warning(
    copied: Path, card: Checked, page: DataPage, qtbot: QtBot
) -> None:
    shown = card(
        health(
            doubts=(), copies=(group("dogs/again.jpg", "dogs/dog.0002.jpg"),), sentences=_notes(copied, "dogs/again")
        )
    )
    tones = [
        (each.property("notice"), each.text.text()[:34]) for each in shown.findChildren(Notice) if each.text.text()
    ]
    assert ("info", "1 photo is an exact copy of anothe") in tones
    assert not any(tone == "warning" for tone, _ in tones)


def _notes(root: Path, first: str) -> tuple[str, ...]:
    copies = find_copies(scan(root).photos)
    return Copies(tuple(each for each in copies.groups if each[0].path.startswith(first))).notes()


def test_copies_that_only_the_check_found_are_shown_until_they_are_answered(card: Checked, page: DataPage) -> None:
    pairs = (group("dogs/dog.0003.jpg", "dogs/dog.0004.jpg"), group("cats/cat.0003.jpg", "dogs/dog.0007.jpg"))
    shown = card(health(copies=pairs))
    assert "2 photos have copies" in texts(shown.copies)
    shown.session.say("neither", "dogs/dog.0007.jpg")
    assert [len(each) for each in shown.session.copies.groups] == [2]
