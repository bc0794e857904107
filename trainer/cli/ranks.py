"""`catdog-cli train` under torchrun: each process is one rank of the run."""

import os
import sys
from typing import Annotated, NoReturn

import typer

from trainer.cli.console import say_error
from trainer.cli.settings import PANELS
from trainer.core.errors import SettingError
from trainer.core.results import RunResult
from trainer.training.distributed.place import Place

Reduce = Annotated[
    str,
    typer.Option(
        metavar="exact|fast",
        help="Under torchrun: how the ranks add gradients. exact: in the order of the shards, with the numbers of one "
        "process. fast: in whatever order is fastest, so another number of ranks gives slightly other numbers. "
        "(default exact)",
        show_default=False,
        rich_help_panel=PANELS[1],
    ),
]


def is_fast(reduce: str, place: Place | None) -> bool:
    """Return whether the sums may be inexact. Raises SettingError for another word, and for one process."""
    if reduce not in {"exact", "fast"}:
        raise SettingError(f"--reduce {reduce} is not known.", remedy="Choose exact or fast.")
    if reduce == "fast" and place is None:
        raise SettingError("--reduce is for several ranks.", remedy="Start them with torchrun, or leave it away.")
    return reduce == "fast"


def say_end(place: Place, result: RunResult) -> None:
    """Say why a rank that does not lead has ended, once on each machine, unless all is well."""
    if place.local_rank == 0 and result.error is not None:
        say_error(f"[rank {place.rank} on {place.host}] {result.error.sentence}")


def end_process(code: int, *, now: bool) -> NoReturn:
    """End with that exit code; `now` without tidying up (`RankOutcome.must_end_now`)."""
    if now:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise typer.Exit(code)
