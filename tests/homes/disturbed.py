"""Programs whose time of day jumps by hours, or whose disk is slow: `disturb.c` stands before the C library."""

from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("disturb.c")


def jumping(library: Path, *, every_ms: int) -> Mapping[str, str]:
    """Return the environment of a program whose clock jumps to and fro by 18 hours, so often."""
    return {"LD_PRELOAD": str(library), "JUMP_MS": str(every_ms)}


def slow(library: Path, folder: Path, *, late_ms: int) -> Mapping[str, str]:
    """Return the environment of a program whose calls for the files below a folder take so much longer."""
    return {"LD_PRELOAD": str(library), "LATE_MS": str(late_ms), "LATE_BELOW": str(folder)}
