"""What the window's tests share: an offscreen screen, a context of its own, an engine that does as it is told.

A test fails where it leaves a thread, a timer or a window behind, and where Qt has something to complain about.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt, QTimer, QtMsgType
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.logging import Record
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RunController
from catdog_gui.state.settings import Settings
from tests.gui.fake_engine import FakeEngine
from tests.gui.pseudo import PseudoTranslator
from trainer.storage import starter as starter_module

# The offscreen platform says so for every dialog and every list that opens.
_HARMLESS = (
    "This plugin does not support propagateSizeHints()",
    "This plugin does not support raise()",
    "This plugin does not support grabbing the keyboard",
)


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Return the kind of application that pytest-qt makes."""
    return QApplication


@pytest.fixture(autouse=True)
def _styled(qapp: QApplication) -> None:
    """Show everything in the light theme and in English, as the program does."""
    QLocale.setDefault(QLocale("en_US"))
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme.apply(qapp, "light")


@pytest.fixture(autouse=True)
def _keeps_widgets(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a test's widgets until qtbot has closed them: it holds them weakly.

    A page that nobody holds any more may otherwise go in the middle of the end of a task that belongs to it, which then
    is destroyed twice.
    """
    kept: list[QWidget] = []
    add = qtbot.addWidget

    def keep(widget: QWidget, **options: Any) -> None:
        kept.append(widget)
        add(widget, **options)

    monkeypatch.setattr(qtbot, "addWidget", keep)
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _leaves_nothing(qapp: QApplication, qtbot: QtBot, qtlog: Any) -> Iterator[None]:
    """Fail where a thread or a window outlives the test, or Qt warned of something."""
    windows = set(QApplication.topLevelWidgets())
    yield
    qtbot.waitUntil(lambda: worker.running_count() == 0, timeout=10_000)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [window for window in QApplication.topLevelWidgets() if window not in windows and window.isVisible()]
    warnings = [record for record in qtlog.records if _is_warning(record)]
    timers = [timer for timer in QApplication.instance().findChildren(QTimer) if timer.isActive()]  # type: ignore[union-attr]
    timers += [timer for window in left for timer in window.findChildren(QTimer) if timer.isActive()]
    assert not left, f"windows left open: {left}"
    assert not timers, f"timers left running: {timers}"
    assert not warnings, f"Qt warned: {[record.message for record in warnings]}"


def _is_warning(record: Record) -> bool:
    serious = record.type in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    return serious and not any(words in record.message for words in _HARMLESS)


@pytest.fixture(autouse=True)
def _no_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a copy of CatDog without a starter model, so that tests do not depend on whether there is one."""
    monkeypatch.setattr(starter_module, "starter_model", lambda: None)


@pytest.fixture
def starter(_no_starter: None, finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the starter model of this test's copy of CatDog: that of the finished run, in another place."""
    path = tmp_path / "shipped" / "starter.safetensors"
    path.parent.mkdir()
    shutil.copy(finished_model, path)
    monkeypatch.setattr(starter_module, "starter_model", lambda: path)
    return path


@pytest.fixture
def engine() -> FakeEngine:
    """Return the engine that this test's runs use."""
    return FakeEngine()


@pytest.fixture
def context(qapp: QApplication, tmp_path: Path, engine: FakeEngine) -> Iterator[Context]:
    """Return a context with settings in a file of its own and a run controller with the fake engine."""
    context = Context(Settings(tmp_path / "settings.ini"))
    context.run_controller = RunController(context.settings, context, engine=engine)
    yield context
    context.run_controller.stop()
    context.deleteLater()


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    """Speak the pseudo-language (`tests.gui.pseudo`), mirrored as Arabic is."""
    translator = PseudoTranslator(qapp)
    qapp.installTranslator(translator)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.removeTranslator(translator)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
