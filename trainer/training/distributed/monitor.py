"""Whether the other ranks are still there: each one gives a sign of life in torchrun's store, twice a second.

A rank that ends in order leaves a word there. One that was killed, or whose machine or cable is gone, falls silent. The
sentences of the process group itself say neither who nor why, and where a cable is cut it says nothing for hours.
"""

import os
import threading
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial

import msgspec
from torch.distributed import Store  # type: ignore[attr-defined]  # it does export it

from trainer.core.text import plain, text

# Seconds between two signs of life.
BEAT = 0.5
# After this many seconds of silence a rank counts as lost. A machine that is short of memory may stop for some seconds.
SILENCE = 15.0
# How long a rank that ends waits until the others have taken notice of why.
LINGER = 3.0


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """What a rank says of itself."""

    count: int
    """Rises with each sign."""
    host: str
    state: str = "working"
    """"working", "done", "stopped" or "failed"."""
    reason: str = ""
    """Why it failed, as a sentence."""
    noticed: bool = False
    """Whether it knows that a rank was lost or has failed."""


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """Why the run cannot go on."""

    sentence: str
    is_stop: bool = False
    """Whether somebody stopped the run, before all had begun with it."""
    is_told: bool = False
    """Whether a rank said so itself, and with it what to do."""


def silence_seconds() -> float:
    """Return after how many seconds without a sign a rank counts as lost."""
    with suppress(ValueError):
        return max(2 * BEAT, float(os.environ.get("CATDOG_LOST_AFTER", SILENCE)))
    return SILENCE


class Monitor:
    """A thread that gives this rank's signs and reads those of the others, until `close`."""

    def __init__(self, store: Store, *, rank: int, ranks: int, host: str) -> None:
        self._store = store
        self._rank, self._ranks, self._host = rank, ranks, host
        self._silence = silence_seconds()
        self._state, self._reason = "working", ""
        self._changed = threading.Condition()
        self._signs: dict[int, Sign] = {}
        self._heard: dict[int, float] = {}
        self._round = time.monotonic()
        self._count = 0
        self._lost: Lost | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="other ranks", daemon=True)

    def start(self) -> None:
        """Give the first sign and begin to watch."""
        self._thread.start()

    @property
    def lost(self) -> Lost | None:
        """Why the run cannot go on, or None while it can."""
        with self._changed:
            if self._lost is None and time.monotonic() - self._round > self._silence:
                self._lost = _store_is_gone()
            return self._lost

    def wait_for_reason(self, seconds: float) -> Lost | None:
        """Return why a rank was lost as soon as that is known, or None after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._lost is not None, seconds)
        return self.lost

    def most_silent(self) -> Lost | None:
        """Return which rank has not been heard of for the longest time, where it should have been."""
        now = time.monotonic()
        with self._changed:
            working = [rank for rank, sign in self._signs.items() if sign.state == "working"]
            silent = {rank: now - self._heard[rank] for rank in working}
            rank = max(silent, key=lambda rank: silent[rank], default=None)
            if rank is None or silent[rank] < 3 * BEAT:
                return None
            host = self._signs[rank].host
        return Lost(sentence=text("Rank {rank} on {host} has gone without a word.", rank=rank, host=host))

    def leave(self, state: str, reason: str = "") -> None:
        """Say how this rank ends, and wait a little until the others know."""
        with self._changed:
            self._state, self._reason = state, reason
            self._changed.notify_all()
            if self._thread.is_alive() and state != "done":
                self._changed.wait_for(self._all_know, LINGER)

    def close(self) -> None:
        """End the thread, after its last sign."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(LINGER)

    def _all_know(self) -> bool:
        """Whether every other rank has noticed that something ended, or has ended itself."""
        others = (sign for rank, sign in self._signs.items() if rank != self._rank)
        return all(sign.noticed or sign.state != "working" for sign in others)

    def _watch(self) -> None:
        self._store.set_timeout(timedelta(seconds=self._silence))
        closing = False
        while not closing:
            with self._changed:
                closing, before = self._closed, self._to_say()
            try:
                self._give_sign()
                self._read_signs()
            except (RuntimeError, ValueError):  # as torch's store raises them, depending on how it went
                with self._changed:
                    self._lost = self._lost or _store_is_gone()
                    self._signs.clear()
                    self._changed.notify_all()
                return
            with self._changed:
                self._round = time.monotonic()
                self._changed.notify_all()
                self._changed.wait_for(partial(self._has_more_to_say_than, before), BEAT)

    def _has_more_to_say_than(self, said: tuple[object, ...]) -> bool:
        return self._to_say() != said

    def _to_say(self) -> tuple[object, ...]:
        return self._state, self._reason, self._lost is not None, self._closed

    def _give_sign(self) -> None:
        with self._changed:
            self._count += 1
            sign = Sign(
                count=self._count,
                host=self._host,
                state=self._state,
                reason=self._reason,
                noticed=self._lost is not None,
            )
        self._store.set(_key(self._rank), msgspec.json.encode(sign, enc_hook=plain).decode())

    def _read_signs(self) -> None:
        now = time.monotonic()
        others = [rank for rank in range(self._ranks) if rank != self._rank]
        for rank in others:
            key = _key(rank)
            if rank not in self._signs and not self._store.check([key]):
                continue  # it has not begun; to start without it is no reason to end
            sign = msgspec.json.decode(self._store.get(key), type=Sign)
            with self._changed:
                before = self._signs.get(rank)
                if before is None or sign.count != before.count:
                    self._heard[rank] = now
                self._signs[rank] = sign
                self._lost = self._lost or self._judge(rank, sign, now)

    def _judge(self, rank: int, sign: Sign, now: float) -> Lost | None:
        if sign.state == "failed":
            return Lost(sentence=sign.reason, is_told=True)
        if sign.state == "stopped":
            return Lost(sentence=text("Stopped."), is_stop=True)
        if sign.state == "working" and now - self._heard[rank] > self._silence:
            return Lost(
                sentence=text(
                    "Rank {rank} on {host} has not been heard of for {seconds:.0f} seconds.",
                    rank=rank,
                    host=sign.host,
                    seconds=self._silence,
                )
            )
        return None


def _store_is_gone() -> Lost:
    return Lost(sentence=text("The machine where rank 0 runs can no longer be reached."))


def _key(rank: int) -> str:
    return f"catdog/sign/{rank}"
