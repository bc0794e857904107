"""One rank of a run that torchrun started: meets the others, does its part, and ends as they end."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from trainer.core.control import RunControl
from trainer.core.errors import SettingError, TrainerError
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.text import text
from trainer.training import loop
from trainer.training.distributed.exchange import RunGroup
from trainer.training.distributed.place import Place
from trainer.training.distributed.team import Team

Lead = Callable[[Team], RunResult]


class RankOutcome(NamedTuple):
    """How a rank's part of a run ended."""

    result: RunResult
    must_end_now: bool = False
    """Whether the process has to end without tidying up: a thread of the process group may wait for ever for a lost
    rank, and Python would wait for it."""


def work_as_rank(
    place: Place, lead: Lead, *, photos: Path | None, control: RunControl, fast: bool = False, resumes: bool = False
) -> RankOutcome:
    """Do a rank's part of a run: rank 0 does `lead`, the others join it.

    `photos` is where the dataset is on this machine, None where that is the place that rank 0 names. `fast` gives up
    exact sums of gradients. Raises SettingError where torchrun starts a new run a second time, and RankLostError where
    the others do not come.
    """
    if place.is_restart and not resumes:
        raise SettingError(
            text("torchrun has started this command anew after a failure, and it would begin another run."),
            remedy=text("Use --max-restarts together with --resume and the run's folder."),
        )
    group = RunGroup(place, fast=fast)
    with group:
        try:
            result = lead(group) if group.leads else loop.take_part(photos, control=control, team=group)
        except TrainerError as error:  # a setting that cannot be, before the run begins
            result = RunResult(status="failed", error=ErrorRecord.of(error))
        _leave(group, result)
    return RankOutcome(result, must_end_now=group.is_broken)


def _leave(group: RunGroup, result: RunResult) -> None:
    """Tell the others, and torchrun, how this rank ends."""
    if result.error is None:
        began = result.run_folder is not None
        group.leave("stopped" if result.status == "stopped" and not began else "done")
        return
    sentence = result.error.sentence
    if not group.is_lost:  # else it is the other's sentence, which names it
        place = group.place
        sentence = text("Rank {rank} on {host}: {what}", rank=place.rank, host=place.host, what=sentence)
    group.leave("failed", sentence)
    path = os.environ.get("TORCHELASTIC_ERROR_FILE")
    if path:
        with suppress(OSError):
            # Torchrun calls the rank whose time is the first the cause of the failure.
            told = {"message": str(sentence), "timestamp": int(time.time())}
            Path(path).write_text(json.dumps(told), encoding="utf-8")
