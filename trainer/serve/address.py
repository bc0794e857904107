"""Where the service listens, whether that is this computer alone, and what it demands where it is not."""

import ipaddress
import socket

from trainer.core.errors import SettingError
from trainer.core.text import text

_LARGEST_PORT = 65535
_BACKLOG = 2048
_LEAST_TOKEN = 16
"""Letters of a token; one that `secrets.token_urlsafe` makes has 43."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes any that is free. Raises SettingError."""
    if not 0 <= port <= _LARGEST_PORT:
        raise SettingError(
            text("Ports go from 0 to {largest}, and {port} was given.", largest=_LARGEST_PORT, port=port),
            remedy=text("Name another after --port."),
        )
    family, address = _resolved(host, port)
    # With the protocol named, asyncio lets a connection send each answer at once. Else its second half waits for the
    # caller's word on the first, which takes 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows, SO_REUSEADDR lets two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise SettingError(
            text(
                "Nothing can listen on {host}, port {port} ({why}).", host=host, port=port, why=error.strerror or error
            ),
            remedy=text("Name another after --port, or 0 for any that is free."),
        ) from None
    return listening


def is_loopback(listening: socket.socket) -> bool:
    """Whether only programs on this computer can reach a socket."""
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def check_token(listening: socket.socket, token: str | None) -> None:
    """Raise SettingError for a token that is easily guessed, or for none where other computers can ask."""
    if token is None and not is_loopback(listening):
        raise SettingError(
            text("Other computers could ask this service, so it needs a token."),
            remedy=text("Give --new-token, or a token of yours in the environment as CATDOG_TOKEN."),
        )
    if token is not None and (len(token) < _LEAST_TOKEN or not token.isascii() or not token.isprintable()):
        raise SettingError(
            text("A token has at least {count} letters, digits and signs (ASCII).", count=_LEAST_TOKEN),
            remedy=text("Let --new-token make one."),
        )


def url(listening: socket.socket) -> str:
    """Return the address as a browser takes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SettingError(
            text("There is no address {host} on this computer.", host=host),
            remedy=text("Leave --host out to serve this computer alone."),
        ) from None
    family, _, _, _, address = found[0]
    return family, address  # type: ignore[return-value]  # what getaddrinfo says of TCP
