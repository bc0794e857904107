"""A Chromium without a window, driven over DevTools' pipe: it opens a page, and its requests are seen."""

import base64
import json
import os
import shutil
import subprocess
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 200
"""Until whatever the page was asked for must have come."""


class Chromium:
    """One page in a browser of its own."""

    def __init__(self, home: Path, *options: str) -> None:
        assert PROGRAM is not None
        # As root, as in a container, Chromium refuses to start with its sandbox.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        alone = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking"]
        own = [f"--user-data-dir={home}", "--no-first-run", "--headless", "--disable-gpu", "--disable-dev-shm-usage"]
        theirs, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        command = ["bash", "-c", f'exec 3<&{theirs} 4>&{theirs_out}; exec "$@"', "bash", PROGRAM]
        self._process = subprocess.Popen(
            [*command, *own, *sandbox, *alone, "--remote-debugging-pipe", *options, "about:blank"],
            pass_fds=(theirs, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(theirs_out)
        self._last, self._buffer, self._events = 0, b"", deque[dict[str, Any]]()
        self._session: str | None = None
        self.asked: list[str] = []
        """The addresses that the page, its worker or its service worker asked for."""
        self.said: list[str] = []
        """What was written to the console, and errors that nobody caught."""
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "DOM", "Log"):
            self.do(f"{domain}.enable")
        self.do("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
        os.close(self._out)
        os.close(self._in)

    def do(self, method: str, **parameters: object) -> Any:
        """Call a method of DevTools, and return its result."""
        number = self._send(method, self._session, parameters)
        while (answer := self._read()).get("id") != number:
            self._take(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def _send(self, method: str, session: str | None, parameters: dict[str, object]) -> int:
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        os.write(self._out, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        return self._last

    def open(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self.do("Page.navigate", url=address)
        while self._read_event()["method"] != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """Return what an expression of JavaScript gives, after its promise where it is one."""
        found = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true: it is looked at with every frame that the page draws."""
        script = f"""new Promise((resolve, reject) => {{
            const late = setTimeout(() => reject(new Error(document.body.innerText)), {1000 * SECONDS});
            const look = () => ({condition}) ? (clearTimeout(late), resolve()) : setTimeout(look, 20); look(); }})"""
        self.run(script)

    def give(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files in the page's field for them, as somebody does in its dialog."""
        root = self.do("DOM.getDocument")["root"]["nodeId"]
        node = self.do("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.do("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def look_like(self, width: int, height: int, *, dark: bool = False, phone: bool = False) -> None:
        """Give the page this size in CSS pixels, and these colours."""
        scale = 2 if phone else 1
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.do("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Save a picture of the page as PNG: of what is on the screen, or the whole of it."""
        found = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(found["data"]))

    def press(self, key: str, *, code: int = 0, text: str = "") -> None:
        """Press a key of the keyboard."""
        common = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.do("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.do("Input.dispatchKeyEvent", type="keyUp", **common)

    def _read_event(self) -> dict[str, Any]:
        if self._events:
            return self._events.popleft()
        self._take(self._read())
        return self._events.popleft() if self._events else {"method": ""}

    def _take(self, event: dict[str, Any]) -> None:
        """Remember what an event says of requests and of the console."""
        method, what = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.asked.append(what["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(str(what["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.said.append(" ".join(str(each.get("value", each.get("description"))) for each in what["args"]))
        elif method == "Log.entryAdded":
            self.said.append(what["entry"]["text"])
        elif method == "Target.attachedToTarget" and what["targetInfo"]["type"] != "page":
            for domain in ("Network", "Runtime"):  # nobody waits for the answer: another is being waited for
                self._send(f"{domain}.enable", what["sessionId"], {})
        if method:
            self._events.append(event)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = os.read(self._in, 1 << 20)
            assert more, "the browser ended"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer
