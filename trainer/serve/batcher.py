"""Photos of many callers looked at in batches: whatever waits when a worker is free, up to a handful."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import NamedTuple

import torch

from trainer.core.results import Prediction
from trainer.dataset.photo import pixel_count
from trainer.hardware import memory
from trainer.hardware.parallel import CHUNK
from trainer.serve.turns import Turns

IDLE_SECONDS = 10.0
"""A worker without photos for so long returns its memory: it takes a while, and a large photo leaves a gigabyte."""

LARGE_PIXELS = 16_000_000
"""A photo of more takes up to seconds to decode: it is looked at alone, and not at all once its caller has gone."""

Look = Callable[[Sequence[bytes]], Sequence[Prediction]]


class QueueFullError(Exception):
    """More photos than the queue has room for."""


class _Waiting(NamedTuple):
    photo: bytes
    verdict: "Future[Prediction]"


class Batcher:
    """A bounded queue of photos, and the threads that look at them.

    Each worker computes with one thread of torch, as `trainer.hardware.parallel` explains. Nobody waits for a batch to
    fill up: a photo that comes alone is looked at alone, and many that come together are shared among idle workers. The
    requests take turns, photo by photo.
    """

    def __init__(self, look: Look, *, workers: int, room: int) -> None:
        self._look, self._room = look, room
        self._waiting: Turns[_Waiting] = Turns()
        self._changed = threading.Condition()
        self._idle, self._closed = 0, False
        self._threads_before = torch.get_num_threads()
        names = (f"photos-{number}" for number in range(workers))
        self._workers = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        for worker in self._workers:
            worker.start()

    @property
    def waiting(self) -> int:
        """How many photos wait for a worker."""
        return len(self._waiting)

    def submit(self, photos: Sequence[bytes]) -> list["Future[Prediction]"]:
        """Return the verdicts to come on the content of photo files.

        Raises QueueFullError where not all of them have room.
        """
        verdicts: list[Future[Prediction]] = [Future() for _ in photos]
        with self._changed:
            if self._closed or len(self._waiting) + len(photos) > self._room:
                raise QueueFullError
            self._waiting.add(map(_Waiting, photos, verdicts))
            self._changed.notify(len(photos))
        return verdicts

    def cancel(self, verdicts: Sequence["Future[Prediction]"]) -> None:
        """Forget photos whose verdicts nobody waits for any more, but for those that are being looked at."""
        for verdict in verdicts:
            verdict.cancel()
        if any(verdict.cancelled() for verdict in verdicts):
            with self._changed:
                self._waiting.keep(lambda one: not one.verdict.cancelled())

    def close(self) -> None:
        """Cancel what waits, and return when the workers have ended."""
        with self._changed:
            self._closed = True
            for one in self._waiting:
                one.verdict.cancel()
            self._waiting.keep(lambda one: not one.verdict.cancelled())
            self._changed.notify_all()
        for worker in self._workers:
            worker.join()
        torch.set_num_threads(self._threads_before)  # later threads inherit what a worker sets

    def _work(self) -> None:
        torch.set_num_threads(1)
        patience: float | None = None
        while (worked := self._work_once(patience)) is not None:
            if not worked:
                memory.trim()
            patience = IDLE_SECONDS if worked else None

    def _work_once(self, patience: float | None) -> bool | None:
        """Look at this worker's share of what waits, or wait for it.

        Return whether there was anything for so many seconds; None once the batcher is closed.
        """
        with self._changed:
            self._idle += 1
            came = self._changed.wait_for(lambda: self._waiting or self._closed, patience)
            share = min(CHUNK, -(-len(self._waiting) // self._idle))
            self._idle -= 1
            if self._closed:
                return None
            batch = [self._waiting.take() for _ in range(share)]
        for some in _parted(batch):
            _answer(self._look, some)
        return bool(came)


def _parted(batch: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """Yield the photos that are quickly decoded, and then each large one by itself."""
    large = [pixel_count(one.photo) > LARGE_PIXELS for one in batch]
    yield [one for one, is_large in zip(batch, large, strict=True) if not is_large]
    for one, is_large in zip(batch, large, strict=True):
        if is_large:
            yield [one]


def _answer(look: Look, batch: Sequence[_Waiting]) -> None:
    """Give each photo its verdict, unless nobody waits for it any more."""
    begun = [one for one in batch if one.verdict.set_running_or_notify_cancel()]
    if begun:
        _look_at(look, begun)


def _look_at(look: Look, batch: Sequence[_Waiting]) -> None:
    """Give each photo its verdict; one that breaks its batch does not harm the others."""
    try:
        verdicts = look([one.photo for one in batch])
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
        if len(batch) == 1:
            batch[0].verdict.set_exception(error)
        else:
            for one in batch:
                _look_at(look, [one])
    else:
        for one, verdict in zip(batch, verdicts, strict=True):
            one.verdict.set_result(verdict)
