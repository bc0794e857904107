"""Which machine it was, in one line, and who else was using it."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def describe() -> str:
    """Return processor, cores, memory, system, the versions that matter, and the date."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        f"{_processor()}, {cores} cores",
        _memory(),
        platform.platform(terse=True),
        f"Python {platform.python_version()}",
        f"torch {version('torch')}",
        f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
    ]
    return ", ".join(part for part in parts if part)


def load() -> float:
    """Return how many processes wanted a processor in the last minute, on average; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def bfloat16_instructions() -> str:
    """Return which instructions for bfloat16 the processor has, as Linux names them."""
    flags = _cpuinfo("flags").split()
    return ", ".join(flag for flag in ("avx512_bf16", "amx_bf16") if flag in flags) or "none"


def _processor() -> str:
    model = _cpuinfo("model name") or platform.processor() or platform.machine()
    family, number = _cpuinfo("cpu family"), _cpuinfo("model")
    # A cloud machine hides its model behind the maker's name; family and number tell the generation.
    return f"{model} (family {family}, model {number})" if family else model


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return ""
    return f"{total / 2**30:.0f} GB of memory"


def _cpuinfo(key: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in found if name.strip() == key), "")
