"""What happens after the first paint: the log, the other pages, the engine; none of which blocks the window."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.look.language import mark, tr
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.start.engine_loader import load_engine, load_pages
from catdog_gui.start.single_instance import Request, SingleInstance
from catdog_gui.state.context import Context
from catdog_gui.state.engine import seconds_a_look
from catdog_gui.state.error_center import ErrorCenter
from trainer.core.results import ErrorRecord
from trainer.core.text import text

if TYPE_CHECKING:
    from catdog_gui.data.page import DataPage
    from catdog_gui.train.page import TrainPage

_log = logging.getLogger("catdog")
_READY_SHOWN_MS = 4000
_LOADING, _READY = mark("Getting the engine ready…"), mark("Ready")


class Startup(QObject):
    """Completes the window step by step, and lives as long as it does."""

    finished = Signal()
    """All pages are there and the engine is loaded, or could not be."""

    def __init__(self, window: MainWindow, context: Context, errors: ErrorCenter, instance: SingleInstance) -> None:
        super().__init__(window)
        self._window, self._context, self._errors, self._instance = window, context, errors, instance
        self._painted = 0.0
        window.pages.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint of the pages."""
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = time.time()
            watched.removeEventFilter(self)
            # Zero milliseconds later the frame is on the screen.
            QTimer.singleShot(0, self, self._after_first_paint)
        return super().eventFilter(watched, event)

    def open_request(self, request: Request, *, at_start: bool = False) -> None:
        """Open what a start was given, or what another start handed over while the window was open."""
        if request.model is not None:
            self._window.pages.classify.propose_model(Path(request.model), ask=not at_start)
        photos = [Path(name) for name in request.photos]
        if photos:
            self._window.show_page("classify")
            self._window.pages.classify.add_files(photos)

    def _after_first_paint(self) -> None:
        """Do the rest, one step in each turn of the event loop."""
        steps = (self._open_log, self._make_run_controller, self._window.pages.classify.prepare, self._load_pages)
        for step in steps:
            QTimer.singleShot(0, self, step)

    def _open_log(self) -> None:
        self._errors.open_log()
        self._say_whether_settings_are_kept()
        _log.info("first paint at %.3f", self._painted)
        self._instance.requested.connect(self._on_request)
        self._instance.listen()

    def _say_whether_settings_are_kept(self) -> None:
        settings = self._context.settings
        if not settings.can_be_kept:
            what = text("The settings cannot be kept: {path} cannot be written.", path=str(settings.file))
            remedy = text("Everything else works. To have them kept, change the permissions of this folder.")
            self._errors.report(ErrorRecord(what=what, remedy=remedy))
        elif not settings.has_room:
            what = text("The settings cannot be kept: the disk with {path} is full.", path=str(settings.file))
            remedy = text("Everything else works. To have them kept, free some space on it.")
            self._errors.report(ErrorRecord(what=what, remedy=remedy))

    def _load_pages(self) -> None:
        self._window.pages.made.connect(self._on_page_made)
        self._window.sidebar.footer.setText(tr(_LOADING))
        task = worker.start(load_pages, parent=self)
        task.failed.connect(self._on_failure)
        task.finished.connect(self._make_pages)

    def _make_run_controller(self) -> None:
        from catdog_gui.start import run_watch  # noqa: PLC0415 - its settings and events take 20 ms to load

        run_watch.make_run_controller(self._window, self._context)

    def _on_request(self, request: Request) -> None:
        self._window.bring_to_front()
        self.open_request(request)

    def _make_pages(self) -> None:
        """Make one page in each turn of the event loop, so that none of them blocks the window for long."""
        if not self._window.isVisible():  # closed meanwhile: nothing more is needed, least of all the engine
            return
        self._window.pages.allow_others()
        if self._window.pages.make_next():
            QTimer.singleShot(0, self, self._make_pages)
            return

        # Only now: an import in another thread would make each of the pages take several times as long.
        task = worker.start(load_engine, parent=self)
        task.failed.connect(self._on_failure)
        task.finished.connect(self._on_loaded)

    def _on_page_made(self, name: str, page: QWidget) -> None:
        if name == "train":
            cast("TrainPage", page).offer_resume()

    def _on_failure(self, record: ErrorRecord) -> None:
        self._window.sidebar.footer.setText(tr("The engine could not be loaded."))
        self._errors.report(record)

    def _on_loaded(self) -> None:
        _log.info("engine loaded at %.3f", time.time())
        footer = self._window.sidebar.footer
        if footer.text() == tr(_LOADING):
            footer.setText(tr(_READY))
            QTimer.singleShot(_READY_SHOWN_MS, self, self._clear_footer)
        self._context.dataset_chosen.connect(self._time_looks)
        if self._context.current_dataset is not None:  # chosen while the engine was loaded
            self._time_looks()
        cast("DataPage", self._window.pages.page("data")).restore_last()
        self.finished.emit()

    def _time_looks(self) -> None:
        """Learn how fast this machine looks at photos, once there are some to choose a recipe for."""
        task = worker.start(lambda _emit, _control: seconds_a_look(), parent=self)
        task.succeeded.connect(self._context.run_controller.draft.set_look_seconds)

    def _clear_footer(self) -> None:
        if self._window.sidebar.footer.text() == tr(_READY):
            self._window.sidebar.footer.clear()
