"""From settings to a service that runs until it is told to stop."""

import contextlib
import socket
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from starlette.applications import Starlette
from uvicorn import Config, Server

from trainer.serve.address import check_token
from trainer.serve.app import application
from trainer.serve.connections import HEAD_SECONDS, PromptProtocol
from trainer.serve.limits import Limits
from trainer.serve.service import Service


class _Server(Server):
    """Asks whether to stop, since whoever starts it also listens to signals."""

    def __init__(self, config: Config, cancelled: Callable[[], bool]) -> None:
        super().__init__(config)
        self._cancelled = cancelled

    async def on_tick(self, counter: int) -> bool:
        """Say whether to stop; asked ten times a second."""
        return self._cancelled() or await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the caller."""
        yield


def serve(
    service: Service,
    listening: socket.socket,
    *,
    token: str | None = None,
    names: Collection[str] = (),
    page: Path | None = None,
    cancelled: Callable[[], bool],
) -> None:
    """Answer requests until `cancelled`; then finish those that are being answered, and close service and socket.

    Raises SettingError as `check_token` and `application` do.
    """
    check_token(listening, token)
    app = application(service, names=names, token=token, page=page)
    _Server(_config(app, service.limits), cancelled).run(sockets=[listening])


def _config(app: Starlette, limits: Limits) -> Config:
    return Config(
        app,
        http=PromptProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,  # what goes wrong here is printed; what callers do wrong is theirs
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=int(HEAD_SECONDS),
        timeout_graceful_shutdown=int(limits.seconds) + 1,
    )
