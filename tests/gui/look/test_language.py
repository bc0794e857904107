"""Sentences, numbers and dates in the language of the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from catdog_gui.look import language
from catdog_gui.look.language import listed, mark, number, tr, tr_n, translated
from catdog_gui.look.words import day, duration, interval, percent, photo_count, ratio, size
from trainer.core.text import plural, text


@pytest.fixture
def german() -> Iterator[None]:
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(QLocale("en_US"))


def test_english_needs_no_translation() -> None:
    assert tr("Saved as {path}", path="a.png") == "Saved as a.png"
    assert [tr_n(count, "%n photo", "%n photos") for count in (0, 1, 4000)] == ["0 photos", "1 photo", "4,000 photos"]
    assert tr(mark("{share:.1f} of {count}"), share=0.25, count=4000) == "0.2 of 4,000"


@pytest.mark.usefixtures("german")
def test_sentences_of_the_engine_are_written_like_the_windows() -> None:
    assert translated(text("{count} of {name}", count=4000, name="cat")) == "4.000 of cat"
    assert translated(plural(1, "%n photo", "%n photos")) == "1 photo"
    assert translated(plural(4000, "%n photo", "%n photos")) == "4.000 photos"
    assert translated(text("{inner}!", inner=plural(4000, "%n photo", "%n photos"))) == "4.000 photos!"
    assert translated("No such file or directory") == "No such file or directory"
    assert translated("") == ""


@pytest.mark.usefixtures("german")
def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert number(4000) == "4.000"
    assert percent(0.873, 1) == "87,3 %"
    assert translated(text("From {low:.1%} to {high:.0%}.", low=0.303, high=0.954)) == "From 30,3 % to 95 %."
    assert interval(0.987, 0.997) == "98,7–99,7 %"
    assert size(13_800_000) == "13,8 MB"
    assert photo_count(4000) == "4.000 photos"
    assert listed(["cat", "dog", "fox"]) == "cat, dog und fox"
    assert day("2026-11-22T09:05:01.123456+00:00") == "22 Nov. 2026, 09:05"


def test_only_what_is_one_is_called_one() -> None:
    assert [ratio(value) for value in (None, 0.5, 0.9994, 0.9997, 1.0)] == ["–", "0.500", "0.999", "> 0.999", "1.000"]
    assert [duration(value) for value in (3, 29, 3540, 3900)] == [
        "a few seconds",
        "30 seconds",
        "59 minutes",
        "1 h 05 min",
    ]


@pytest.mark.usefixtures("pseudo")
def test_what_is_translated_is_translated_with_what_is_in_it() -> None:
    assert tr("Saved as {path}", path="a.png").startswith("⟦Såvéd")
    assert "a.png" in tr("Saved as {path}", path="a.png")
    assert "4,000" in tr_n(4000, "%n photo", "%n photos")
    assert translated(text("About {inner}!", inner=text("Inside"))).count("⟦") == 2
    assert day("2026-11-22T09:05:01") == "22 Nov 2026, 09:05"


def test_the_language_follows_the_system(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language.QLocale, "system", lambda: QLocale("en_GB"))
    language.choose_language(qapp)
    assert QLocale().territory() == QLocale.Country.UnitedKingdom
    monkeypatch.setattr(language.QLocale, "system", lambda: QLocale("ar_EG"))  # there is no Arabic translation yet
    language.choose_language(qapp)
    assert QLocale().language() == QLocale.Language.English
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
