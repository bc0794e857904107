"""Drawings of which two are in the wrong folder and one is in both classes, and a check that finds what it is told."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.data.health import health_session
from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.page import DataPage
from tests.gui.data.test_data_page import open_and_wait
from trainer.core.text import text
from trainer.dataset.health.records import CopyGroup, Doubt
from trainer.labelling.health_check import Health

SAID = text("Something is wrong with these photos.")


@pytest.fixture
def odd(drawings: Path, tmp_path: Path) -> Path:
    """Return 80 drawings, of which two are in the wrong folder."""
    root = Path(shutil.copytree(drawings, tmp_path / "set"))
    (root / "cats" / "cat.0005.jpg").rename(root / "dogs" / "odd.jpg")
    (root / "dogs" / "dog.0006.jpg").rename(root / "cats" / "odd.jpg")
    return root


def doubt(path: str, probability: float = 0.98) -> Doubt:
    classes = ("cat", "dog") if path.startswith("cats") else ("dog", "cat")
    return Doubt(
        path=path,
        class_name=classes[0],
        other_class=classes[1],
        probability=probability,
        likely_wrong=probability > 0.9,
    )


def group(*photos: str, classes: bool = False, splits: bool = False) -> CopyGroup:
    return CopyGroup(photos=photos, exact=False, in_both_classes=classes, in_several_splits=splits)


def health(**found: Any) -> Health:
    """Return what a check says: three doubts and a sentence, unless told otherwise."""
    usual: dict[str, Any] = {
        **dict.fromkeys(Health.__struct_fields__),
        "photos": 80,
        "copies": (),
        "poor": (),
        "doubts": (doubt("cats/odd.jpg", 0.99), doubt("dogs/odd.jpg"), doubt("cats/cat.0003.jpg", 0.7)),
        "sentences": (SAID,),
    }
    return Health(**{**usual, **found})


@pytest.fixture
def card(
    page: DataPage, odd: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Health | Callable[..., Health]], HealthCard]:
    """Return what opens the odd drawings, checks them with this outcome, and returns the card."""

    def checked(outcome: Health | Callable[..., Health]) -> HealthCard:
        found = (lambda *_given, **_named: outcome) if isinstance(outcome, Health) else outcome
        monkeypatch.setattr(health_session, "check_health", found)
        open_and_wait(page, odd, qtbot)
        page.view.health.check.click()
        if isinstance(outcome, Health):
            qtbot.waitUntil(lambda: not page.view.health.session.busy)
        return page.view.health

    return checked
