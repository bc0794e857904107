"""Lets every call of a command fail, one after the other, and judges each time what became of it."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from tests.faults.commands import Commands
from tests.faults.fault import Fault, How, Kind, Outcome
from tests.faults.operation import Operation, State, copy, everything, tree

_ALL = Kind.READ | Kind.LOOK | Kind.WRITE | Kind.NAME
WAYS: dict[str, Fault] = {
    "EIO": Fault(_ALL, How.ALONE, 0, "EIO"),
    "no permission": Fault(Kind.NAME, How.ALONE, 0, "EACCES"),
    "no room": Fault(Kind.WRITE, How.FROM_THEN_ON, 0, "ENOSPC"),
    "half a write": Fault(Kind.PUT, How.SHORT),
    "killed": Fault(Kind.WRITE | Kind.NAME, How.KILL),
}
"""What happens to a call, by name."""
_NO_ROOM = ("EDQUOT", "ENOSPC")
"""A quota that is used up, at every second call, and a full disk."""


class Trial(NamedTuple):
    """What became of one command in which one call failed."""

    operation: str
    way: str
    nth: int
    calls: int
    """How many calls there are that could fail so."""
    call: str
    """The first call that failed."""
    lost: tuple[str, ...]
    """What was harmed, or could not be gone on with; nothing, it is to be hoped."""
    unexpected: str
    """Why what it said is not fit for a user; empty where it is."""
    outcome: Outcome


class Bench:
    """One operation, ready for trials."""

    def __init__(self, commands: Commands, operation: Operation, storage: Path) -> None:
        """Prepare its files and run it once with nothing failing."""
        self._commands, self._operation = commands, operation
        self._template = storage / operation.name.replace(" ", "_")
        _empty(commands.place)
        operation.prepare(commands)
        copy(commands.place, self._template)
        self._before = tree(commands.place)
        self.whole = commands.run(*operation.words(commands.place))
        assert self.whole.code == 0, self.whole.err
        self._wanted = operation.state(commands.place, self.whole)
        assert not operation.harmed(commands.place, self._before)
        self._counts = {
            name: sum(bool(call.kind & way.kinds) for call in self.whole.calls) for name, way in WAYS.items()
        }
        self._gone_on: dict[tuple[int, frozenset[tuple[str, str]]], list[str]] = {}
        """What was wrong after going on from some files, by the exit code and the files. Clocks stand still, so the
        same files come to the same; most calls that fail leave the files of another one."""

    def counts(self) -> dict[str, int]:
        """Return how many calls there are to fail, by the way in which they do."""
        return self._counts

    def trial(self, way: str, nth: int) -> Trial:
        """Let one call fail, go on, and judge."""
        self._restore()
        planned = WAYS[way]
        error = _NO_ROOM[nth % 2] if planned.error in _NO_ROOM else planned.error
        outcome = self._run(Fault(planned.kinds, planned.how, nth, error))
        call = outcome.calls[0].what if outcome.calls else ""
        lost = [*self._harm(), *self._differing(outcome, call)]
        try:
            lost += self._after(outcome)
        except Exception as error:  # noqa: BLE001 - a file that is gone, cut off, or of other content
            lost.append(f"going on: {error!r}")
        return Trial(
            self._operation.name, way, nth, self.counts()[way], call, tuple(lost), unexpected(outcome, way), outcome
        )

    def _run(self, fault: Fault) -> Outcome:
        return self._commands.run(*self._operation.words(self._commands.place), fault=fault)

    def _restore(self) -> None:
        copy(self._template, self._commands.place)

    def _harm(self) -> list[str]:
        place = self._commands.place
        found: list[str] = []
        for kept in self._operation.kept(place):
            start = str(kept.relative_to(place))
            here = tree(place)
            found += [
                f"{name} was changed"
                for name, content in self._before.items()
                if name.startswith(start) and here.get(name) != content
            ]
        try:
            return [*found, *self._operation.harmed(place, self._before)]
        except Exception as error:  # noqa: BLE001 - as above
            return [*found, repr(error)]

    def _differing(self, outcome: Outcome, call: str) -> list[str]:
        """Return what is other than it was to be, where the command claims to have done all and says no word of it."""
        if outcome.code != 0 or new_lines(outcome, self.whole):
            return []
        try:
            state = self._operation.state(self._commands.place, outcome)
        except Exception as error:  # noqa: BLE001 - as above
            return [f"it says that all went well: {error!r}"]
        return [f"{name} differs, and not a word of it" for name in differences(state, self._wanted)]

    def _after(self, outcome: Outcome) -> list[str]:
        left = (outcome.code, frozenset(everything(self._commands.place).items()))
        if left not in self._gone_on:
            self._gone_on[left] = self._going_on(outcome)
        return self._gone_on[left]

    def _going_on(self, outcome: Outcome) -> list[str]:
        ending = self._operation.go_on(self._commands, outcome, self._before)
        if ending.code != 0:
            return [f"it cannot be gone on with: {ending.err.strip()[-300:]}"]
        state = self._operation.state(self._commands.place, ending)
        return [f"after going on, {name} differs" for name in differences(state, self._wanted)]


def differences(one: State, other: State) -> list[str]:
    """Return the names in which two states differ."""
    return sorted(name for name in one.keys() | other.keys() if not _same(one.get(name), other.get(name)))


def _same(one: object, other: object) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    return type(one) is type(other) and one == other


def new_lines(outcome: Outcome, whole: Outcome) -> list[str]:
    """Return the errors and notes that a command gave and usually does not."""
    usual = set(whole.err.splitlines())
    return [line for line in outcome.err.splitlines() if line.startswith(("Error: ", "Note: ")) and line not in usual]


def unexpected(outcome: Outcome, way: str) -> str:
    """Return why the words of a command are not fit for a user; nothing where they are."""
    said = outcome.err.strip()[-2000:]
    faults = {
        "it hangs": outcome.timed_out,
        f"a traceback: {said}": "Traceback" in said or "unexpected" in said.lower(),
        f"Python's own words: {said}": "[Errno" in said,
        f"exit code {outcome.code}": outcome.code not in (0, 1, 2) and not (way == "killed" and outcome.code < 0),
        f"it fails and does not say why: {said}": outcome.code > 0 and "Error: " not in said,
    }
    return next((sentence for sentence, is_so in faults.items() if is_so), "")


def spread(count: int, most: int | None) -> Sequence[int]:
    """Return at most so many numbers from 1 to a count, evenly spread; all of them for None."""
    if most is None or most >= count:
        return range(1, count + 1)
    return [1 + (2 * index + 1) * count // (2 * most) for index in range(most)]


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
