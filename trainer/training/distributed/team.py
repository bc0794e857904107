"""What a run needs to know of the processes that share its work. A run in one process has a team of one.

Each process does everything that decides how the run goes on: all have the same weights, the same history and the same
best epoch at any time. Only what takes long is shared out, in contiguous ranges, and what each found is gathered in the
order of the ranks, so that nothing depends on who did it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from trainer.core.control import RunControl
from trainer.training.shard_result import Shapes, ShardResult

Exchanging = Callable[[list[ShardResult], int], list[ShardResult]]
"""Takes a rank's results of a batch of so many shards, and returns those of all shards, in order."""


def share(count: int, rank: int, ranks: int) -> range:
    """Return which of `count` things that rank does: contiguous ranges, the first ones longer by one where uneven."""
    size, longer = divmod(count, ranks)
    start = rank * size + min(rank, longer)
    return range(start, start + size + (rank < longer))


class Team:
    """A team of one: the run's only process. `trainer.training.distributed.group` has those of several."""

    rank = 0
    ranks = 1
    is_first_on_host = True
    """Whether it is the first rank on its machine, which writes the caches that all of them there read."""

    @property
    def leads(self) -> bool:
        """Whether this process writes the run's folder and tells its events."""
        return self.rank == 0

    def shares(self, count: int) -> list[range]:
        """Return which of `count` things each rank does."""
        return [share(count, rank, self.ranks) for rank in range(self.ranks)]

    def share(self, count: int) -> range:
        """Return which of `count` things this process does."""
        return share(count, self.rank, self.ranks)

    def gather(self, mine: torch.Tensor) -> torch.Tensor:
        """Return the rows of all ranks, one rank after another: `mine` is [rows, ...] on the processor.

        A rank without rows need not know their shape. Raises RankLostError where another rank has ended.
        """
        return mine

    def from_leader(self, make: Callable[[], bytes]) -> bytes:
        """Return what the leader makes; the others do not make it. Raises RankLostError."""
        return make()

    def agree(self) -> None:
        """Wait for the others, and take over what was asked of any of them. Raises RankLostError."""

    @contextmanager
    def one_a_host_first(self) -> Iterator[None]:
        """Let the first rank of each machine do the work inside first, so that the others there find it done."""
        yield

    def hold_together(self) -> None:
        """From here on, let all ranks end at the same step. Before, a rank that ends alone ends the others too."""

    def notes(self) -> list[str]:
        """Return what is to be known of the team, in sentences."""
        return []

    def exchange_for(self, device: torch.device, shapes: Shapes) -> Exchanging:  # noqa: ARG002 - one process has all
        """Return what takes this rank's results of a batch of so many shards, and returns those of all, in order.

        Tensors have these shapes and are on that device. It raises RankLostError and CancelledError.
        """
        return lambda mine, _of: mine

    def shared_control(self, control: RunControl) -> RunControl:
        """Return a control that says the same to all ranks at the same place in the run."""
        return control


ALONE = Team()
