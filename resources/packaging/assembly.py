"""Makes a shared library for Linux of a few lines of assembly, with binutils alone."""

import subprocess
import tempfile
from pathlib import Path


def shared_library(source: str, soname: str) -> bytes:
    """Return the library of that name. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        compiled, linked = Path(scratch, "code.o"), Path(scratch, "linked.so")
        whole = f'{source}.section .note.GNU-stack,"",@progbits\n'  # a stack without machine code
        subprocess.run(["as", "-o", compiled, "-"], input=whole, text=True, check=True)
        subprocess.run(["ld", "-shared", "-soname", soname, "-o", linked, compiled], check=True)
        return linked.read_bytes()
