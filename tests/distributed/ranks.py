"""Starts the ranks of a group as torchrun would, and reads what they say.

They are forked from a server that has loaded torch: to load it takes seconds, and ten times more beside other tests.
"""

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.distributed.hosts import Host, enter

SECONDS = 150
# Longer than a rank is ever kept waiting on a machine that is busy with other tests.
LOST_AFTER = 10
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")  # as the command line does, before torch is loaded
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["trainer.training.loop", "trainer.training.distributed.group", "trainer.cli"])


@dataclass(frozen=True)
class Said:
    """What a rank left."""

    code: int
    """Its exit code; below 0 the signal that killed it."""
    out: str
    err: str


class Rank:
    """One process. It runs a program in Python, or CatDog's command line."""

    def __init__(
        self, work: str | Sequence[str], environment: Mapping[str, str], place: Path, *, namespace: str = ""
    ) -> None:
        place.mkdir(parents=True)
        self._place = place
        self._process = _CONTEXT.Process(target=_be_a_rank, args=(work, dict(environment), place, namespace))
        self._process.start()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal, if it still runs."""
        if self._process.is_alive() and self._process.pid is not None:
            os.kill(self._process.pid, number)

    @property
    def out(self) -> str:
        """What it has said up to now."""
        file = self._place / "out"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def end(self) -> Said:
        """Wait until it has ended."""
        self._process.join(SECONDS)
        alive = self._process.is_alive()
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        err = (self._place / "err").read_text(encoding="utf-8")
        assert not alive, f"it does not end: {self.out}\n{err}"
        assert code is not None
        return Said(code, self.out, err)


def wait_until(holds: Callable[[], bool]) -> None:
    """Return once something holds that other processes bring about."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never comes"
        time.sleep(0.01)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def environment(rank: int, ranks: int, port: int, **more: str) -> dict[str, str]:
    """Return what torchrun sets for a rank; all are on one machine."""
    return {
        **os.environ,
        "RANK": str(rank),
        "WORLD_SIZE": str(ranks),
        "LOCAL_RANK": str(rank),
        "LOCAL_WORLD_SIZE": str(ranks),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "CATDOG_LOST_AFTER": str(LOST_AFTER),
        **more,
    }


def start(work: str | Sequence[str], ranks: int, place: Path, **more: str) -> list[Rank]:
    """Start so many ranks that do the same: a program, or the command line with these arguments."""
    port = free_port()
    return [
        Rank(work, environment(rank, ranks, port, **more), place / f"{ranks}-{port}-{rank}") for rank in range(ranks)
    ]


def run(work: str | Sequence[str], ranks: int, place: Path, **more: str) -> list[Said]:
    """Start so many ranks and wait until all have ended."""
    return [rank.end() for rank in start(work, ranks, place, **more)]


def start_on(hosts: Sequence[Host], work: Callable[[int], str | Sequence[str]], place: Path, **more: str) -> list[Rank]:
    """Start one rank on each host; `work` says what each rank does."""
    alone = {"LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "1", "MASTER_ADDR": hosts[0].address}
    return [
        Rank(
            work(rank),
            environment(rank, len(hosts), 29400, **alone, **more),
            place / f"host-{rank}",
            namespace=host.namespace,
        )
        for rank, host in enumerate(hosts)
    ]


def start_apart(datasets: Sequence[Path], work: Callable[[Path], Sequence[str]], place: Path) -> list[Rank]:
    """Start a rank for each of these datasets, each as if on a machine of its own."""
    port = free_port()
    alone = {"LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "1"}
    return [
        Rank(work(dataset), environment(rank, len(datasets), port, **alone), place / f"apart-{rank}")
        for rank, dataset in enumerate(datasets)
    ]


def _be_a_rank(work: str | Sequence[str], environment: dict[str, str], place: Path, namespace: str) -> None:
    if namespace:
        enter(namespace)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))
    if isinstance(work, str):
        exec(work, {"__name__": "rank"})
        return
    from trainer.cli import main

    sys.argv = ["catdog-cli", *work]
    main()
