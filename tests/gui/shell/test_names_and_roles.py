"""What screen readers are told: a name, a role and a state for all that can be acted on, on pages and in dialogs."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.models.page import ModelsPage
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from tests.gui.seen import child
from tests.gui.shell.test_accessible import MAKERS, Maker, close, controls
from tests.gui.shell.test_contrast import DIALOGS, is_stop
from trainer.core.results import ErrorRecord

Role = QAccessible.Role
# What says what can be done with it. A widget painted from nothing is a "client" until it says what it is.
ROLES = {
    Role.Button, Role.ButtonMenu, Role.ButtonDropDown, Role.CheckBox, Role.RadioButton, Role.ComboBox, Role.SpinBox,
    Role.EditableText, Role.Slider, Role.List, Role.Table, Role.Tree, Role.PageTabList, Role.ProgressBar, Role.Link,
    Role.StaticText, Role.MenuBar, Role.Document,
}  # fmt: skip


def failings(root: QWidget) -> Iterator[str]:
    for widget in dict.fromkeys([*controls(root), *filter(is_stop, root.findChildren(QWidget))]):
        if not widget.isVisible() or widget.focusProxy() is not None:
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        who = f"{type(widget).__name__} {widget.objectName()}"
        if told is None:
            yield f"{who}: nothing"
            continue
        name, state = told.text(QAccessible.Text.Name), told.state()
        if not name.strip():
            yield f"{who}: no name"
        # Qt has no role for a plot, which describes itself; a scroll area passes on the roles of its content.
        described = bool(widget.accessibleDescription()) or isinstance(widget, QScrollArea)
        if told.role() not in ROLES and not described:
            yield f"{who} {name}: role {told.role().name}"
        if bool(state.disabled) == widget.isEnabled():
            yield f"{who} {name}: says whether it can be used, wrongly"
        checkable = getattr(widget, "isCheckable", bool)()
        if checkable and bool(state.checked) != getattr(widget, "isChecked", bool)():
            yield f"{who} {name}: says whether it is chosen, wrongly"
        if widget.isEnabled() and is_stop(widget) and not state.focusable:
            yield f"{who} {name}: does not say that it takes the focus"


@pytest.mark.parametrize("make", MAKERS)
def test_pages(make: Maker, context: Context, qtbot: QtBot) -> None:
    page = make(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitExposed(page):
        page.show()
    if isinstance(page, ModelsPage):
        qtbot.waitUntil(lambda: worker.running_count() == 0)  # it lists what there is
    found = list(failings(page))
    close(page)
    assert found == []


def test_the_window_around_the_pages(window: MainWindow, context: Context) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    window.sidebar.hint_at_run(shown=True)
    assert list(failings(window)) == []


@pytest.mark.parametrize("entry", DIALOGS)
def test_dialogs(window: MainWindow, context: Context, entry: str) -> None:
    context.report(ErrorRecord(what="It broke.", details="Traceback"))
    getattr(window.dialogs, entry)()
    dialog = child(window, QDialog)
    found = list(failings(dialog))
    dialog.close()
    assert found == []
