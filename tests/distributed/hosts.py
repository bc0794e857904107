"""Two hosts on one machine: network namespaces of the test's own making, with a cable between them.

The cable is a pair of veth devices; a slow one is a process that carries each packet from one namespace to the other,
as late and as slowly as asked: not every kernel has netem. All of it goes away with the test, whatever happens.
"""

import ctypes
import fcntl
import os
import select
import shutil
import struct
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pytest

NETWORK = "10.213.77"
_CLONE_NEWNET = 0x40000000
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
# Large packets, so that a relay in Python keeps up with the rate.
_PACKET_BYTES = 9000


def needs_namespaces() -> pytest.MarkDecorator:
    """Return the mark of a test that makes network namespaces: skipped by name where it may not."""
    return pytest.mark.skipif(not may_make_namespaces(), reason="needs root and ip (iproute2) for network namespaces")


def may_make_namespaces() -> bool:
    """Return whether this process may, and has what it takes."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"catdog-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


@dataclass(frozen=True)
class Host:
    """One end of the cable."""

    namespace: str
    address: str
    device: str

    def cut(self) -> None:
        """Pull the cable out at this end."""
        _ip("-n", self.namespace, "link", "set", self.device, "down")


@contextmanager
def two_hosts(*, delay: float = 0.0, megabits: float = 0.0) -> Iterator[tuple[Host, Host]]:
    """Yield two hosts that reach each other: `delay` seconds there and as much back, `megabits` a second each way."""
    with ExitStack() as resources:
        hosts = tuple(_host(number, resources) for number in (1, 2))
        if delay or megabits:
            _join_slowly(hosts, delay, megabits, resources)
        else:
            own = [f"cd{os.getpid() % 100000}{host.device}" for host in hosts]
            _ip("link", "add", own[0], "type", "veth", "peer", "name", own[1])
            for host, device in zip(hosts, own, strict=True):
                _ip("link", "set", device, "netns", host.namespace, "name", host.device)
        for host in hosts:
            _ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", host.device)
            _ip("-n", host.namespace, "link", "set", host.device, "up", "mtu", str(_PACKET_BYTES))
            _ip("-n", host.namespace, "link", "set", "lo", "up")
        yield hosts[0], hosts[1]


def enter(namespace: str) -> None:
    """Put this process into a namespace."""
    with Path("/run/netns", namespace).open() as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"no way into the namespace {namespace}")


def _host(number: int, resources: ExitStack) -> Host:
    name = f"catdog-{os.getpid()}-{number}"
    _ip("netns", "add", name)
    resources.callback(_ip, "netns", "del", name)
    return Host(name, f"{NETWORK}.{number}", f"wire{number}")


def _join_slowly(hosts: tuple[Host, ...], delay: float, megabits: float, resources: ExitStack) -> None:
    made = []
    for host in hosts:
        device = f"cd{os.getpid() % 100000}{host.device}"
        made.append(_tun(device))
        _ip("link", "set", device, "netns", host.namespace, "name", host.device)
    relay = get_context("fork").Process(target=_carry, args=(made, delay, megabits * 1e6 / 8 or float("inf")))
    relay.start()
    resources.callback(relay.join)
    resources.callback(relay.kill)
    for file in made:
        os.close(file)


def _tun(name: str) -> int:
    """Make a device whose packets are read from and written to the file that is returned."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return file


def _carry(files: list[int], delay: float, bytes_a_second: float) -> None:
    """Carry packets between two devices, each `delay` seconds late, and so many bytes a second each way."""
    waiting: dict[int, deque[tuple[float, bytes]]] = {file: deque() for file in files}
    free_at = dict.fromkeys(files, 0.0)
    while True:
        due = min((queue[0][0] for queue in waiting.values() if queue), default=None)
        ready, _, _ = select.select(files, [], [], None if due is None else max(0.0, due - time.monotonic()))
        now = time.monotonic()
        for file in ready:
            other = files[1 - files.index(file)]
            packet = os.read(file, 65536)
            free_at[other] = max(now, free_at[other]) + len(packet) / bytes_a_second
            waiting[other].append((free_at[other] + delay, packet))
        for file, queue in waiting.items():
            while queue and queue[0][0] <= time.monotonic():
                try:
                    os.write(file, queue.popleft()[1])
                except OSError:  # the device is down: packets are lost, as in a cable that was pulled out
                    continue


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=30)
