"""Where a service listens, and what is refused before a model is loaded."""

import socket

import pytest

from trainer.core.errors import SettingError
from trainer.serve.address import check_token, is_loopback, listen, url
from trainer.serve.limits import limits

TOKEN = "a-token-of-sixteen"
USUAL = {"megabytes": 1.0, "photos": 2, "queue": 2, "seconds": 1.0}


def test_this_computer_alone_needs_no_token() -> None:
    with listen("localhost", 0) as listening:
        assert is_loopback(listening)
        check_token(listening, None)
        check_token(listening, TOKEN)
        assert url(listening).startswith("http://")
        port = listening.getsockname()[1]
        with pytest.raises(SettingError, match=f"Nothing can listen on localhost, port {port}"):
            listen("localhost", port)


def test_other_addresses_need_one() -> None:
    with listen("0.0.0.0", 0) as listening:
        assert not is_loopback(listening)
        with pytest.raises(SettingError, match="needs a token"):
            check_token(listening, None)
        check_token(listening, TOKEN)


@pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")
def test_addresses_of_version_6() -> None:
    try:
        listening = listen("::1", 0)
    except SettingError:
        pytest.skip("this machine has no address ::1")
    with listening:
        assert is_loopback(listening)
        assert url(listening) == f"http://[::1]:{listening.getsockname()[1]}"


@pytest.mark.parametrize("token", ["short", "", "fifteen letters", "sixteen letters\n!", "sechzehn Zeichen ä"])
def test_a_token_that_is_easily_guessed_or_cannot_be_sent_is_refused(token: str) -> None:
    with listen("127.0.0.1", 0) as listening, pytest.raises(SettingError, match="at least 16"):
        check_token(listening, token)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "", "a" * 100, "192.0.2.1"])
def test_an_address_that_is_not_there_is_a_sentence(host: str) -> None:
    with pytest.raises(SettingError, match=r"There is no address|Nothing can listen"):
        listen(host, 0).close()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_a_sentence(port: int) -> None:
    with pytest.raises(SettingError, match="Ports go from 0 to 65535"):
        listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"queue": 1}, "2 photos in one request never fit into a queue of 1"),
        ({"seconds": 0.0}, "--timeout must be more than 0 and at most 100,000, and 0.0"),
        ({"megabytes": float("nan")}, "--max-mb must be more than 0"),
        ({"megabytes": float("inf")}, "--max-mb"),
        ({"photos": 0}, "--max-photos must be more than 0"),
    ],
)
def test_limits_that_let_nothing_through_are_refused(given: dict[str, float], sentence: str) -> None:
    assert limits(**USUAL).body == 1_000_000  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=sentence):
        limits(**{**USUAL, **given})  # type: ignore[arg-type]
