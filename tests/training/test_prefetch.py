"""One batch ahead: the same batches, in the same order, made while the one before is in use."""

import threading
from collections.abc import Callable, Iterator

import pytest
import torch

from trainer.hardware.parallel import Workers
from trainer.training.data.batches import BatchPlan
from trainer.training.data.prefetch import Prefetch
from trainer.training.data.split_data import Batch


def batch(value: int) -> Batch:
    numbers = torch.full((1,), float(value))
    return Batch(numbers, numbers, numbers)


def plans(count: int, made: Callable[[int], None] = lambda _number: None) -> Iterator[BatchPlan]:
    """Yield plans for batches of two shards, whose inputs are ten times their number, plus that of the shard."""

    def make(number: int, shard: int) -> Batch:
        made(number)
        return batch(10 * number + shard)

    for number in range(count):
        shards = {shard: lambda number=number, shard=shard: make(number, shard) for shard in (0, 1)}
        yield BatchPlan(number, shards, 2, 2)


def test_batches_come_in_order_with_their_shards() -> None:
    with Workers(3) as workers, Prefetch(plans(20), workers) as batches:
        found = [[shard.inputs.item() for shard in one.shards.values()] for one in batches]
    assert found == [[10 * number, 10 * number + 1] for number in range(20)]
    with Workers(1) as workers, Prefetch(plans(0), workers) as batches:
        assert list(batches) == []


def test_the_next_one_is_made_while_this_one_is_in_use() -> None:
    made = [threading.Event() for _ in range(3)]
    with Workers(1) as workers, Prefetch(plans(3, lambda number: made[number].set()), workers) as batches:
        ahead = iter(batches)
        next(ahead)
        assert not made[1].is_set()
        batches.begin_next()
        assert made[1].wait(5)
        batches.begin_next()
        assert next(ahead).shards[0].inputs.item() == 10
        assert not made[2].is_set()
        assert next(ahead).shards[0].inputs.item() == 20


def test_an_error_comes_in_its_turn_and_nothing_is_left_behind() -> None:
    def made(number: int) -> None:
        if number == 1:
            raise ValueError("bad photo")

    with Workers(2) as workers:
        with Prefetch(plans(3, made), workers) as batches:
            ahead = iter(batches)
            next(ahead)
            batches.begin_next()
            with pytest.raises(ValueError, match="bad photo"):
                next(ahead)
        with Prefetch(plans(100), workers) as batches:
            next(iter(batches))
            batches.begin_next()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("network")]
