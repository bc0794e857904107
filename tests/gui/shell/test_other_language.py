"""The window and its dialogs in another language: longer words, read from right to left."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.dialogs.about import About
from catdog_gui.dialogs.error_list import ErrorList
from catdog_gui.dialogs.manual import Manual
from catdog_gui.dialogs.preferences import Preferences
from catdog_gui.shell import page_stack
from catdog_gui.shell.close_question import CloseBox
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import child
from trainer.core.results import ErrorRecord
from trainer.core.text import text

pytestmark = pytest.mark.usefixtures("pseudo")

# What is the same in every language, such as names and keys, and "Close", which Qt translates itself.
_NAMES = (
    "CatDog PyTorch torchvision pyqtgraph NumPy Pillow pillow-heif safetensors msgspec platformdirs Python Qt "
    "LGPL BSD Clause MIT-CMU MIT Apache OFL PSF cpu Ctrl Shift cats/bad.jpg Close"
)
OWN = (
    "Qt for Python",
    *_NAMES.split(),
    *[QLocale("en_US").monthName(month, QLocale.FormatType.ShortFormat) for month in range(1, 13)],
)


@pytest.fixture
def small(window: MainWindow) -> MainWindow:
    window.setMinimumSize(0, 0)
    window.resize(900, 600)
    return window


def test_the_window_around_the_pages(small: MainWindow, context: Context) -> None:
    context.report(ErrorRecord(what=text("It broke at {count}.", count=4000), remedy=text("Mend it.")))
    context.report(ErrorRecord(what=text("It broke."), details="Traceback"))
    small.sidebar.hint_at_run(shown=True)
    small.show_page("classify")
    small.sidebar.hint_at_run(shown=True)
    for part in (small.sidebar, small.error_bar, small.menuBar()):
        assert untranslated(part, "Traceback", *OWN) == []
        assert cut_off(part) == []
    assert small.sidebar.hint.isVisible()
    assert small.sidebar.mapTo(small, QPoint(0, 0)).x() > 600  # at the right, where such a language begins
    menus = small.menuBar().findChildren(QMenu)
    assert len(menus) >= 5
    assert untranslated(small.menuBar()) == []


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("show_preferences", Preferences),
        ("show_about", About),
        ("show_errors", ErrorList),
        ("show_manual", Manual),
    ],
)
def test_the_dialogs(
    small: MainWindow, context: Context, qtbot: QtBot, tmp_path: Path, entry: str, kind: type[QDialog]
) -> None:
    cache = tmp_path / "home" / "cache" / "thumbnails" / "one.jpg"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(bytes(2_000_000))
    context.report(ErrorRecord(what=text("It broke."), remedy=text("Mend it."), path="cats/bad.jpg"))
    getattr(small.dialogs, entry)()
    dialog = child(small, kind)
    if isinstance(dialog, Preferences):
        context.settings.runs_folder = tmp_path / "runs"
        dialog.clear.setEnabled(False)
        qtbot.waitUntil(dialog.clear.isEnabled)
    own = [*OWN, str(tmp_path), "home/log/catdog.log", "data/runs", "home", "cache", "runs"]
    if isinstance(dialog, Manual):  # a page for itself, which is translated as a whole
        own += [dialog.chapters.item(row).text() for row in range(dialog.chapters.count())]
    assert untranslated(dialog, *own) == []
    assert cut_off(dialog) == []
    dialog.close()


def test_the_question_before_closing(small: MainWindow) -> None:
    box = CloseBox(small)
    box.show()
    for _ in range(2):
        assert untranslated(box, *OWN) == []
        assert cut_off(box) == []
        box.say_that_it_ended()
    box.close()
    box.deleteLater()


def test_every_page_in_the_whole_window(small: MainWindow, drawings: Path, qtbot: QtBot) -> None:
    classify = small.pages.classify
    small.show_page("data")
    data = small.pages.page("data")
    assert isinstance(data, DataPage)
    data.open_dataset(drawings)
    qtbot.waitUntil(lambda: small.context.current_dataset is not None)
    small.show_page("classify")
    assert cut_off(small) == []
    classify.add_files(sorted(drawings.rglob("*.jpg"))[:8])
    qtbot.waitUntil(lambda: len(classify.session.photos) == 8)
    # Names of files and folders, and a menu of pyqtgraph's that no plot shows.
    own = ("Export...", *drawings.parts, "jpg", "cats", "dogs", "cat", "dog", "Cat", "Dog")
    for name in page_stack.PAGES:
        small.show_page(name)
        QApplication.processEvents()
        page = small.pages.page(name)
        assert page is not None
        assert page.mapTo(small, QPoint(0, 0)).x() < 60  # beside the sidebar, which is at the right
        assert untranslated(small, *own, *OWN) == [], name
        assert cut_off(small) == [], name
        assert small.width() == 900
