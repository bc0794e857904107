"""Whether there is a display to open a window on. Without one, Qt would abort the process."""

import os
import re
import socket
import sys
from collections.abc import Mapping

_X_SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108 - where X servers listen, by their own convention
_X_PORT = 6000
_ANSWER_S = 2.0


def missing_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Return the sentence to print where no window can be opened, None where one can (as far as can be told)."""
    if platform != "linux" or environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY", "")
    if display and _answers(display):
        return None
    why = f"the display {display} does not answer" if display else "there is none here"
    return f"CatDog's window needs a display, and {why}. On the command line: catdog-cli --help"


def _answers(display: str) -> bool:
    """Say whether an X server can be reached under a name such as ":0", ":1.0", "unix:0" or "host:10.0"."""
    match = re.fullmatch(r"(.*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return False
    host, number = match[1], int(match[2])
    if host in {"", "unix"}:
        # Some servers listen only on the name without a file.
        return any(_connects(socket.AF_UNIX, f"{start}{_X_SOCKETS}{number}") for start in ("", "\0"))
    return _connects(socket.AF_INET, (host, _X_PORT + number))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(_ANSWER_S)
        try:
            line.connect(address)
        except (OSError, OverflowError):
            return False
    return True
