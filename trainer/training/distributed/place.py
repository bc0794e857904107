"""Which of how many processes this one is, as torchrun says in the environment. Imports no torch."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from platform import node

from trainer.core.errors import SettingError
from trainer.core.text import text


@dataclass(frozen=True, kw_only=True)
class Place:
    """One process among those that torchrun started for a run."""

    rank: int
    """From 0; the one with 0 leads."""
    ranks: int
    local_rank: int
    """Among the processes on the same machine, from 0."""
    local_ranks: int
    host: str
    """The machine's name."""
    address: str
    """Where torchrun's store is, and its port."""
    port: int
    is_restart: bool = False
    """Whether torchrun started it anew after a failure."""


def find_place(environment: Mapping[str, str] = os.environ) -> Place | None:
    """Return this process's place, or None where torchrun did not start it. Raises SettingError for half of one."""
    if not environment.get("RANK") and not environment.get("WORLD_SIZE"):
        return None
    try:
        place = Place(
            rank=int(environment["RANK"]),
            ranks=int(environment["WORLD_SIZE"]),
            local_rank=int(environment.get("LOCAL_RANK", "0")),
            local_ranks=int(environment.get("LOCAL_WORLD_SIZE", "1")),
            host=node(),
            address=environment["MASTER_ADDR"],
            port=int(environment["MASTER_PORT"]),
            is_restart=environment.get("TORCHELASTIC_RESTART_COUNT", "0") != "0",
        )
    except (KeyError, ValueError) as error:
        raise SettingError(
            text("RANK and WORLD_SIZE are set, but {name} is missing or no number.", name=str(error)),
            remedy=text("Start several processes with torchrun, which sets them all, or unset RANK and WORLD_SIZE."),
        ) from None
    if not 0 <= place.rank < place.ranks:
        raise SettingError(
            text("RANK is {rank} and WORLD_SIZE {ranks}.", rank=place.rank, ranks=place.ranks),
            remedy=text("Start several processes with torchrun, which sets them both."),
        )
    return place
