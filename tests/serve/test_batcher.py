"""Batches: what waits is shared, nothing waits for a batch to fill, and one photo harms no other."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import wait

import pytest
import torch

from tests.bad_files import png_header
from trainer.core.results import Prediction
from trainer.serve.batcher import Batcher, QueueFullError

PATIENCE = 30.0


def verdict(path: str) -> Prediction:
    return Prediction(path=path, class_name="cat", probability=0.1, probabilities={"cat": 0.9, "dog": 0.1})


class Looker:
    """Notes each batch, and looks at none before it may."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.begun = threading.Semaphore(0)
        self.may = threading.Event()
        self.threads: set[int] = set()

    def __call__(self, photos: Sequence[bytes]) -> list[Prediction]:
        self.batches.append(list(photos))
        self.threads.add(torch.get_num_threads())
        self.begun.release()
        assert self.may.wait(PATIENCE)
        if b"bad" in photos:
            raise MemoryError
        return [verdict(photo.decode() if photo.isascii() else str(len(photo))) for photo in photos]


@pytest.fixture
def looker() -> Iterator[Looker]:
    made = Looker()
    yield made
    made.may.set()


def test_each_photo_gets_its_own_verdict_and_batches_form_from_what_waits(looker: Looker) -> None:
    batcher = Batcher(looker, workers=1, room=100)
    first = batcher.submit([b"first"])
    assert looker.begun.acquire(timeout=PATIENCE)
    rest = [batcher.submit([str(number).encode()])[0] for number in range(20)]
    assert batcher.waiting == 20
    looker.may.set()
    assert [one.result(PATIENCE).path for one in (*first, *rest)] == ["first", *map(str, range(20))]
    assert [len(batch) for batch in looker.batches] == [1, 8, 8, 4]
    assert looker.threads == {1}
    batcher.close()


def test_idle_workers_share_what_comes_at_once(looker: Looker) -> None:
    looker.may.set()
    batcher = Batcher(looker, workers=2, room=100)
    wait(batcher.submit([b"x"] * 4), PATIENCE)
    assert max(map(len, looker.batches)) < 4
    batcher.close()


def test_a_full_queue_takes_all_of_a_request_or_nothing(looker: Looker) -> None:
    batcher = Batcher(looker, workers=1, room=4)
    batcher.submit([b"looked at"])
    assert looker.begun.acquire(timeout=PATIENCE)
    waiting = batcher.submit([b"x"] * 3)
    with pytest.raises(QueueFullError):
        batcher.submit([b"x"] * 2)
    assert batcher.waiting == 3
    batcher.cancel(waiting)  # whoever asked has gone, and makes room
    assert batcher.waiting == 0
    again = batcher.submit([b"new"] * 4)
    looker.may.set()
    wait(again, PATIENCE)
    assert looker.batches == [[b"looked at"], [b"new"] * 4]
    batcher.close()


def test_a_photo_that_breaks_its_batch_harms_no_other(looker: Looker) -> None:
    batcher = Batcher(looker, workers=1, room=10)
    batcher.submit([b"first"])
    assert looker.begun.acquire(timeout=PATIENCE)
    good, bad, other = batcher.submit([b"good", b"bad", b"other"])
    looker.may.set()
    assert isinstance(bad.exception(PATIENCE), MemoryError)
    assert (good.result(PATIENCE).path, other.result(PATIENCE).path) == ("good", "other")
    [after] = batcher.submit([b"after"])
    assert after.result(PATIENCE).path == "after"
    batcher.close()


def test_closing_cancels_what_waits_and_leaves_no_thread(looker: Looker) -> None:
    before, torch_before = threading.active_count(), torch.get_num_threads()
    batcher = Batcher(looker, workers=2, room=100)
    batcher.submit([b"a"])
    batcher.submit([b"b"])
    for _ in range(2):
        assert looker.begun.acquire(timeout=PATIENCE)
    waiting = batcher.submit([b"c"] * 3)
    looker.may.set()
    batcher.close()
    assert all(one.done() for one in waiting)
    assert threading.active_count() == before
    assert torch.get_num_threads() == torch_before
    with pytest.raises(QueueFullError):
        batcher.submit([b"late"])


def test_large_photos_are_looked_at_alone_and_not_at_all_once_their_caller_has_gone(looker: Looker) -> None:
    large = png_header(5000, 5000)
    batcher = Batcher(looker, workers=1, room=20)
    batcher.submit([b"first"])
    assert looker.begun.acquire(timeout=PATIENCE)
    mixed = batcher.submit([large, b"a", large, b"b"])
    looker.may.set()
    assert [one.result(PATIENCE).path for one in mixed] == [str(len(large)), "a", str(len(large)), "b"]
    assert looker.batches[1:] == [[b"a", b"b"], [large], [large]]
    looker.may.clear()
    given_up = batcher.submit([large] * 6)
    while looker.batches[-1] != [large] or len(looker.batches) < 5:
        assert looker.begun.acquire(timeout=PATIENCE)
    batcher.cancel(given_up)
    [after] = batcher.submit([b"after"])
    looker.may.set()
    assert after.result(PATIENCE).path == "after"
    assert looker.batches[4:] == [[large], [b"after"]]
    batcher.close()


def test_an_idle_worker_returns_its_memory_once(looker: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    returned = threading.Semaphore(0)
    monkeypatch.setattr("trainer.serve.batcher.IDLE_SECONDS", 0.01)
    monkeypatch.setattr("trainer.serve.batcher.memory.trim", returned.release)
    looker.may.set()
    batcher = Batcher(looker, workers=1, room=4)
    for _ in range(2):
        wait(batcher.submit([b"x"]), PATIENCE)
        assert returned.acquire(timeout=PATIENCE)
    batcher.close()
    assert not returned.acquire(blocking=False)
