"""No sentence of the report goes past translation: said in other letters, nothing of it is left in ours but data."""

import re
from pathlib import Path

import pytest

from tests.report.page import Page
from trainer.core.results import RunResult
from trainer.core.text import Text
from trainer.report.gather import Report, gather
from trainer.report.render import render


@pytest.fixture(scope="module")
def report(finished_run: RunResult) -> Report:
    assert finished_run.run_folder is not None
    return gather(Path(finished_run.run_folder))


def in_other_letters(sentence: str) -> str:
    """Return a sentence as a translation into another script would be, with its values as they are."""
    template = sentence.template if isinstance(sentence, Text) else sentence
    parts = re.split(r"(\{[^}]*\}|%n)", template)
    other = "".join(part if number % 2 else re.sub("[A-Za-z]", "ж", part) for number, part in enumerate(parts))
    if not isinstance(sentence, Text):
        return other
    values = {
        name: in_other_letters(value) if isinstance(value, Text) else value for name, value in sentence.values.items()
    }
    return str(Text(other, values, counted=sentence.counted))


def test_nothing_is_left_in_english(report: Report) -> None:
    page = Page(render(report, say=in_other_letters, language="ru-RU"))
    assert page.all("html") == [{"lang": "ru-RU", "dir": "ltr"}]
    record = report.record
    data = {
        *report.data.classes,
        *(record.device, record.precision, record.machine, report.data.root),
        *(str(setting.value) for setting in report.settings),
        *(str(setting.usual) for setting in report.settings),
        *(f"{name} {version}" for name, version in record.versions.items()),
        *(photo.path for photo in report.test.evaluation.wrong if report.test is not None),
        *(report.command, report.data.fingerprint, report.data.name, "CatDog"),
    }
    spoken = [each.get(name, "") for _, each in page.elements for name in ("alt", "aria-label")]
    words = " ".join([page.words, *spoken])
    for known in sorted(data, key=len, reverse=True):
        words = words.replace(known, " ")
    assert re.findall(r"[A-Za-z]{2,}", words) == []


def test_a_language_from_right_to_left_says_so(report: Report) -> None:
    assert Page(render(report, language="ar-EG")).all("html") == [{"lang": "ar-EG", "dir": "rtl"}]
