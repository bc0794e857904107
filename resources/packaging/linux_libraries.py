"""The shared libraries of a built program on Linux: they are made smaller, and looked through for what they need.

All of it is done with binutils and dpkg-dev, which need no compiler.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import assembly
import icu_data

# Qt opens these by name when it runs, so no library says that it needs them.
_OPENED_BY_NAME = ("libdbus-1-3",)


def slim(folder: Path) -> None:
    """Take out of the program in a folder the symbol tables, the HEVC encoder, and what of ICU's data nobody needs.

    Without symbol tables it is 105 MB smaller, and the package 5 MB.
    """
    for library in sorted(folder.glob("_internal/PySide6/Qt/lib/libicudata.so.*")):
        icu_data.slim(library)
    for library in sorted(folder.glob("_internal/pillow_heif.libs/libx265-*")):
        put_stub(library, "x265_")
    for library in libraries(folder):
        smaller = stripped(library)
        if smaller is not None and len(smaller) < library.stat().st_size:
            library.write_bytes(smaller)


def libraries(folder: Path) -> Iterator[Path]:
    """Yield the shared libraries in a folder; not the program itself, which carries its modules behind its end."""
    for file in sorted(folder.rglob("*.so*")):
        if file.is_file() and not file.is_symlink() and file.open("rb").read(4) == b"\x7fELF":
            yield file


def put_stub(library: Path, prefix: str) -> None:
    """Put a library with the same names and nothing behind them in the place of one that is loaded but never called.

    It is for libx265, which libheif links to and needs for writing HEIC files only. The licence is the reason, more
    than 21 MB of disk and 1.6 MB of the package: x265 is under the GPL, and PyTorch contains Intel's MKL, which may not
    be passed on as part of a program under the GPL. pi-heif, the wheel without it, is no longer maintained.
    """
    users = [user for user in libraries(library.parents[1]) if f"[{library.name}]" in _read("readelf", "-dW", user)]
    wanted = [line for user in users for line in _read("nm", "-D", "--undefined-only", user).splitlines()]
    names = {line.split()[-1].partition("@")[0] for line in wanted}
    code = "".join(
        f".globl {name}\n.type {name}, @function\n{name}:\n xor %eax, %eax\n ret\n"  # returns NULL
        for name in sorted(names)
        if name.startswith(prefix)
    )
    library.write_bytes(assembly.shared_library(f".text\n{code}", library.name))


def stripped(library: Path) -> bytes | None:
    """Return a library without what only debuggers and linkers read, or None where it would no longer load.

    Libraries that were patched after linking, as those bundled in wheels are, can come out with segments that the
    loader cannot map: their places in the file and in memory have to differ by whole pages.
    """
    with tempfile.TemporaryDirectory() as scratch:
        smaller = Path(scratch, "library")
        subprocess.run(["strip", "--strip-unneeded", "-o", smaller, library], check=True)
        lines = _read("readelf", "-lW", smaller).splitlines()
        segments = [line.split() for line in lines if line.strip().startswith("LOAD")]
        loads = all((int(words[1], 16) - int(words[2], 16)) % int(words[-1], 16) == 0 for words in segments)
        return smaller.read_bytes() if loads else None


def debian_packages(tree: Path) -> list[str]:
    """Return the Debian packages that the libraries of a package's tree need, as dpkg-shlibdeps works it out.

    Each has the version with it where one is asked for.
    """
    files = [*(tree / "opt").glob("*/catdog"), *libraries(tree)]
    beside = sorted({f"-l{file.parent}" for file in files})
    with tempfile.TemporaryDirectory() as scratch:
        control = Path(scratch, "debian", "control")
        control.parent.mkdir()
        control.write_text("Source: catdog\n\nPackage: catdog\nArchitecture: any\n", encoding="utf-8")
        command = ["dpkg-shlibdeps", "-O", "--warnings=0", f"-S{tree}", *beside, *map(str, files)]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dpkg-shlibdeps failed:\n{done.stderr}")
    found = done.stdout.strip().removeprefix("shlibs:Depends=").split(", ")
    names = {entry.split()[0] for entry in found}
    return sorted([*found, *(name for name in _OPENED_BY_NAME if name not in names)])


def _read(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
