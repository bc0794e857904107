"""A sample of the calls that `make faults` lets fail one by one: nothing is lost, and the user is told."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.fault import Call, Outcome
from tests.faults.share import OPERATIONS, Shares
from tests.faults.trials import WAYS, spread, unexpected
from tests.preload import needs_compiler

pytestmark = needs_compiler()
SLOW = ("export", "learn")
"""Commands that take seconds each time; `make faults` has them."""


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shares]:
    with closing(Shares(tmp_path_factory.mktemp("faults"))) as found:
        yield found


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in SLOW])
def test_a_call_that_fails_loses_nothing_and_is_explained(shares: Shares, name: str) -> None:
    found = shares.run(name, slice(None), 1, tuple(WAYS))
    assert [trial.way for trial in found] == list(WAYS)
    assert all(trial.call for trial in found), "a call was to fail and did not"
    assert found[-1].outcome.code < 0
    assert [(trial.way, trial.nth, trial.call, trial.lost) for trial in found if trial.lost] == []
    assert [(trial.way, trial.nth, trial.call, trial.unexpected) for trial in found if trial.unexpected] == []


def test_what_is_lost_is_found(shares: Shares, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = OPERATIONS["predict --csv"]

    def careless(place: Path) -> tuple[Path, ...]:
        (place / "photos" / "cats" / "cat.0001.jpg").unlink()
        (place / "table.csv").write_text("path,cl", encoding="utf-8")
        return (place / "photos",)

    monkeypatch.setattr(operation, "kept", careless)
    [trial] = shares.run("predict --csv", slice(None), 1, ("EIO",))
    assert trial.lost[:2] == ("photos/cats/cat.0001.jpg was changed", "table.csv is cut")


@pytest.mark.parametrize(
    ("code", "err", "said"),
    [
        (0, "", ""),
        (1, "Error: a.jpg cannot be read. Try again.", ""),
        (1, "", "it fails and does not say why"),
        (1, "Error: Something unexpected went wrong.", "a traceback"),
        (1, "Traceback (most recent call last):", "a traceback"),
        (1, "Error: [Errno 5] Input/output error", "Python's own words"),
        (-11, "", "exit code -11"),
    ],
)
def test_words_that_are_not_fit_for_a_user_are_found(code: int, err: str, said: str) -> None:
    outcome = Outcome(code, "", err, (Call(1, "read"),))
    assert unexpected(outcome, "EIO").startswith(said)
    assert bool(unexpected(outcome, "EIO")) == bool(said)


def test_a_sample_is_spread_over_all_calls() -> None:
    assert list(spread(3, None)) == [1, 2, 3]
    assert list(spread(100, 1)) == [51]
    assert list(spread(100, 4)) == [13, 38, 63, 88]
