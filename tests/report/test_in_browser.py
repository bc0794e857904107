"""The report in a real browser: it asks for nothing, and prints. Skipped where there is no Chromium."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from trainer.core.results import RunResult

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

OWN = re.compile(r"data:|blob:|chrome|https?://[\w.-]+\.(google|googleapis|gvt1)\.com/")
"""What the browser itself asks for, whatever page it shows."""

AXE = os.environ.get("CATDOG_AXE")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@pytest.fixture
def report(finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a report in a folder of its own."""
    assert finished_run.run_folder is not None
    return Path(shutil.copy(Path(finished_run.run_folder, "report.html"), tmp_path / "report.html"))


class Seen(NamedTuple):
    """What a browser made of a page."""

    elements: str
    """Of the page, after its scripts ran."""
    asked: list[str]
    """The addresses that it asked for, but for the page itself."""


def browse(page: Path, *options: str) -> Seen:
    """Open a page in a browser without a window. It finds no host but this computer."""
    assert CHROMIUM is not None
    log = page.with_name("net.json")
    # As root, as in a container, Chromium refuses to start with its sandbox.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    alone = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking"]
    own = [f"--user-data-dir={page.with_name('profile')}", "--no-first-run", "--headless", "--disable-gpu"]
    done = subprocess.run(
        [CHROMIUM, *own, *sandbox, *alone, f"--log-net-log={log}", *options, page.as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = {event["params"]["url"] for event in events if "url" in event.get("params", {})} - {page.as_uri()}
    return Seen(done.stdout, sorted(url for url in asked if not OWN.match(url)))


def test_it_prints_and_asks_nobody_for_anything(report: Path, tmp_path: Path) -> None:
    with_picture(report)  # which its policy forbids
    printed = tmp_path / "report.pdf"
    assert browse(report, f"--print-to-pdf={printed}", "--no-pdf-header-footer").asked == []
    content = printed.read_bytes()
    assert content.startswith(b"%PDF")
    assert 2 <= content.count(b"/Type /Page\n") <= 8


def test_what_a_page_asks_for_would_be_seen(report: Path) -> None:
    with_picture(report)
    content = report.read_text(encoding="utf-8")
    report.write_text(content.replace("Content-Security-Policy", "x-nothing"), encoding="utf-8")
    assert "http://127.0.0.1:9/cat.jpg" in browse(report, "--dump-dom").asked


@pytest.mark.skipif(AXE is None, reason="CATDOG_AXE does not name an axe.min.js (npm install axe-core)")
@pytest.mark.parametrize(("width", "dark"), [(1100, "not all"), (1100, "all"), (500, "not all")])
def test_axe_finds_nothing_that_keeps_anybody_out(report: Path, width: int, dark: str) -> None:
    assert AXE is not None
    content = report.read_text(encoding="utf-8")
    for before, after in (
        ("Content-Security-Policy", "x-nothing"),  # it lets no script run
        ("(prefers-color-scheme: dark)", dark),
        ("<details>", "<details open>"),
    ):
        assert before in content
        content = content.replace(before, after)
    look = "axe.run().then(found => { document.title = `axe: ${found.violations.map(one => one.id)}.` })"
    scripts = f"<script>{Path(AXE).read_text(encoding='utf-8')}</script><script>{look}</script>"
    report.write_text(content.replace("</body>", f"{scripts}</body>"), encoding="utf-8")
    seen = browse(report, "--dump-dom", "--virtual-time-budget=30000", f"--window-size={width},900")
    assert "<title>axe: .</title>" in seen.elements


def with_picture(report: Path) -> None:
    """Let the page ask for a picture from elsewhere."""
    content = report.read_text(encoding="utf-8")
    asking = content.replace("</main>", '<img src="http://127.0.0.1:9/cat.jpg" alt=""></main>')
    assert asking != content
    report.write_text(asking, encoding="utf-8")
