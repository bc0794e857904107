"""Randomness without a state: every random number is a function of the run's seed and of what it is for.

A generator that is seeded anew for each purpose (the order of epoch 3, the dropout of batch 17 of epoch 3) needs no
saving, so a resumed run draws exactly what an uninterrupted one would have drawn.
"""

import hashlib

import torch


def derive(seed: int, *purpose: str | int) -> int:
    """Return a 63-bit seed for one purpose, the same on every machine."""
    text = "/".join(str(part) for part in (seed, *purpose))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *purpose: str | int) -> torch.Generator:
    """Return a processor-side random generator for one purpose."""
    return torch.Generator().manual_seed(derive(seed, *purpose))
