"""How a run went, read again from its folder: the same RunState that was shown while it went on."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from trainer.core.events import AnyEvent, RunStarted
from trainer.core.os_errors import disk_error
from trainer.core.results import EpochMetrics
from trainer.core.run_state import RunState, reduce
from trainer.core.text import text
from trainer.files.regular import open_regular
from trainer.storage.log_lines import LogReader
from trainer.storage.run_folder import RunFolder

# Nine of ten lines: what went on within epochs is not looked at again.
_WITHIN_AN_EPOCH = b'"event":"BatchFinished"'


def read_history(path: Path, *, strict: bool = False) -> RunState:
    """Return how the run in this folder stood at the end of its log; without a log, at least its epochs.

    It may take a while: a log has a line for every batch. One that cannot be read counts as none, unless `strict`: then
    it raises DiskError. What is damaged in it is left out, and the state says so.
    """
    folder = RunFolder(path)
    state, reader = RunState(), LogReader()
    try:
        with open_regular(folder.events) as log:
            for line in log:
                event = reader.read(line, passing_over=_WITHIN_AN_EPOCH)
                if event is not None:
                    state = _go_on(state, event)
    except FileNotFoundError:
        pass
    except OSError as error:
        if strict:
            raise disk_error(error, folder.events) from error
    state = replace(state, damage=reader.damage(folder.events) or "")
    if state.history:
        return state
    history = read_metrics(folder.metrics)
    if not history:
        return state
    best = min(history, key=lambda row: row.val_loss).epoch
    damage = text("The run's log holds no epoch, so they are read from {table}.", table=str(folder.metrics))
    return replace(state, history=history, best_epoch=best, damage=damage)


def log_damage(path: Path) -> str:
    """Return what is damaged in the log of the run in this folder, in a sentence; "" where nothing is."""
    reader, events = LogReader(), RunFolder(path).events
    with suppress(OSError), open_regular(events) as log:
        for line in log:
            reader.read(line)
    return reader.damage(events) or ""


def read_start(path: Path) -> RunStarted | None:
    """Return the event that began a run, from the first lines of its log; None where they do not hold it."""
    try:
        with open_regular(RunFolder(path).events) as log:
            reader, lines = LogReader(), log.readlines(64 * 1024)
            reader.expect_seals_of(lines)
            return next((event for event in map(reader.read, lines) if isinstance(event, RunStarted)), None)
    except OSError:
        return None


def _go_on(state: RunState, event: AnyEvent) -> RunState:
    if state.ended and isinstance(event, RunStarted):  # it was continued
        state = RunState(advice=state.advice, notes=state.notes)
    return reduce(state, event)


def read_metrics(path: Path) -> tuple[EpochMetrics, ...]:
    """Return the epochs in `metrics.csv`, as far as they can be read."""
    try:
        with io.TextIOWrapper(open_regular(path), encoding="utf-8", newline="") as file:
            rows = [{name: value for name, value in row.items() if value} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()
    found = []
    for row in rows:
        with suppress(msgspec.ValidationError):
            found.append(msgspec.convert(row, EpochMetrics, strict=False))
    return tuple(found)
