"""A service that really listens, in a thread of the test, and what speaks to it as any program would."""

import json
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from trainer.serve.address import listen
from trainer.serve.limits import Limits
from trainer.serve.run import serve
from trainer.serve.service import Service

BOUNDARY = "hr3kgyqbdn2"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
PHOTO = {"Content-Type": "image/jpeg"}
PATIENCE = 60.0


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Running(NamedTuple):
    """Where it listens."""

    port: int
    service: Service

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            line.close()

    def predict(self, *photos: tuple[str, bytes], **headers: str) -> Answer:
        return self.ask("POST", "/predict", form(*photos), {**FORM, **headers})

    def status(self) -> int | None:
        """Return the status of a request; None where the connection is closed instead."""
        try:
            return self.ask("GET", "/health").status
        except (ConnectionError, HTTPException):
            return None

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def waits_until(self, condition: Callable[[], bool]) -> None:
        """Return once something holds; fail where it never does."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end
            threading.Event().wait(0.01)


def form(*photos: tuple[str, bytes]) -> bytes:
    """Return photos, each with its name, as multipart/form-data."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in photos
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@contextmanager
def running(
    model: Path | Service,
    limits: Limits | None = None,
    *,
    token: str | None = None,
    names: Collection[str] = (),
    page: Path | None = None,
) -> Iterator[Running]:
    """Serve a model file until the end of the context."""
    service = model if isinstance(model, Service) else Service.load(model, limits or Limits(), device="cpu")
    over = threading.Event()
    failures: list[BaseException] = []

    def work(listening: socket.socket) -> None:
        try:
            serve(service, listening, token=token, names=names, page=page, cancelled=over.is_set)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=work, args=(listening,))
        thread.start()
        try:
            yield Running(port, service)
        finally:
            over.set()
            thread.join(PATIENCE)
            assert not thread.is_alive()
            assert not failures
