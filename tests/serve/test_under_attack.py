"""What careless and hostile callers do. Afterwards the service must answer as before, and hold nothing of theirs."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.bad_files import encoded, jpeg, jpeg_with_damaged_exif, png, png_header
from tests.serve.running import PATIENCE, PHOTO, Running, form, running
from trainer.core.results import Prediction, RunResult
from trainer.inference.predictor import Predictor
from trainer.serve.connections import PromptProtocol
from trainer.serve.limits import Limits
from trainer.serve.service import Service

HEAD = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"


@pytest.fixture(scope="module")
def model(finished_run: RunResult) -> Path:
    assert finished_run.model is not None
    return Path(finished_run.model)


@pytest.fixture
def service(model: Path) -> Iterator[Running]:
    """Return a small service that must be as good as new after each test."""
    limits = Limits(body=1_000_000, photos=20, queue=20, seconds=PATIENCE)
    with running(model, limits) as one:
        yield one
        assert_well(one)


def assert_well(service: Running) -> None:
    [verdict] = service.predict(("a.jpg", jpeg())).json()
    assert verdict["error"] is None
    assert service.ask("GET", "/health").json()["waiting"] == 0


def read_all(line: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def hostile_photos() -> dict[str, bytes]:
    """Return photos that are none, are damaged, or would be huge, each under a hostile name."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    whole = {kind: encoded(noise, kind) for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "HEIF", "AVIF")}
    return {
        "": b"",
        "../../../../etc/passwd": b"root:x:0:0",
        "C:\\Windows\\win.ini": b"%!PS-Adobe-3.0 EPSF-3.0\n(run) show",
        "\u202egpj.exe": b"MZ\x90\0",
        "a\x00b.jpg": b"\0" * 100,
        "=cmd|' /C calc'!A0": b"<svg onload=alert(1)>",
        "<script>alert(1)</script>.jpg": b"GIF89a" + bytes(50),
        "n" * 2000: jpeg_with_damaged_exif(),
        "bomb.png": png_header(40_000, 40_000),
        "strip.png": png(width=1, height=60_000),
        **{f"cut.{kind}": content[: len(content) // 2] for kind, content in whole.items()},
    }


def test_hostile_photos_are_errors_under_their_own_names(service: Running) -> None:
    photos = hostile_photos()
    names = [name for name in photos if '"' not in name and "\x00" not in name and name]
    answer = service.predict(*((name, photos[name]) for name in names))
    assert answer.status == 200
    found = answer.json()
    assert [one["path"] for one in found] == [name.replace("C:\\Windows\\", "") for name in names]
    readable = {"strip.png", "n" * 2000}
    for one in found:
        assert (one["error"] is None) == (one["path"] in readable), one
    for content in photos.values():
        assert service.ask("POST", "/predict", content, PHOTO).status in {200, 400}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [b"", b"GET / HTTP/1.1\r\n", HEAD, HEAD + b"Content-Length: 9\r\n\r\n", b"PRI * HTTP/2.0\r\n"]
    ),
    rest=st.binary(max_size=300),
)
def test_any_bytes_on_the_line_do_no_harm(service: Running, start: bytes, rest: bytes) -> None:
    with service.connect() as line:
        line.sendall(start + rest)
        line.shutdown(socket.SHUT_WR)
        answer = read_all(line)
    assert b"500" not in answer.partition(b"\r\n")[0]


def test_huge_heads_and_odd_requests_are_refused(service: Running) -> None:
    for request in (
        b"GET /" + b"a" * 100_000,
        HEAD + b"X: " + b"y" * 100_000,
        HEAD + b"".join(b"X%d: y\r\n" % number for number in range(20_000)),
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nnonsense\r\n",
        b"GET / HTTP/1.1\r\n\r\n",  # no Host
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ):
        with service.connect() as line:
            with contextlib.suppress(ConnectionError):
                line.sendall(request)
            answer = read_all(line)
        assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 421", b""}, answer


def test_slow_heads_and_bodies_end(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PromptProtocol, "head_seconds", 0.3)
    with running(model, Limits(seconds=0.3)) as service:
        with service.connect() as silent, service.connect() as slow, service.connect() as body:
            slow.sendall(HEAD)
            body.sendall(HEAD + b"Content-Length: 100000\r\n\r\nsome")
            assert read_all(silent) == b""
            assert read_all(slow) == b""
            assert body.recv(12) == b"HTTP/1.1 408"
            read_all(body)  # the rest of a refused body has its limit too
        with service.connect() as kept:
            kept.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /hea")
            assert read_all(kept).startswith(b"HTTP/1.1 200")


class Slow:
    """A service that looks at nothing before it may, and fails where it is told to."""

    def __init__(self, model: Path, limits: Limits) -> None:
        self.may, self.begun, self.seen, self.fails = threading.Event(), 0, 0, False
        predictor = Predictor.load(model, device="cpu")
        self._look = predictor.predict_chunk
        predictor.predict_chunk = self._wait_and_look  # type: ignore[method-assign]
        self.service = Service(predictor, "Slow", limits)

    def _wait_and_look(self, photos: Sequence[bytes]) -> Sequence[Prediction]:
        self.begun += 1
        assert self.may.wait(PATIENCE)
        self.seen += len(photos)
        if self.fails:
            raise MemoryError
        return self._look(photos)


@pytest.fixture
def slow(model: Path) -> Iterator[tuple[Running, Slow]]:
    limits = Limits(body=1_000_000, photos=10, queue=10, seconds=PATIENCE)
    held = Slow(model, limits)
    with running(held.service) as one:
        yield one, held
        held.may.set()


def fill(service: Running, held: Slow, callers: ThreadPoolExecutor) -> int:
    """Give each worker a photo to look at, and let 8 more wait. Return how many photos these are."""
    workers = len(service.service._batcher._workers)  # noqa: SLF001
    for number in range(workers):
        callers.submit(service.predict, ("a.jpg", jpeg()))
        service.waits_until(lambda: held.begun == number + 1)  # noqa: B023 - asked at once
    callers.submit(service.predict, *[("a.jpg", jpeg())] * 8)
    service.waits_until(lambda: service.service.health().waiting == 8)
    return workers + 8


def test_a_full_queue_says_come_back(slow: tuple[Running, Slow]) -> None:
    service, held = slow
    with ThreadPoolExecutor(64) as callers:
        fill(service, held, callers)
        refused = service.predict(*[("b.jpg", jpeg())] * 3)
        assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        assert service.ask("GET", "/health").status == 200
        held.may.set()
    assert_well(service)


def test_a_caller_who_goes_is_not_worked_for(slow: tuple[Running, Slow]) -> None:
    service, held = slow
    with ThreadPoolExecutor(64) as callers:
        asked = fill(service, held, callers)
        body = form(("gone.jpg", jpeg()), ("gone.jpg", jpeg()))
        with service.connect() as line:
            kind = b"multipart/form-data; boundary=" + body[2 : body.index(b"\r")]
            line.sendall(HEAD.replace(b"image/jpeg", kind) + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            service.waits_until(lambda: service.service.health().waiting == 10)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # goes without a word
        service.waits_until(lambda: service.service.health().waiting == 8)
        held.may.set()
    assert_well(service)
    assert held.seen == asked + 1  # with the one just now


def test_verdicts_that_take_too_long_are_given_up(model: Path) -> None:
    held = Slow(model, Limits(seconds=0.3))
    with running(held.service) as one:
        answer = one.predict(("a.jpg", jpeg()))
        assert (answer.status, answer.json()["title"]) == (504, "Gateway Timeout")
        held.may.set()


def test_what_fails_unexpectedly_is_500_and_the_next_is_served(model: Path, caplog: pytest.LogCaptureFixture) -> None:
    held = Slow(model, Limits())
    held.may.set()
    with running(held.service) as one:
        held.fails = True
        answer = one.predict(("a.jpg", jpeg()))
        held.fails = False
        assert (answer.status, answer.json()["detail"]) == (500, "The computer ran out of memory.")
        one.waits_until(lambda: "MemoryError" in caplog.text)  # for whoever runs the service
        assert_well(one)


def test_many_more_connections_than_there_is_room_for(model: Path) -> None:
    with running(model, Limits(connections=20)) as service:
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                stack.enter_context(service.connect())
            service.waits_until(lambda: service.status() in {503, None})
        service.waits_until(lambda: service.status() == 200)
        assert_well(service)
