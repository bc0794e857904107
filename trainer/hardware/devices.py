"""Which processor computes, with how many threads, and with how many bits."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from trainer.core.config import PrecisionName
from trainer.core.errors import SettingError
from trainer.core.text import text
from trainer.hardware import memory

memory.keep_freed()

_Network = TypeVar("_Network", bound=nn.Module)

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
# Below this share of float32's time bfloat16 is worth its coarser numbers.
WORTH_IT = 0.8
# Trials of each: the first ones warm up, and of eight at least one is hardly disturbed.
_TURNS = 8


def choose_device(name: str) -> torch.device:
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
        there = ["auto", *(kind for kind, is_there in available.items() if is_there)]
        raise SettingError(
            text("The device {name} is not there on this computer.", name=name),
            remedy=text("Choose one of {names}.", names=", ".join(there)),
        )
    return torch.device(name)


def choose_precision(name: PrecisionName, device: torch.device) -> torch.dtype:
    """Return the type in which training multiplies; weights, losses and optimiser are float32 always.

    "auto" takes bfloat16 where that is faster: on the processor that is measured, since it may
    have the instructions and still be slow.
    """
    if name == "auto":
        name = "bfloat16" if is_faster_in_bfloat16(device.type) else "float32"
    return PRECISIONS[name]


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Let a graphics card take those operations that give the same numbers again, wherever torch has one.

    A processor needs nothing: on one thread all of them do.
    """
    if device.type == "cpu":
        yield
        return
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read by cuBLAS before its first product
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def to_device(network: _Network, device: torch.device) -> _Network:
    """Return the network on the device, its weights in the order of channels-last images.

    Convolutions on images in that order, in which pixels are stored, need no conversions and are faster.
    """
    network.to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
    return network


def to_images(pixels: np.ndarray, device: torch.device) -> torch.Tensor:
    """Return uint8 [N, S, S, 3] pixels as float32 [N, 3, S, S] in [0, 1]."""
    return torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float().div_(255)


def autocast(precision: torch.dtype, device: torch.device) -> torch.autocast:
    """Return the context in which networks multiply in that type; results are float32 or that type."""
    return torch.autocast(device.type, dtype=precision, enabled=precision is not torch.float32)


@cache
def is_faster_in_bfloat16(kind: str) -> bool:
    """Return whether devices of that kind multiply faster in bfloat16; the processor is measured, once a process.

    A run asks once, when it begins, and keeps the answer in its record.
    """
    match kind:
        case "cuda":
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
        case "cpu":
            return bfloat16_share() < WORTH_IT
        case _:
            return False


def bfloat16_share() -> float:
    """Return the time of a typical convolution, forward and backward, in bfloat16, as a share of that in float32.

    They differ by a factor of two and more, one way or the other, so a few milliseconds tell. They take turns, and the
    shortest of several times counts, so that what else the machine does meanwhile hits both or none. It runs on one
    thread: two would wait for each other beside another busy program.
    """
    # Nothing is drawn by lot: whoever trains meanwhile draws from the same generator.
    images = torch.ones(8, 64, 32, 32).contiguous(memory_format=torch.channels_last)
    weights = torch.ones(64, 64, 3, 3).contiguous(memory_format=torch.channels_last).requires_grad_()
    times: dict[torch.dtype, list[float]] = {precision: [] for precision in PRECISIONS.values()}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _ in range(_TURNS):
            for precision, found in times.items():
                found.append(_convolution_seconds(images, weights, precision))
    finally:
        torch.set_num_threads(threads)
    return min(times[torch.bfloat16]) / min(times[torch.float32])


def _convolution_seconds(images: torch.Tensor, weights: torch.Tensor, precision: torch.dtype) -> float:
    began = time.perf_counter()
    with autocast(precision, images.device):
        result = F.conv2d(images, weights, padding=1)
    result.sum().backward()
    return time.perf_counter() - began
