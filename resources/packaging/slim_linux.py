"""Makes the libraries of a built program smaller, on Linux: no symbol tables, nothing that is never called."""

from collections.abc import Iterator
from pathlib import Path

import binutils
import icu_data

# Libraries that others link to for what CatDog never does, and how their functions' names begin. The HEVC encoder (23
# MB, GPL) is for writing HEIC files, Pillow's own libxcb for taking pictures of the screen.
_NEVER_CALLED = {"pillow_heif.libs/libx265-*": "x265_", "pillow.libs/libxcb-*": "xcb_"}


def slim(folder: Path) -> None:
    """Treat the program in a folder."""
    for pattern, prefix in _NEVER_CALLED.items():
        for library in sorted(folder.glob(f"_internal/{pattern}")):
            put_stub(library, prefix)
    for library in sorted(folder.glob("_internal/pillow.libs/libXau-*")):  # libxcb's, which is a stub now
        _remove(folder, library)
    for library in sorted(folder.glob("_internal/PySide6/Qt/lib/libicudata.so.*")):
        icu_data.cut(library)
    for library in libraries(folder):
        smaller = binutils.stripped(library)
        if smaller is not None and len(smaller) < library.stat().st_size:
            library.write_bytes(smaller)


def libraries(folder: Path) -> Iterator[Path]:
    """Yield the shared libraries in a folder; not the program itself, which carries its modules behind its end."""
    for file in sorted(folder.rglob("*.so*")):
        if file.is_file() and not file.is_symlink() and file.open("rb").read(4) == b"\x7fELF":
            yield file


def put_stub(library: Path, prefix: str) -> None:
    """Put a library with the same names and nothing behind them in the place of one that is loaded but never called."""
    users = [user for user in libraries(library.parents[1]) if library.name in binutils.needed_libraries(user)]
    names = sorted({name for user in users for name in binutils.undefined_symbols(user) if name.startswith(prefix)})
    code = "".join(f".globl {name}\n.type {name}, @function\n{name}:\n xor %eax, %eax\n ret\n" for name in names)
    binutils.assemble(f".text\n{code}", library)


def _remove(folder: Path, library: Path) -> None:
    """Remove a library and the link to it."""
    (folder / "_internal" / library.name).unlink(missing_ok=True)
    library.unlink()
