"""Programs whose time of day jumps by hours, or whose disk is slow: `disturb.c` stands before the C library."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("disturb.c")


def needs_compiler() -> pytest.MarkDecorator:
    """Return the mark of a test that disturbs a program: skipped by name where it cannot."""
    can = sys.platform == "linux" and shutil.which("cc") is not None
    return pytest.mark.skipif(not can, reason="needs Linux and a C compiler (cc)")


def build_library(into: Path) -> Path:
    """Compile the library, and return its file."""
    library = into / "disturb.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return library


def jumping(library: Path, *, every_ms: int) -> Mapping[str, str]:
    """Return the environment of a program whose clock jumps to and fro by 18 hours, so often."""
    return {"LD_PRELOAD": str(library), "JUMP_MS": str(every_ms)}


def slow(library: Path, folder: Path, *, late_ms: int) -> Mapping[str, str]:
    """Return the environment of a program whose calls for the files below a folder take so much longer."""
    return {"LD_PRELOAD": str(library), "LATE_MS": str(late_ms), "LATE_BELOW": str(folder)}
