"""One window at a time: a second start hands what it was given to the first, and ends."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, Signal

from catdog_gui.state.settings import settings_file

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

# A first window that is busy still answers within this time; one that does not is stuck, and the second opens.
_PATIENCE_MS = 3000
# Longer than any command line.
_MESSAGE_LIMIT = 4_000_000
_ANSWER = b"ok\n"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a start was given: absolute paths."""

    photos: tuple[str, ...] = ()
    model: str | None = None


class SingleInstance(QObject):
    """Decides which start is the first. The lock and the server's name belong to one settings file."""

    requested = Signal(object)
    """A Request that another start handed over."""

    def __init__(self, parent: QObject | None = None, *, home: Path | None = None) -> None:
        super().__init__(parent)
        folder = home or settings_file().parent
        with suppress(OSError):  # then nothing can be locked there, and `claim` says so
            folder.mkdir(parents=True, exist_ok=True)
        # Socket paths may have 100 characters only, so the name is a short digest of the folder.
        self.server_name = f"catdog-{zlib.crc32(str(folder.resolve()).encode('utf-8', 'surrogateescape')):08x}"
        self._lock = QLockFile(str(folder / "catdog.lock"))
        self._lock.setStaleLockTime(0)  # held by a process that is alive, or not held: its age says nothing
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Try to be the first. False where another process is; where nothing can be locked, nobody is known to be."""
        return self._lock.tryLock(0) or self._lock.error() is not QLockFile.LockError.LockFailedError

    def listen(self) -> None:
        """Listen for later starts. Does nothing where another process is the first: the name is that one's."""
        if not self._lock.isLocked():
            return
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 - after the first paint

        QLocalServer.removeServer(self.server_name)  # left by a crash: we hold the lock, so nobody uses it
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(self.server_name)

    def hand_over(self, request: Request, *, patience_ms: int = _PATIENCE_MS) -> bool:
        """Give the request to the first window. False where it does not answer."""
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415 - not needed by the first start's first paint

        deadline = QDeadlineTimer(patience_ms)
        while not deadline.hasExpired():
            socket = QLocalSocket()
            socket.connectToServer(self.server_name)
            if not socket.waitForConnected(200):
                self._lock.tryLock(50)  # the first may not listen yet; this waits without a sleep
                if self._lock.isLocked():
                    return False
                continue
            socket.write(msgspec.json.encode(request) + b"\n")
            socket.flush()
            answered = socket.waitForReadyRead(deadline.remainingTime()) and bytes(socket.readAll().data()) == _ANSWER
            socket.disconnectFromServer()
            return answered
        return False

    def close(self) -> None:
        """Let another start be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _on_connection(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(_reader(socket, self.requested.emit))


def _reader(socket: "QLocalSocket", tell: Callable[[Request], None]) -> Callable[[], None]:
    """Return what reads one line from a connection and answers it."""

    def read() -> None:
        if socket.bytesAvailable() > _MESSAGE_LIMIT:
            socket.abort()
        elif socket.canReadLine():
            try:
                request = msgspec.json.decode(bytes(socket.readLine().data()), type=Request)
            except msgspec.DecodeError:
                socket.abort()
                return
            socket.write(_ANSWER)
            socket.flush()
            tell(request)

    return read
