"""A scroll bar is seen where there is more to see, and nowhere else."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.shell import page_stack
from catdog_gui.shell.main_window import MainWindow


def drawn(bar: QScrollBar) -> bool:
    """Whether a bar can be seen: whether anything in it has another colour than the ground."""
    image = bar.window().grab(bar.rect().translated(bar.mapTo(bar.window(), bar.rect().topLeft()))).toImage()
    ground = {theme.colours().window, theme.colours().surface}
    middle = image.width() // 2
    return any(image.pixelColor(middle, y).name() not in ground for y in range(0, image.height(), 2))


@pytest.fixture
def photos(drawings: Path) -> list[Path]:
    return sorted(drawings.rglob("*.jpg"))[:20]


@pytest.mark.parametrize("size", [(1120, 760), (900, 600)], ids=str)
def test_no_bar_with_nothing_to_scroll(
    window: MainWindow, photos: list[Path], qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.resize(*size)
    classify = window.pages.classify
    classify.add_files(photos[:3])
    qtbot.waitUntil(lambda: len(classify.session.photos) == 3)
    for name in page_stack.PAGES:
        window.show_page(name)
        QApplication.processEvents()
        idle = [bar for bar in window.findChildren(QScrollBar) if bar.isVisible() and bar.minimum() == bar.maximum()]
        assert not [bar for bar in idle if drawn(bar)], name


def test_photos_that_scroll_do_so_with_one_bar(window: MainWindow, photos: list[Path], qtbot: QtBot) -> None:
    """The grid scrolls by itself: around it nothing else does, in the smallest usual window."""
    window.resize(900, 600)
    classify = window.pages.classify
    classify.add_files(photos)
    qtbot.waitUntil(lambda: len(classify.session.photos) == 20)
    QApplication.processEvents()
    bars = [bar for bar in window.findChildren(QScrollBar) if bar.isVisible()]
    assert bars == [classify.view.grid.verticalScrollBar()]
    assert drawn(bars[0])
    classify.view.open(classify.session.photos.shown[0])
    qtbot.waitUntil(lambda: not [bar for bar in window.findChildren(QScrollBar) if bar.isVisible()])
