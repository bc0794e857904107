"""The entry point: arguments, the one application, error hooks, the window; nothing else."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import choose_language
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.start.arguments import Arguments, parse
from catdog_gui.start.display import missing_display
from catdog_gui.start.single_instance import Request, SingleInstance
from catdog_gui.start.startup import Startup
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.state.settings import Settings
from trainer.hardware import memory

if TYPE_CHECKING:
    from catdog_gui.start.smoke import Smoke

# The run's thread writes a checkpoint when it is stopped; a large one on a slow disk takes some seconds.
_PATIENCE_S = 20.0


class Application(QApplication):
    """Also receives the files that macOS asks it to open."""

    file_opened = Signal(object)  # Path

    def event(self, event: QEvent) -> bool:
        """Take files that were double-clicked or dropped on the dock icon."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(Path(event.file()))
            return True
        return super().event(event)


def main(words: list[str] | None = None) -> int:
    """Open the window and return the exit code when it was closed. `words` are the arguments without the program."""
    memory.keep_freed()  # before any thread starts
    arguments = parse(sys.argv[1:] if words is None else words)
    missing = missing_display()
    if missing is not None:
        sys.stderr.write(f"{missing}\n")
        return 2
    self_test: type[Smoke] | None = None
    if arguments.smoke:
        from catdog_gui.start import smoke  # noqa: PLC0415 - brings Pillow along

        smoke.redirect_home()
        self_test = smoke.Smoke
    app = make_application()
    instance = SingleInstance(app)
    if not instance.claim() and instance.hand_over(_request(arguments)):
        return 0
    errors = ErrorCenter(app)
    errors.install()
    try:
        return run(app, arguments, errors, instance, self_test)
    finally:
        instance.close()
        errors.uninstall()


def make_application() -> Application:
    """Return the application, with its name and with fractional screen scales as they are."""
    QCoreApplication.setApplicationName("CatDog")
    QCoreApplication.setOrganizationName("CatDog")
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    existing = QApplication.instance()
    if isinstance(existing, Application):
        return existing
    app = Application(sys.argv[:1])
    QApplication.setDesktopFileName("catdog")
    return app


def run(
    app: Application,
    arguments: Arguments,
    errors: ErrorCenter,
    instance: SingleInstance,
    self_test: "type[Smoke] | None" = None,
) -> int:
    """Show the window until it is closed, by the user or by the self-test. Return the exit code."""
    choose_language(app)
    settings = Settings()
    theme.apply(app, settings.theme)
    context = Context(settings)
    window = MainWindow(context, errors)
    startup = Startup(window, context, errors, instance)
    app.file_opened.connect(lambda path: startup.open_request(Request(photos=(str(path),))))
    window.show()
    startup.open_request(_request(arguments), at_start=True)
    if self_test is not None:
        smoke = self_test(window, context, errors)
        startup.finished.connect(smoke.begin)
        code = app.exec()
        code = code or smoke.exit_code
    else:
        code = app.exec()
    if not _end_threads(app):
        os._exit(code or 1)  # a thread hangs: nothing is lost, and waiting for it would never end
    window.deleteLater()
    context.deleteLater()
    app.processEvents()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return code


def _end_threads(app: Application) -> bool:
    """Stop all work and wait for it. False where some thread does not end."""
    over = worker.stop_all(_PATIENCE_S)
    app.processEvents()  # lets the threads that ended say so
    while over and worker.running_count():  # what ended may have begun the next step, such as loading the engine
        over = worker.stop_all(_PATIENCE_S)
        app.processEvents()
    return over


def _request(arguments: Arguments) -> Request:
    return Request(
        photos=tuple(map(str, arguments.photos)), model=str(arguments.model) if arguments.model is not None else None
    )
