"""Brings torch and pyqtgraph in after the first paint, in a worker thread, without stalling the window.

An import in another thread stalls the window in two ways: torch loads libtorch (430 MB) while it holds Python's lock,
and the garbage collector walks again and again through all that an import creates. Longest gap of a 5 ms timer on the
GUI thread while torch was loaded (offscreen, two shared cores, medians of 6 starts each):

    as it is                                     22 ms
    libtorch loaded by its import               205 ms
    collector off during imports, no freeze     118 ms
    collector left on                           130 ms
    neither                                     169 ms
"""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from catdog_gui.shell import page_stack
from catdog_gui.worker import Emit
from trainer.core.control import RunControl


def load_pages(_emit: Emit, _control: RunControl) -> None:
    """Import what the other pages are made of, pyqtgraph among it. For a worker thread."""
    with _without_collector():
        page_stack.load_pages()


def load_engine(_emit: Emit, _control: RunControl) -> None:
    """Import torch and the engine. For a worker thread."""
    with _without_collector():
        _preload_libtorch()
        from trainer.inference import evaluate, predictor  # noqa: F401, PLC0415 - here torch comes in first
        from trainer.training import loop  # noqa: F401, PLC0415 - here torch comes in first


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        # What was imported stays for good. Otherwise the next collection walks through all of it at once.
        gc.freeze()
        gc.enable()


def _preload_libtorch() -> None:
    """Load torch's largest library without Python's lock: a foreign call releases it, the import system does not."""
    spec = find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    if sys.platform == "win32":
        return  # torch sets up its folders for DLLs first; its own import has to do it
    names = ("libc10.so", "libtorch_cpu.so") if sys.platform == "linux" else ("libc10.dylib", "libtorch_cpu.dylib")
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name in names:
        if (folder / name).is_file():
            dlopen(os.fsencode(folder / name), os.RTLD_NOW | os.RTLD_GLOBAL)
