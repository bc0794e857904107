"""Libraries in C that stand between a program and the C library (LD_PRELOAD)."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def needs_compiler() -> pytest.MarkDecorator:
    """Return the mark of a test that builds one: skipped by name where it cannot."""
    can = sys.platform == "linux" and shutil.which("cc") is not None
    return pytest.mark.skipif(not can, reason="needs Linux and a C compiler (cc)")


def build_library(source: Path, into: Path) -> Path:
    """Compile a library from its one source, and return its file."""
    library = into / source.with_suffix(".so").name
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library
