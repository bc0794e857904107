"""The page in a real Chromium, from a disk as by a double click, and from a server. Skipped where there is none."""

import functools
import http.server
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.chromium import Chromium
from tests.web.conftest import READY
from tests.web.photos import broken_photos, hard_photos, write_film
from tests.web.seen import CARDS, DONE, verdicts
from trainer.drawings.drawing import draw

AXE = os.environ.get("CATDOG_AXE")
LIVE = "document.querySelector('#live [data-part=title]').textContent"


def test_a_file_that_is_no_whole_photo_gets_a_sentence(shown: Chromium, tmp_path: Path) -> None:
    broken = broken_photos(tmp_path)
    good = hard_photos(tmp_path / "good")[0]
    found = verdicts(shown, [*broken, good])
    assert found[good.name].error == ""
    for file, words in broken.items():
        name = f"./{file.name}" if file.name.startswith("=") else file.name  # what a spreadsheet would compute
        assert found[name].error.startswith(words)
        assert found[name].class_name == ""


def test_nothing_is_asked_of_anybody(shown: Chromium, page: Path, tmp_path: Path) -> None:
    verdicts(shown, hard_photos(tmp_path)[:2])
    assert shown.asked[0] == page.as_uri()
    assert [address for address in shown.asked[1:] if not address.startswith("blob:")] == []
    assert shown.said == []


@pytest.mark.parametrize(
    "script",
    [
        "fetch('http://HOST/').catch(() => {})",
        "new Image().src = 'http://HOST/cat.png'",
        "new WebSocket('ws://HOST/')",
        "navigator.sendBeacon('http://HOST/', 'cat')",
        "document.head.append(Object.assign(document.createElement('script'), { src: 'http://HOST/cat.js' }))",
    ],
)
def test_its_policy_lets_no_script_reach_anybody(shown: Chromium, script: str) -> None:
    refused = "addEventListener('securitypolicyviolation', ({ blockedURI }) => done(blockedURI), { once: true })"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        host = f"127.0.0.1:{nobody.getsockname()[1]}"
        done = shown.run(f"new Promise((done) => {{ {refused}; {script.replace('HOST', host)} }})")
        assert host in str(done)
        nobody.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has knocked
            nobody.accept()
    shown.said.clear()


def test_the_keyboard_reaches_everything_and_verdicts_are_told(shown: Chromium, tmp_path: Path) -> None:
    verdicts(shown, [path for path in hard_photos(tmp_path) if path.name == "plain.jpg"])
    assert str(shown.run("document.getElementById('told').textContent")).startswith("plain.jpg: ")
    shown.run("document.getElementById('choose').focus()")
    reached = []
    for _ in range(5):
        shown.press("Tab", code=9)
        reached.append(str(shown.run("document.activeElement.textContent")))
    assert reached == ["Use the camera", "Save as a table", "Clear", "Show why", "Licences"]


def test_counts_are_not_broken_in_their_middle_on_a_phone(shown: Chromium, tmp_path: Path) -> None:
    shown.look_like(320, 640, phone=True)
    verdicts(shown, [*hard_photos(tmp_path / "good"), *broken_photos(tmp_path)])
    summary = "document.querySelector('[data-part=summary]')"
    counts = str(shown.run(f"{summary}.textContent")).split(" · ")
    assert len(counts) > 2
    heights = f"[...{summary}.children].map((count) => Math.round(count.getBoundingClientRect().height))"
    line = int(shown.run(f"Math.round(parseFloat(getComputedStyle({summary}).lineHeight))"))
    assert shown.run(heights) == [line] * len(counts)
    assert int(shown.run(f"Math.round({summary}.getBoundingClientRect().height)")) > line


@pytest.mark.skipif(AXE is None, reason="CATDOG_AXE does not name an axe.min.js (npm install axe-core)")
@pytest.mark.parametrize(("width", "dark"), [(1100, False), (390, True)])
def test_axe_finds_nothing_that_keeps_anybody_out(shown: Chromium, width: int, dark: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert AXE is not None
    shown.look_like(width, 800, dark=dark)
    verdicts(shown, [*hard_photos(tmp_path / "good")[:3], *broken_photos(tmp_path)])
    shown.run("document.querySelector('details').open = true")
    shown.run(f"{Path(AXE).read_text(encoding='utf-8')}; 0")
    assert shown.run("axe.run().then(({ violations }) => violations.map(({ id }) => id))") == []


def test_a_dropped_folder_is_looked_through(shown: Chromium, tmp_path: Path) -> None:
    hard_photos(tmp_path / "trip" / "day 1")
    (tmp_path / "trip" / "notes.txt").write_text("no photo")
    data = {"items": [], "files": [str(tmp_path / "trip")], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        shown.do("Input.dispatchDragEvent", type=kind, x=200, y=200, data=data)
    shown.until(DONE)
    names = [card["name"] for card in shown.run(CARDS)]
    assert len(names) == 12
    assert all(name.startswith("trip/day 1/") for name in names)


def test_a_pasted_photo_gets_a_verdict(shown: Chromium) -> None:
    shown.run("""new Promise((done) => { const canvas = document.createElement('canvas');
        canvas.toBlob((blob) => { const data = new DataTransfer(); data.items.add(new File([blob], 'image.png'));
            dispatchEvent(new ClipboardEvent('paste', { clipboardData: data })); done() }) })""")
    shown.until(DONE)
    assert [card["name"] for card in shown.run(CARDS)] == ["Pasted photo 1"]


def test_what_comes_after_many_photos_comes_into_view(shown: Chromium, tmp_path: Path) -> None:
    shown.look_like(390, 844)
    in_view = "scrollY + innerHeight > document.querySelector('.card:last-child').offsetTop"
    verdicts(shown, [path for path in hard_photos(tmp_path) if path.suffix == ".jpg"])
    assert not shown.run(in_view)
    shown.run("""(() => { const data = new DataTransfer(); data.items.add(new File(['Dear diary'], 'image.png'));
        dispatchEvent(new ClipboardEvent('paste', { clipboardData: data })) })()""")
    assert shown.run(in_view)
    shown.until(DONE)
    shown.do("Emulation.clearDeviceMetricsOverride")


@pytest.fixture
def with_camera(page: Path, chromium_home: Path, tmp_path: Path) -> Iterator[Chromium]:
    """Open the page where a film is what the camera sees."""
    film = write_film(tmp_path / "film.y4m", [draw("cat", seed=3, size=(640, 480))] * 5)
    options = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with Chromium(tmp_path / "home", *options, f"--use-file-for-fake-video-capture={film}") as browser:
        browser.open(page.as_uri())
        browser.until(READY)
        yield browser


def test_the_camera_gives_verdicts_and_photos(with_camera: Chromium) -> None:
    browser = with_camera
    browser.run("document.getElementById('camera').click()")
    browser.until(LIVE)
    live = browser.run(LIVE)
    browser.run("document.querySelector('[data-part=take]').click()")
    browser.until(DONE)
    (card,) = browser.run(CARDS)
    assert (card["title"], card["name"]) == (live, "Photo 1 of the camera")
    browser.run("document.querySelector('[data-part=close]').click()")
    assert browser.run("document.getElementById('live').hidden")
    assert browser.run("document.activeElement.id") == "camera"
    assert [address for address in browser.asked[1:] if not address.startswith("blob:")] == []


def test_without_a_camera_it_says_so(shown: Chromium) -> None:
    shown.run("document.getElementById('camera').click()")
    shown.until("!document.getElementById('notice').hidden")
    assert shown.run("document.getElementById('notice').textContent")


@pytest.fixture
def served(page: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    """Serve the page's folder on this computer."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_a_served_page_opens_without_its_server_the_second_time(
    served: http.server.ThreadingHTTPServer, chromium_home: Path, tmp_path: Path
) -> None:
    address = f"http://127.0.0.1:{served.server_port}/"
    with Chromium(tmp_path / "home") as browser:
        browser.open(address)
        browser.run("navigator.serviceWorker.ready.then(() => true)")
        served.shutdown()
        served.server_close()
        for again in (address, f"{address}index.html"):
            browser.open(again)
            browser.until(READY)
        assert verdicts(browser, hard_photos(tmp_path)[:1])
