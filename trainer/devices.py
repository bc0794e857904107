"""Which processor computes, with how many threads, and with how many bits."""

import torch

from trainer.config import PrecisionName
from trainer.errors import SettingError

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose(name: str) -> torch.device:
    """Return the device of that name; "auto" takes CUDA, then Apple's MPS, then the processor.

    Raises SettingError where the named device is not there.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, there in available.items() if there)
    if not available.get(name, False):
        there = ", ".join(kind for kind, is_there in available.items() if is_there)
        raise SettingError(f"The device {name} is not there on this computer.", remedy=f"Choose auto or {there}.")
    return torch.device(name)


def set_threads(count: int) -> int:
    """Let torch use that many threads (0: as many as it chose itself) and return how many it uses."""
    if count:
        torch.set_num_threads(count)
    return torch.get_num_threads()


def choose_precision(name: PrecisionName, device: torch.device) -> torch.dtype:
    """Return the type in which training multiplies; weights, losses and optimiser are float32 always.

    "auto" takes bfloat16 where the device has instructions for it: without, it would be slower.
    """
    if name == "auto":
        name = "bfloat16" if _has_bfloat16(device) else "float32"
    return PRECISIONS[name]


def multiplying_in(precision: torch.dtype, device: torch.device) -> torch.autocast:
    """Return the context in which networks multiply in that type; results are float32 or that type."""
    return torch.autocast(device.type, dtype=precision, enabled=precision is not torch.float32)


def _has_bfloat16(device: torch.device) -> bool:
    match device.type:
        case "cuda":
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
        case "cpu":
            has = torch.cpu.get_capabilities()
            return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
        case _:
            return False
