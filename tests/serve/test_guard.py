"""Who may ask: names and addresses, pages of other sites, and the token."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from trainer.serve.guard import Guard

TOKEN = "a token of sixteen and more"


async def _inside(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def status(path: str = "/predict", *, token: str | None = None, **headers: str) -> int:
    """Return what a request with these headers is answered, and look at the headers that each answer has."""
    given = {"host": "127.0.0.1:8000", **headers}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value != "none"]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": raw}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    guard = Guard(_inside, names=["Cats.lan"], token=token, open_paths=("/", "/health"))
    asyncio.run(guard(scope, receive, send))
    names = dict(sent[0]["headers"])
    assert names[b"x-content-type-options"] == b"nosniff"
    assert b"access-control-allow-origin" not in names
    found: int = sent[0]["status"]
    return found


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "192.168.1.7:80", "cats.lan:8000"],
)
def test_known_names_and_addresses_are_served(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "dogs.lan", "", "none", "[::1", "a:b:c"],
)
def test_other_names_are_not(host: str) -> None:
    assert status(host=host) == 421


def test_pages_of_other_sites_may_not_ask() -> None:
    assert status(origin="http://127.0.0.1:8000") == 200
    for origin in ("http://evil.example", "http://127.0.0.1:9000", "null", "http://localhost:8000", ""):
        assert status(origin=origin) == 403


def test_the_token_is_demanded_but_for_what_is_open() -> None:
    assert status(token=TOKEN, authorization=f"Bearer {TOKEN}") == 200
    assert status(token=TOKEN, authorization=f"bearer  {TOKEN} ") == 200
    for wrong in ("none", "", "Bearer", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer \xe4"):
        assert status(token=TOKEN, authorization=wrong) == 401
    assert status("/health", token=TOKEN) == 200
    assert status("/", token=TOKEN) == 200
    assert status("/predict/", token=TOKEN) == 401
