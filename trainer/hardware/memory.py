"""Keeps freed memory for the next batch instead of returning it to the system.

A training step frees and takes some hundred megabytes again and again. glibc returns each large block to the system and
asks for it anew, and the system clears every page of it first: on two cores that was half of a step's time.
"""

import ctypes
import sys
from functools import cache

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -4, -8
_NEVER = 2**31 - 1


@cache
def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


@cache
def keep_freed() -> bool:
    """Tell the allocator to keep what is freed, once a process; return whether it could be told.

    Called before other threads take memory, all of them share one pool; later ones keep pools of their own. Only glibc
    needs it: the allocators of Windows and macOS keep large blocks by themselves.
    """
    library = _glibc()
    choices = ((_M_ARENA_MAX, 1), (_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _NEVER))
    return library is not None and all(library.mallopt(name, value) for name, value in choices)


def trim() -> None:
    """Return freed memory to the system, once the work is done."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)
