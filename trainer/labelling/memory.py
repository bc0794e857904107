"""Old photos that are kept in mind while a model learns from corrections: their features, and no photos.

Those of a run are its own training and test photos, where they can still be opened. For the starter model a few hundred
come with CatDog (`resources/models/starter_memory.md`).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError

from trainer.core.errors import CancelledError, ModelFileError, TrainerError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.records import Photo
from trainer.dataset.sources.source import open_source
from trainer.files.regular import read_regular
from trainer.files.resources import resource
from trainer.labelling.eye import Eye
from trainer.labelling.features import embeddings_of
from trainer.storage.run_folder import RunFolder
from trainer.storage.starter import starter_model

FILE = "starter_memory.safetensors"
_MOST = 600
"""Photos of each kind: more change little, and take longer to look at."""
_STEPS = 255


class Old(NamedTuple):
    """N old photos."""

    embeddings: torch.Tensor
    """Float32 [N, D]."""
    targets: torch.Tensor
    """Float32 [N], 0 or 1."""


class Memory(NamedTuple):
    """What is known of a model's old photos."""

    learnt: Old
    judging: Old
    """Photos that it neither learnt from nor was tuned on."""


def memory_of(
    model: Path, eye: Eye, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled
) -> Memory | None:
    """Return what is known of a model's old photos, None where nothing is.

    Raises ModelFileError where what comes with CatDog is damaged, and CancelledError.
    """
    if model == starter_model():
        return _of_starter()
    folder = RunFolder(model.parent)
    if folder.model != model or not folder.split.is_file():
        return None
    try:
        dataset = folder.read_dataset()
        with open_source(dataset.choice) as source:
            source.list_files()
            learnt = _some(dataset.of_split("train"))
            judging = _some(dataset.of_split("test"))
            seen = embeddings_of([*learnt, *judging], source, eye, progress=progress, cancelled=cancelled)
    except CancelledError:
        raise
    except TrainerError:  # the photos are gone, or changed: nothing is known of them any more
        return None
    parts = [[photo for photo in part if photo.digest in seen] for part in (learnt, judging)]
    if any(len({photo.class_index for photo in part}) < 2 for part in parts):
        return None
    return Memory(*(_old(part, seen) for part in parts))


def _some(photos: tuple[Photo, ...]) -> list[Photo]:
    """Return at most so many, chosen by their content, so the same every time."""
    return sorted(photos, key=lambda photo: photo.digest)[:_MOST]


def _old(photos: list[Photo], seen: dict[str, np.ndarray]) -> Old:
    targets = torch.tensor([float(photo.class_index) for photo in photos])
    return Old(torch.from_numpy(np.stack([seen[photo.digest] for photo in photos])), targets)


def _of_starter() -> Memory | None:
    path = resource("models", FILE)
    try:
        tensors = safetensors.torch.load(read_regular(path))
        scale = tensors["scale"]
        parts = [
            Old(tensors[f"{part}.embeddings"].float() * scale, tensors[f"{part}.targets"].float())
            for part in ("learnt", "judging")
        ]
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelFileError(
            text("{path} is damaged.", path=path), remedy=text("Install CatDog again."), path=path
        ) from error
    return Memory(*parts)


def pack(memory: Memory) -> bytes:
    """Return the file's content for old photos whose embeddings are none below zero."""
    scale = torch.cat([memory.learnt.embeddings, memory.judging.embeddings]).amax(dim=0).clamp(min=1e-6) / _STEPS
    tensors = {"scale": scale}
    for name, old in memory._asdict().items():
        tensors[f"{name}.embeddings"] = (old.embeddings / scale).round().to(torch.uint8).contiguous()
        tensors[f"{name}.targets"] = old.targets.to(torch.uint8)
    content: bytes = safetensors.torch.save(tensors)
    return content
