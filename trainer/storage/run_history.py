"""How a run went, read again from its folder: the same RunState that was shown while it went on."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from trainer.core.events import RunStarted, from_line
from trainer.core.os_errors import disk_error
from trainer.core.results import EpochMetrics
from trainer.core.run_state import RunState, reduce
from trainer.files.regular import open_regular
from trainer.storage.run_folder import RunFolder

# Nine of ten lines: what went on within epochs is not looked at again.
_WITHIN_AN_EPOCH = b'"event":"BatchFinished"'


def read_history(path: Path, *, strict: bool = False) -> RunState:
    """Return how the run in this folder stood at the end of its log; without a log, at least its epochs.

    It may take a while: a log has a line for every batch. One that cannot be read counts as none, unless `strict`: then
    it raises DiskError.
    """
    folder = RunFolder(path)
    state = RunState()
    try:
        with open_regular(folder.events) as log:
            for line in log:
                if _WITHIN_AN_EPOCH not in line[:40]:
                    state = _go_on(state, line)
    except FileNotFoundError:
        pass
    except OSError as error:
        if strict:
            raise disk_error(error, folder.events) from error
    if state.history:
        return state
    history = _read_metrics(folder.metrics)
    best = min(history, key=lambda row: row.val_loss).epoch if history else None
    return replace(state, history=history, best_epoch=best)


def read_start(path: Path) -> RunStarted | None:
    """Return the event that began a run, from the first lines of its log; None where they do not hold it."""
    try:
        with open_regular(RunFolder(path).events) as log:
            for line in log.readlines(64 * 1024):
                try:
                    event = from_line(line)
                except msgspec.DecodeError:
                    continue
                if isinstance(event, RunStarted):
                    return event
    except OSError:
        pass
    return None


def _go_on(state: RunState, line: bytes) -> RunState:
    try:
        event = from_line(line)
    except msgspec.DecodeError:  # a kill may cut a line off
        return state
    if state.ended and isinstance(event, RunStarted):  # it was continued
        state = RunState(advice=state.advice, notes=state.notes)
    return reduce(state, event)


def _read_metrics(path: Path) -> tuple[EpochMetrics, ...]:
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
