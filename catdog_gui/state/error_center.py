"""Where every unexpected error arrives, from whichever thread: it becomes a record, a log line, a signal."""

import faulthandler
import logging
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from trainer.core.results import ErrorRecord
from trainer.core.text import text
from trainer.files.paths import log_folder

# Enough for a long session's errors; the file keeps the rest.
KEPT = 200
_LOG_BYTES = 1_000_000
_log = logging.getLogger("catdog")


class ErrorCenter(QObject):
    """Keeps the session's errors. `install` lets it replace Python's and Qt's own reports."""

    recorded = Signal(object)
    """An ErrorRecord that the user should see, emitted in the thread where it came up."""
    noted = Signal(object)
    """An ErrorRecord for the list alone: Qt's warnings, which rarely concern the user."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records: list[ErrorRecord] = []
        self._handler: logging.Handler | None = None
        self._crash_file: IO[str] | None = None
        self.recorded.connect(self._keep)
        self.noted.connect(self._keep)

    @property
    def log_file(self) -> Path:
        """Where errors are written to."""
        return log_folder() / "catdog.log"

    def install(self) -> None:
        """Catch what nobody else does, until `uninstall`."""
        sys.excepthook = self._on_exception
        threading.excepthook = lambda args: self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)
        qInstallMessageHandler(self._on_qt_message)

    def uninstall(self) -> None:
        """Put everything back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)
        if self._handler is not None:
            _log.removeHandler(self._handler)
            with suppress(OSError):  # a full disk, which takes no last line either
                self._handler.close()
            self._handler = None
        if self._crash_file is not None:
            faulthandler.disable()
            with suppress(OSError):
                self._crash_file.close()
            self._crash_file = None

    def open_log(self) -> None:
        """Begin to write the log file: called after the first paint, since it costs some milliseconds."""
        from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - it brings sockets along

        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            self._handler = RotatingFileHandler(self.log_file, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
            self._crash_file = (self.log_file.parent / "crash.log").open("a", encoding="utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            what = text("The log file {path} cannot be written ({reason}).", path=str(self.log_file), reason=reason)
            self.report(ErrorRecord(what=what))
            return
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(self._handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False
        logging.raiseExceptions = False  # a disk that fills meanwhile is no reason for a traceback in the terminal
        # A crash inside Qt or torch leaves its stack here; Python's hooks are not reached then.
        faulthandler.enable(self._crash_file)
        for record in self.records:
            _write(record)

    def report(self, record: ErrorRecord) -> None:
        """Keep an error and show it to the user. Safe in any thread."""
        _write(record)
        self.recorded.emit(record)

    def _keep(self, record: ErrorRecord) -> None:
        self.records.append(record)
        del self.records[:-KEPT]

    def _on_exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        error = error if error is not None else kind()
        if sys.stderr is not None:  # a windowed program on Windows has none
            traceback.print_exception(kind, error, trace)
        self.report(ErrorRecord.of(error.with_traceback(trace)))

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            return
        if sys.stderr is not None:
            print(message, file=sys.stderr)  # noqa: T201 - where Qt itself would have put it
        place = f"{context.category or 'qt'} {context.file or ''}:{context.line}"
        record = ErrorRecord(what=text("Qt, which draws the window, gave a warning."), details=f"{message}\n({place})")
        _write(record)
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            self.recorded.emit(record)
        else:
            self.noted.emit(record)


def _write(record: ErrorRecord) -> None:
    _log.error("%s%s", record.sentence, f"\n{record.details.rstrip()}" if record.details else "")
