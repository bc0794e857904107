"""A Firefox without a window, driven over its own protocol, Marionette: messages of JSON over a socket."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

PROGRAM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
SECONDS = 200
"""Until whatever the page was asked for must have come."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_SETTINGS = {
    "marionette.port": 0,  # any that is free: it is written into the profile
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 1,  # nobody answers there, so nothing leaves this computer
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "remote.active-protocols": 2,
}


class Firefox:
    """One page in a browser of its own."""

    def __init__(self, home: Path, **settings: object) -> None:
        assert PROGRAM is not None
        profile = home / "profile"
        profile.mkdir()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in (_SETTINGS | settings).items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        command = [PROGRAM, "--headless", "--no-remote", "--profile", str(profile), "--marionette"]
        self._process = subprocess.Popen(
            command, env=os.environ | {"HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._socket = socket.create_connection(("127.0.0.1", self._port(profile / "MarionetteActivePort")), SECONDS)
        self._buffer, self._last = b"", 0
        self._read()  # it introduces itself
        self.do("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
        self.do("WebDriver:SetTimeouts", script=1000 * SECONDS, pageLoad=1000 * SECONDS)

    def _port(self, file: Path) -> int:
        end = time.monotonic() + SECONDS
        while not (file.exists() and file.read_text()):
            assert self._process.poll() is None, "the browser ended"
            assert time.monotonic() < end, "the browser does not answer"
            time.sleep(0.05)
        return int(file.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(30)

    def do(self, method: str, **parameters: object) -> Any:
        """Call a method of WebDriver, and return its result."""
        self._last += 1
        message = json.dumps([0, self._last, method, parameters]).encode()
        self._socket.sendall(b"%d:" % len(message) + message)
        _, number, error, result = self._read()
        assert number == self._last
        assert error is None, (method, error)
        return result

    def open(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self.do("WebDriver:Navigate", url=address)

    def run(self, script: str) -> Any:
        """Return what an expression of JavaScript gives."""
        return self.do("WebDriver:ExecuteScript", script=f"return ({script})", args=[], sandbox=None)["value"]

    def until(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        script = f"""const done = arguments[arguments.length - 1];
            const look = () => ({condition}) ? done(true) : setTimeout(look, 20); look();"""
        self.do("WebDriver:ExecuteAsyncScript", script=script, args=[], sandbox=None)

    def give(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files in the page's field for them, as somebody does in its dialog."""
        found = self.do("WebDriver:FindElement", using="css selector", value=selector)["value"][_ELEMENT]
        self.do("WebDriver:ElementSendKeys", id=found, text="\n".join(map(str, files)))

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._more()
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._more()
        self._buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def _more(self) -> bytes:
        more = self._socket.recv(1 << 20)
        assert more, "the browser ended"
        return more
