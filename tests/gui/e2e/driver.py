"""Drives the shipped program with a real mouse and keyboard (xdotool), from inside its process.

A journey is a generator: it yields conditions, and goes on when the one it waits for is true. The program's event loop
runs all the time, also inside dialogs. Run as a program: `python -m tests.gui.e2e.driver MODULE:JOURNEY FOLDER
[ARGUMENTS OF THE PROGRAM]`.
"""

import importlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QProcess, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from catdog_gui.shell.main_window import MainWindow
from catdog_gui.start import app as program
from catdog_gui.start import startup

Condition = Callable[[], bool]
Journey = Callable[["Driver"], Iterator[Condition]]
_W = TypeVar("_W", bound=QWidget)
_STEP_S = 120.0


class Driver(QObject):
    """What a journey can do. Every method that acts returns the condition that says it is done."""

    def __init__(self, window: MainWindow, folder: Path, journey: Journey) -> None:
        super().__init__(window)
        self.window, self.folder = window, folder
        self.facts: dict[str, Any] = {}
        self._steps = journey(self)
        self._waits_for: Condition = lambda: True
        self._since = time.monotonic()
        self._sources: list[subprocess.Popen[bytes]] = []
        self._shots = 0
        self._timer = QTimer(self, interval=15)
        self._timer.timeout.connect(self._advance)
        self._timer.start()
        application = QApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.save)

    def _advance(self) -> None:
        try:
            if self._waits_for():
                self._waits_for = next(self._steps)
                self._since = time.monotonic()
            else:
                self._check_patience()
        except StopIteration:
            self.end()
        except BaseException:  # noqa: BLE001 - whatever it is, the test shows it
            self.facts["error"] = traceback.format_exc()
            self.shot("error")
            self.end()

    def _check_patience(self) -> None:
        if time.monotonic() - self._since > _STEP_S:
            frame = self._steps.gi_frame  # type: ignore[attr-defined]  # a journey is a generator
            raise TimeoutError(f"waited in vain at line {frame.f_lineno}")

    def end(self) -> None:
        self._timer.stop()
        for source in self._sources:
            source.kill()
            source.wait()
        self.save()
        if "error" in self.facts:
            os._exit(1)

    def save(self) -> None:
        """Write down what was found out: also called where the program ends before the journey."""
        (self.folder / "facts.json").write_text(json.dumps(self.facts, indent=1), encoding="utf-8")

    # Acting

    def xdotool(self, *words: str | int) -> Condition:
        """Move the mouse or press keys, as a person would: the program sees events of the X server."""
        process = QProcess(self)
        process.start("xdotool", [str(word) for word in words])
        return lambda: process.state() == QProcess.ProcessState.NotRunning

    def click(self, widget: QWidget, spot: QPoint | None = None) -> Condition:
        # The X server counts pixels, the program those of a screen without scale.
        place = widget.mapToGlobal(spot or widget.rect().center()) * widget.devicePixelRatio()
        return self.xdotool("mousemove", place.x(), place.y(), "sleep", "0.08", "click", 1)

    def key(self, keys: str) -> Condition:
        return self.xdotool("key", "--clearmodifiers", keys)

    def write(self, text: str) -> Condition:
        return self.xdotool("type", "--delay", 8, text)

    def source(self, *files: Path) -> Condition:
        """Open another program's window, right of ours, from which these files can be dragged."""
        for old in self._sources:
            old.kill()
            old.wait()
        self._sources.clear()
        script = Path(__file__).with_name("drag_source.py")
        process = subprocess.Popen([sys.executable, str(script), "1160", "100", *map(str, files)])
        self._sources.append(process)
        search = ["xdotool", "search", "--name", "^Drag source$"]
        return lambda: subprocess.run(search, check=False, capture_output=True).returncode == 0

    def drag_to(self, widget: QWidget, *, let_go: bool = True) -> Condition:
        """Drag from the source's window to the middle of a widget, and let go there."""
        end = widget.mapToGlobal(widget.rect().center())
        moves: list[str | int] = ["mousemove", 1250, 190, "sleep", "0.1", "mousedown", 1]
        for step in range(1, 13):
            x, y = 1250 + (end.x() - 1250) * step // 12, 190 + (end.y() - 190) * step // 12
            moves += ["mousemove", x, y, "sleep", "0.03"]
        moves += ["sleep", "0.2"]
        return self.xdotool(*moves, *(["mouseup", 1] if let_go else []))

    def shot(self, name: str) -> None:
        """Keep a picture of the whole screen."""
        self._shots += 1
        for _ in range(2):
            QApplication.processEvents()
            QGuiApplication.sync()  # type: ignore[attr-defined]  # the stubs lack it
        file = self.folder / f"{self._shots:02}-{name}.png"
        subprocess.run(["import", "-window", "root", str(file)], check=False)

    # Finding

    def find(self, kind: type[_W], name: str, within: QWidget | None = None) -> _W:
        """Return the visible widget of that kind with that text or accessible name."""
        places = [within] if within else [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        found = [
            widget
            for place in places
            for widget in place.findChildren(kind)
            if widget.isVisible() and name in (_words(widget), widget.accessibleName())
        ]
        assert len(found) == 1, f"{len(found)} {kind.__name__}s called {name!r}"
        return found[0]

    def dialog_is_there(self) -> bool:
        """Whether a dialog has the focus: before that the window manager may still move it away from under a click."""
        dialog = self.dialog()
        return dialog is not None and dialog.isActiveWindow()

    def dialog(self) -> QWidget | None:
        return QApplication.activeModalWidget()


def _words(widget: QWidget) -> str:
    return widget.text().replace("&", "") if isinstance(widget, QAbstractButton) else ""


def main() -> int:
    where, folder, *words = sys.argv[1:]
    module, name = where.split(":")
    journey: Journey = getattr(importlib.import_module(module), name)

    class Driven(startup.Startup):
        """The shipped start, with a driver that begins once everything is there."""

        def __init__(self, window: MainWindow, *others: Any) -> None:
            super().__init__(window, *others)
            self.finished.connect(lambda: Driver(window, Path(folder), journey))

    program.Startup = Driven  # type: ignore[misc]
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    return program.main(words)


if __name__ == "__main__":
    sys.exit(main())
