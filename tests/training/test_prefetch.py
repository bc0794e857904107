"""One item ahead: the same items, in the same order, made while the one before is in use."""

import threading
from collections.abc import Iterator

import pytest

from trainer.training.data.prefetch import prefetch


def makers() -> list[str]:
    """Return the names of the threads that make batches; others may come and go with other tests."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("next batch")]


def test_items_come_in_order_and_the_thread_ends() -> None:
    assert list(prefetch(iter(range(20)))) == list(range(20))
    assert list(prefetch(iter([]))) == []
    assert not makers()


def test_the_next_one_is_made_while_this_one_is_in_use() -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    ahead = prefetch(items())
    assert next(ahead) == 0
    assert made[1].wait(5)
    assert not made[2].is_set()
    assert list(ahead) == [1, 2]


def test_an_error_comes_in_its_turn_and_a_stop_ends_the_thread() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("bad photo")

    ahead = prefetch(items())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="bad photo"):
        next(ahead)
    left = prefetch(iter(range(100)))
    next(left)
    assert makers()
    left.close()
    assert not makers()
