"""Lengths of time as people write them."""

import pytest

from trainer.core.duration import duration_words, parse_duration, written_duration
from trainer.core.errors import SettingError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("10m", 600), ("10 min", 600), ("1h30m", 5400), ("1H 5m 7s", 3907), ("0h2m", 120), ("10s", 10)],
)
def test_what_people_write_is_read(written: str, seconds: int) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize("written", ["abc", "", "10", "m", "-5m", "1.5h", "10m5h", "5m ago", "1d", "9" * 50 + "s"])
def test_anything_else_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(SettingError, match=r"cannot be read\. Write it as 90s, 10m or 1h30m\."):
        parse_duration(written)


@pytest.mark.parametrize(("written", "given"), [("0s", "0s"), ("9s", "9s"), ("168h1s", "168h1s"), ("0m", "0s")])
def test_no_run_has_no_time_or_more_than_a_week(written: str, given: str) -> None:
    with pytest.raises(SettingError, match=f"must be from 10s to 168h, and {given} was given"):
        parse_duration(written)


@pytest.mark.parametrize("seconds", [10, 59, 60, 90, 3600, 3661, 5400, 604_800])
def test_what_is_written_is_read_again(seconds: int) -> None:
    assert parse_duration(written_duration(seconds)) == seconds


def test_estimates_are_told_no_more_exactly_than_they_are() -> None:
    words = [str(duration_words(seconds)) for seconds in (1, 40.4, 119, 721, 9000)]
    assert words == ["1 second", "40 seconds", "2 minutes", "12 minutes", "2.5 hours"]
