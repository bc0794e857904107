"""A team of several processes, on torch's process group: gloo between processors, NCCL between GPUs."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

import torch
from torch import distributed
from torch.distributed import Store, Work  # type: ignore[attr-defined]  # it does export Store
from torch.distributed.rendezvous import rendezvous

from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, RankLostError, TrainerError
from trainer.core.text import text
from trainer.training.distributed.control import SharedControl
from trainer.training.distributed.interface import choose_interface
from trainer.training.distributed.monitor import Lost, Monitor
from trainer.training.distributed.place import Place
from trainer.training.distributed.team import Team

# How long a rank waits for all others to come. torchrun has started all of them before it starts one.
ALL_THERE_SECONDS = 120
# A collective may take as long as the slowest rank takes to come to it, which may also be paused: the monitor tells
# whether it still lives.
FOREVER = timedelta(days=365)
# How long to look for the reason when the process group fails. Who ends in order says why before it does.
REASON_SECONDS = 4.0
# How often a wait looks up, in seconds, to see whether a rank was lost.
GLANCE = 0.25
# How often to ask a GPU whether it is done, in seconds.
POLL = 0.0005
# What was asked of a rank's control, as one int64 before whatever it gathers.
_CONTROL_BYTES = 8
_CPU = torch.device("cpu")


class Group(Team):
    """The team of one process among those that torchrun started. A context manager: leaving it ends the group."""

    def __init__(self, place: Place) -> None:
        """Meet the others. Raises RankLostError where they do not come."""
        self.place = place
        self.rank, self.ranks = place.rank, place.ranks
        self.is_first_on_host = place.local_rank == 0
        self._control: SharedControl | None = None
        self.is_broken = False
        """Whether a collective can no longer end. Then the process has to be ended without waiting for it."""
        choose_interface(place.address, place.port)
        backend = "gloo"
        if torch.cuda.is_available():
            torch.cuda.set_device(place.local_rank % torch.cuda.device_count())
            backend = "cpu:gloo,cuda:nccl"
        store = _meet(place)
        own_line = store.clone()  # type: ignore[attr-defined]  # missing in torch's stubs
        self._monitor = Monitor(own_line, rank=place.rank, ranks=place.ranks, host=place.host)
        self._monitor.start()
        distributed.init_process_group(backend, store=store, rank=place.rank, world_size=place.ranks, timeout=FOREVER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._monitor.close()
        if not self.is_broken:
            distributed.destroy_process_group()

    @property
    def is_lost(self) -> bool:
        """Whether another rank has ended, or can no longer be reached."""
        return self._monitor.lost is not None

    def hold_together(self) -> None:
        """From here on, let all ranks end at the same step."""
        if self._control is not None:
            self._control.hold_together()

    def leave(self, state: str, reason: str = "") -> None:
        """Tell the others how this rank ends: "done", "stopped" or "failed" with the reason."""
        self._monitor.leave(state, reason)

    def shared_control(self, control: RunControl) -> RunControl:
        """Return a control in which a stop holds for all ranks, from the next gathering on."""
        self._control = SharedControl(control, leads=self.leads, is_over=self._somebody_stopped)
        return self._control

    def gather(self, mine: torch.Tensor) -> torch.Tensor:
        """Return the rows of all ranks, one rank after another: `mine` is [rows, ...] on the processor.

        A rank without rows need not know their shape. Raises RankLostError, and CancelledError where a rank was stopped
        before the training began.
        """
        shapes = self.gather_known(torch.tensor([len(mine), *mine.shape[1:], *[0] * (7 - mine.ndim)]), [7] * self.ranks)
        shape = next((rows for rows in shapes.view(-1, 7).tolist() if rows[0]), [0] * 7)[1:]
        row = [side for side in shape if side]
        counts = shapes.view(-1, 7)[:, 0].tolist()
        found = self.gather_known(mine.reshape(-1), [count * math.prod(row) for count in counts])
        return found.reshape(sum(counts), *row)

    def gather_bytes(self, mine: bytes) -> list[bytes]:
        """Return what each rank has to say, of any length. Raises as `gather` does."""
        lengths = self.gather_known(torch.tensor([len(mine)]), [1] * self.ranks).tolist()
        found = self.gather_known(_tensor(mine), lengths)
        return [part.numpy().tobytes() for part in found.split(lengths)]

    def gather_known(self, mine: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        """Return what all ranks have, [sum of lengths], where each has `lengths[rank]` numbers: in one collective.

        What was asked of any rank's control travels along. Raises as `gather` does.
        """
        size = mine.element_size()
        room = _CONTROL_BYTES + max(lengths) * size
        sent = torch.zeros(room, dtype=torch.uint8)
        sent[:_CONTROL_BYTES] = torch.tensor([self._control.asked() if self._control else 0]).view(torch.uint8)
        sent[_CONTROL_BYTES : _CONTROL_BYTES + mine.numel() * size] = mine.contiguous().view(torch.uint8)
        received = torch.empty(self.ranks * room, dtype=torch.uint8)
        self._do(lambda: distributed.all_gather_single(received, sent, async_op=True))
        rows = received.view(self.ranks, room)
        if self._control:
            self._control.agree(int(rows[:, :_CONTROL_BYTES].contiguous().view(torch.int64).max()))
        parts = [row[_CONTROL_BYTES : _CONTROL_BYTES + n * size] for row, n in zip(rows, lengths, strict=True)]
        return torch.cat(parts).view(mine.dtype)

    def exchange_slices(self, mine: torch.Tensor, counts: Sequence[int]) -> torch.Tensor:
        """Return this rank's slice of all ranks' rows, [sum of counts, slice]: `mine` is [counts[rank], width].

        The slices are `shares(width)`. Raises as `gather` does.
        """
        cuts = self.shares(mine.shape[1])
        sent = torch.cat([mine[:, cut.start : cut.stop].reshape(-1) for cut in cuts])
        width = len(cuts[self.rank])
        received = torch.empty(sum(counts) * width, dtype=mine.dtype, device=mine.device)
        taken, given = [count * width for count in counts], [len(mine) * len(cut) for cut in cuts]
        self._do(lambda: distributed.all_to_all_single(received, sent, taken, given, async_op=True), mine.device)
        return received.view(-1, width)

    def sum_fast(self, mine: torch.Tensor) -> torch.Tensor:
        """Return the sum over all ranks, in whatever order is fastest: its last bits depend on the number of ranks."""
        total = mine.clone()
        self._do(lambda: distributed.all_reduce(total, async_op=True), total.device)
        return total

    def gather_slices(self, mine: torch.Tensor, width: int) -> torch.Tensor:
        """Return all ranks' slices of a row with so many numbers, one after another. Raises as `gather` does."""
        lengths = [len(cut) for cut in self.shares(width)]
        sent = torch.zeros(max(lengths), dtype=mine.dtype, device=mine.device)
        sent[: len(mine)] = mine
        received = torch.empty(self.ranks * len(sent), dtype=mine.dtype, device=mine.device)
        self._do(lambda: distributed.all_gather_single(received, sent, async_op=True), mine.device)
        return torch.cat([row[:n] for row, n in zip(received.view(self.ranks, -1), lengths, strict=True)])

    def from_leader(self, make: Callable[[], bytes]) -> bytes:
        """Return what the leader makes; the others do not make it. Raises as `gather` does."""
        made = make() if self.leads else b""
        length = torch.tensor([len(made)])
        self._do(lambda: distributed.broadcast(length, src=0, async_op=True))
        if not length:
            return b""
        content = _tensor(made) if self.leads else torch.empty(int(length.item()), dtype=torch.uint8)
        self._do(lambda: distributed.broadcast(content, src=0, async_op=True))
        return content.numpy().tobytes()

    def agree(self) -> None:
        """Wait for the others, and take over what was asked of any of them. Raises as `gather` does."""
        self.gather_known(torch.zeros(0), [0] * self.ranks)

    @contextmanager
    def one_a_host_first(self) -> Iterator[None]:
        """Let the first rank of each machine do the work inside first, so that the others there find it done."""
        if not self.is_first_on_host:
            self.agree()
        yield
        if self.is_first_on_host:
            self.agree()

    def _do(self, begin: Callable[[], Work | None], device: torch.device = _CPU) -> None:
        """Begin a collective and wait until it has ended, or a rank was lost."""
        try:
            work = begin()
            assert work is not None
            self._wait(work, device)
            work.wait()
        except (RuntimeError, ValueError) as error:  # the process group's own, of many kinds
            self.is_broken = True
            raise self._reason() from error

    def _wait(self, work: Work, device: torch.device) -> None:
        done = threading.Event()
        if device.type == "cpu":
            work.get_future().add_done_callback(lambda _: done.set())
        while not (done.wait(GLANCE) if device.type == "cpu" else _poll(work)):
            if self._monitor.lost is not None:
                self.is_broken = True
                raise self._reason()

    def _reason(self) -> TrainerError:
        """Return the error for a collective that cannot end."""
        lost = self._monitor.wait_for_reason(REASON_SECONDS) or self._monitor.most_silent()
        lost = lost or Lost(sentence=text("The connection to another rank has ended, and no other rank says why."))
        if lost.is_stop:
            return CancelledError(lost.sentence)
        if lost.is_told:
            return RankLostError(lost.sentence)
        return RankLostError(
            lost.sentence,
            remedy=text("Start the same command with --resume and the run's folder: any number of ranks can go on."),
        )

    def _somebody_stopped(self) -> bool:
        """Return whether a rank was stopped. Raises RankLostError where one is lost for another reason."""
        lost = self._monitor.lost
        if lost is not None and not lost.is_stop:
            raise self._reason()
        return lost is not None


def _tensor(content: bytes) -> torch.Tensor:
    return torch.frombuffer(bytearray(content), dtype=torch.uint8) if content else torch.empty(0, dtype=torch.uint8)


def _poll(work: Work) -> bool:
    """Return whether a collective between GPUs ends within a glance."""
    until = time.monotonic() + GLANCE
    while not work.is_completed():
        if time.monotonic() > until:
            return False
        time.sleep(POLL)
    return True


def _meet(place: Place) -> Store:
    """Return torchrun's store once all ranks have come to it. Raises RankLostError."""
    patience = timedelta(seconds=ALL_THERE_SECONDS)
    try:
        store: Store = next(rendezvous("env://", timeout=patience))[0]
        store.set(f"catdog/here/{place.rank}", place.host)
        store.wait([f"catdog/here/{rank}" for rank in range(place.ranks)], patience)
    except (RuntimeError, ValueError) as error:
        raise RankLostError(
            text(
                "Not all of the {ranks} ranks came to {address}:{port} within {seconds} seconds.",
                ranks=place.ranks,
                address=place.address,
                port=place.port,
                seconds=ALL_THERE_SECONDS,
            ),
            remedy=text("Look at what the others say, and whether a firewall closes ports between the machines."),
        ) from error
    return store
