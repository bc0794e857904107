"""Which network interface gloo uses: the one that leads to the other machines.

By itself gloo takes the address that the machine's own name stands for. On many systems that is 127.0.1.1, where no
other machine can reach it, and the run would fail without a useful word.
"""

import os
import socket
import struct
from collections.abc import Iterator

_SIOCGIFADDR = 0x8915  # <linux/sockios.h>: an interface's IPv4 address


def choose_interface(address: str, port: int) -> None:
    """Set GLOO_SOCKET_IFNAME, unless it is set, to the interface from which `address` is reached, if one is found."""
    if "GLOO_SOCKET_IFNAME" in os.environ:
        return
    try:
        own = _own_address(address, port)
        name = next((name for name, its in _interfaces() if its == own), None)
    except (OSError, ImportError):  # a name that is not known, or a system without fcntl: gloo chooses
        return
    if name is not None:
        os.environ["GLOO_SOCKET_IFNAME"] = name


def _own_address(address: str, port: int) -> str:
    """Return this machine's IPv4 address towards another one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((address, port))
        own: str = asking.getsockname()[0]
        return own


def _interfaces() -> Iterator[tuple[str, str]]:
    """Yield each interface with its IPv4 address."""
    import fcntl  # noqa: PLC0415 - Windows has none

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                found = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:  # it has no address
                continue
            yield name, socket.inet_ntoa(found[20:24])
