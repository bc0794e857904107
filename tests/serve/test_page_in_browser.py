"""The page at `/` in a real Chromium: photos get the verdicts that programs get. Skipped where there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.running import Running, running
from tests.web.chromium import PROGRAM, Chromium
from trainer.core.results import RunResult

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")

TOKEN = "a token of sixteen and more"
DONE = "document.getElementById('said').textContent.includes('done')"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with Chromium(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
def service(finished_run: RunResult) -> Iterator[Running]:
    assert finished_run.model is not None
    with running(Path(finished_run.model), token=TOKEN) as one:
        yield one


def test_chosen_photos_get_their_verdicts_once_the_token_is_given(
    service: Running, browser: Chromium, drawings: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "<b>broken.jpg"
    broken.write_bytes(b"no photo")
    photos = [*sorted((drawings / "cats").glob("*.jpg"))[:5], broken]
    home = f"http://127.0.0.1:{service.port}"
    browser.open(f"{home}/")
    browser.give("#files", photos)
    browser.until("document.getElementById('said').textContent.includes('token')")
    browser.run(f"document.getElementById('token').value = '{TOKEN}'")
    browser.give("#files", photos)
    browser.until(DONE)
    shown = browser.run("[...document.querySelectorAll('#verdicts li')].map((row) => row.innerText)")
    found = service.predict(
        *((photo.name, photo.read_bytes()) for photo in photos), Authorization=f"Bearer {TOKEN}"
    ).json()
    assert len(shown) == len(found) == 6
    for words, verdict in zip(reversed(shown), found, strict=True):  # the latest first
        assert verdict["path"] in words
        assert (verdict["class"] or verdict["error"] or "Not sure") in words
    assert {address.partition("//")[2].partition("/")[0] for address in browser.asked} == {home[7:]}
    assert not [said for said in browser.said if "401" not in said]
