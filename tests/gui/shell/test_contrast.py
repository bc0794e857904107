"""Words can be read and the focus is seen, in both themes: measured from pixels, on every page and in every dialog."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.colours import DARK, LIGHT, Colours
from catdog_gui.models.page import ModelsPage
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from tests.gui.contrast import focus_contrast, luminance, picture, ratio, text_contrast
from tests.gui.seen import child
from tests.gui.shell.test_accessible import MAKERS, Maker, close
from trainer.core.results import ErrorRecord

WORDS, RING = 4.5, 3.0
TEXTS = (QLabel, QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QHeaderView, QTabBar)
STOPS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView, QAbstractSlider, QTabBar)
STOPS += (QPlainTextEdit, QTextBrowser)
DIALOGS = ("show_preferences", "show_about", "show_errors", "show_manual")


@pytest.fixture(params=["light", "dark"])
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    theme.apply(qapp, request.param)
    yield request.param
    theme.apply(qapp, "light")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_of_words_stands_out_from_what_it_lies_on(colours: Colours) -> None:
    c = colours
    usual = [c.window, c.surface, c.raised]
    pairs = [(ink, ground) for ink in (c.text, c.muted, c.accent, c.danger, c.warning, c.success) for ground in usual]
    pairs += [(ink, ground) for ink in c.classes for ground in usual]
    pairs += [(c.accent, c.accent_soft), (c.text, c.accent_soft), (c.muted, c.accent_soft), (c.on_accent, c.accent)]
    pairs += [(c.danger, c.danger_soft), (c.warning, c.warning_soft), (c.success, c.success_soft), (c.window, c.text)]
    pairs += [(c.muted, soft) for soft in (c.danger_soft, c.warning_soft, c.success_soft, c.sunken)]
    pairs += list(zip(c.classes, c.classes_soft, strict=True))
    weak = {
        pair: round(found, 2)
        for pair in pairs
        if (found := ratio(*(luminance(QColor(colour)) for colour in pair))) < WORDS
    }
    assert weak == {}


@pytest.mark.parametrize("make", MAKERS)
def test_the_words_of_every_page_can_be_read(make: Maker, context: Context, qtbot: QtBot, dressed: str) -> None:
    page = make(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitExposed(page):
        page.show()
    weak = weak_words(page)
    close(page)
    assert weak == {}


@pytest.mark.parametrize("entry", DIALOGS)
def test_the_words_of_every_dialog_can_be_read(window: MainWindow, context: Context, dressed: str, entry: str) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    getattr(window.dialogs, entry)()
    dialog = child(window, QDialog)
    weak = weak_words(dialog)
    dialog.close()
    assert weak == {}


def test_the_words_around_the_pages_can_be_read(window: MainWindow, context: Context, dressed: str) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    window.sidebar.hint_at_run(shown=True)
    window.sidebar.footer.setText("Training · 20 %")
    context.say("A short sentence.")
    assert weak_words(window) == {}


def weak_words(root: QWidget) -> dict[str, float]:
    found = {}
    for widget in [one for kind in TEXTS for one in root.findChildren(kind)]:
        inner = isinstance(widget.parentWidget(), (QComboBox, QAbstractSpinBox))
        words = getattr(widget, "text", lambda: "x")() or getattr(widget, "placeholderText", str)()
        if inner or not widget.isVisible() or not widget.isEnabled() or not words:
            continue
        show_widget(widget)
        if widget.visibleRegion().isEmpty():
            continue
        contrast = text_contrast(picture(widget))
        if contrast < WORDS:
            found[f"{type(widget).__name__} {words}"] = round(contrast, 2)
    return found


@pytest.mark.parametrize("make", MAKERS)
def test_every_stop_of_the_tab_key_is_seen_on_every_page(
    make: Maker, context: Context, qtbot: QtBot, dressed: str
) -> None:
    page = make(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    if isinstance(page, ModelsPage):
        qtbot.waitUntil(lambda: worker.running_count() == 0)  # it lists what there is
    unseen = unseen_stops(page)
    close(page)
    assert unseen == {}


@pytest.mark.parametrize("entry", DIALOGS)
def test_every_stop_of_the_tab_key_is_seen_in_every_dialog(
    window: MainWindow, context: Context, qtbot: QtBot, dressed: str, entry: str
) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    getattr(window.dialogs, entry)()
    dialog = child(window, QDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    unseen = unseen_stops(dialog)
    dialog.close()
    assert unseen == {}


def test_every_stop_of_the_tab_key_is_seen_around_the_pages(
    window: MainWindow, context: Context, qtbot: QtBot, dressed: str
) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    window.sidebar.hint_at_run(shown=True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert unseen_stops(window) == {}


def unseen_stops(root: QWidget) -> dict[str, float]:
    stops = [one for kind in STOPS for one in root.findChildren(kind) if is_stop(one)]
    assert stops
    found = {}
    for widget in dict.fromkeys(stops):
        show_widget(widget)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None and not widget.currentIndex().isValid():
            widget.setCurrentIndex(widget.model().index(0, 0))
        root.setFocus(Qt.FocusReason.OtherFocusReason)
        if widget.hasFocus():
            widget.clearFocus()
        QApplication.processEvents()
        without = picture(widget, 1)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        seen = focus_contrast(without, picture(widget, 1))
        if seen < RING:
            found[f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"] = round(
                seen, 2
            )
    return found


def is_stop(widget: QWidget) -> bool:
    inner = isinstance(widget.parentWidget(), (QComboBox, QAbstractSpinBox, QAbstractItemView))
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not isinstance(widget, QScrollBar)
    return takes and not inner and widget.isVisible() and widget.isEnabled()


def show_widget(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 8, 40)
            QApplication.processEvents()
        parent = parent.parentWidget()
