"""Classes may be called anything: what has no room in the large view is shortened and never cut."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from tests.gui.classify.by_name import settled
from tests.gui.pseudo import cut_off

LONG = "norwegian_forest_cat_longhair_of_the_north"


@pytest.mark.parametrize(("name", "shortened"), [("cat", False), ("bernese mountain dog puppies", False), (LONG, True)])
def test_a_long_class_is_never_cut(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]], name: str, *, shortened: bool
) -> None:
    page.add_files(photos("cat.png"))
    settled(page, qtbot, 1)
    large, photo = page.view.large, page.session.photos[0]
    assert photo.prediction is not None
    photo.classes = (name, "dog")
    photo.prediction = replace(photo.prediction, class_name=name, probabilities={name: 0.8, "dog": 0.2})
    large.refresh()
    assert cut_off(large) == []
    for label in (large.verdict, large.first):
        # In a label that wraps, a word wider than it is cut at its edge.
        assert all(width(label, word) <= label.width() for word in label.text().split()), label.text()
        assert ("…" in label.text()) == shortened
        assert (name.capitalize() in label.toolTip()) == shortened
        assert label.accessibleName().startswith(name.capitalize())


def width(label: QLabel, word: str) -> int:
    return label.fontMetrics().horizontalAdvance(word)
