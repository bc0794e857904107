"""Makes the next batch while the network learns from this one."""

from collections.abc import Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from trainer.hardware.parallel import Workers, finish
from trainer.training.data.batches import BatchPlan, ShardedBatch
from trainer.training.data.split_data import Batch


class Prefetch:
    """Iterates over batches. A context manager: leaving it drops what was begun and is not wanted any more.

    `begin_next` lets the workers begin the batch after the one in use, behind whatever they were asked for before.
    Where nobody calls it, that happens when the next batch is asked for.
    """

    def __init__(self, plans: Iterator[BatchPlan], workers: Workers) -> None:
        self._plans, self._workers = plans, workers
        self._plan: BatchPlan | None = None
        self._shards: dict[int, Future[Batch]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        finish(self._shards.values())

    def __iter__(self) -> Iterator[ShardedBatch]:
        """Yield the batches. An error while making one is raised when its turn comes."""
        while True:
            self.begin_next()
            plan, self._plan = self._plan, None
            if plan is None:
                return
            made = {number: shard.result() for number, shard in self._shards.items()}
            self._shards = {}
            yield ShardedBatch(made, plan.of, plan.photos)

    def begin_next(self) -> None:
        """Let the workers begin the next batch, unless they have."""
        if self._plan is None and (plan := next(self._plans, None)) is not None:
            self._plan = plan
            self._shards = {number: self._workers.submit(make) for number, make in plan.shards.items()}
