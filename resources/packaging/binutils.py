"""What slims libraries on Linux is done with binutils, which need no compiler."""

import subprocess
import tempfile
from pathlib import Path


def assemble(source: str, library: Path) -> None:
    """Make a shared library of assembler source, in the place and under the name of another one."""
    source += '\n.section .note.GNU-stack,"",@progbits\n'
    with tempfile.TemporaryDirectory() as scratch:
        code, linked = Path(scratch, "code.o"), Path(scratch, "linked.so")
        subprocess.run(["as", "-o", code, "-"], input=source, text=True, check=True)
        subprocess.run(["ld", "-shared", "-soname", library.name, "-o", linked, code], check=True)
        library.write_bytes(linked.read_bytes())


def undefined_symbols(library: Path) -> list[str]:
    """Return the names that a library takes from others, without their versions."""
    return [line.split()[-1].partition("@")[0] for line in _lines("nm", "-D", "--undefined-only", library)]


def needed_libraries(library: Path) -> list[str]:
    """Return the names of the libraries that a library is linked to."""
    return [line.split("[")[1].rstrip("]") for line in _lines("readelf", "-dW", library) if "(NEEDED)" in line]


def section(library: Path, name: str) -> bytes:
    """Return the bytes of one section."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "section")
        subprocess.run(["objcopy", "-O", "binary", "-j", name, library, file], check=True)
        return file.read_bytes()


def stripped(library: Path) -> bytes | None:
    """Return a library without what only debuggers and linkers read, or None where it would no longer load.

    Libraries that were patched after linking, as those bundled in wheels are, can come out with segments that the
    loader cannot map: their places in the file and in memory have to differ by whole pages.
    """
    with tempfile.TemporaryDirectory() as scratch:
        smaller = Path(scratch, "library")
        subprocess.run(["strip", "--strip-unneeded", "-o", smaller, library], check=True)
        segments = [line.split() for line in _lines("readelf", "-lW", smaller) if line.strip().startswith("LOAD")]
        loads = all((int(words[1], 16) - int(words[2], 16)) % int(words[-1], 16) == 0 for words in segments)
        return smaller.read_bytes() if loads else None


def _lines(*command: str | Path) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
