"""What a page shows, read by a script in it, for Chromium and Firefox alike."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

DONE = "document.querySelector('.card') && !document.querySelector('[data-part=save]').disabled"
TABLE = """(() => { let made; const before = URL.createObjectURL;
    URL.createObjectURL = (blob) => (made = blob, before(blob)); document.querySelector('[data-part=save]').click();
    URL.createObjectURL = before; return made.text(); })()"""
"""The table that the button saves, without the dialog that the browser asks for a place with."""
CARDS = """[...document.querySelectorAll('.card')].map((card) => Object.fromEntries(
    ['title', 'reason', 'name'].map((part) => [part, card.querySelector(`[data-part=${part}]`).textContent])))"""


class Browser(Protocol):
    """A page that is open in a browser."""

    def run(self, script: str) -> object: ...

    def until(self, condition: str) -> None: ...

    def give(self, selector: str, files: Sequence[Path]) -> None: ...


class Row(NamedTuple):
    """A photo in the table of verdicts."""

    class_name: str
    probability: float | None
    reason: str
    error: str


def verdicts(browser: Browser, photos: Sequence[Path]) -> dict[str, Row]:
    """Choose photos on a page, and return what its table says of each by name."""
    browser.give("#files", photos)
    browser.until(DONE)
    table = str(browser.run(TABLE)).removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(table))
    return {
        row["path"]: Row(
            row["class"], float(row["probability"]) if row["probability"] else None, row["reason"], row["error"]
        )
        for row in rows
    }
