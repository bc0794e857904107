"""What a backbone makes of photos, as `transfer` uses it: for everything that is learnt from features alone."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from trainer.core.errors import PhotoError
from trainer.core.pipeline import in_chunks
from trainer.dataset.photo import photo_pixels
from trainer.hardware.devices import to_images
from trainer.hardware.parallel import CHUNK, in_parallel, worker_count
from trainer.models.fuse import fuse_for_inference
from trainer.models.transfer import Transfer

_PROCESSOR = torch.device("cpu")


def embeddings(backbone: str, photos: Sequence[Path], image_size: int) -> torch.Tensor:
    """Return the features float32 [N, 1280] of photos, in order; those that cannot be read are said and left out."""
    network = Transfer(backbone=backbone)
    network.load_pretrained(lambda _done, _total: None, lambda: False)
    fused = fuse_for_inference(network.eval(), _PROCESSOR)

    def embed(chunk: list[Path]) -> torch.Tensor:
        pixels = [found for photo in chunk if (found := _pixels(photo, image_size)) is not None]
        with torch.inference_mode():
            return fused.forward_frozen(to_images(np.stack(pixels), _PROCESSOR)) if pixels else torch.empty(0, 1280)

    parts: list[torch.Tensor] = []
    for found in in_parallel(embed, in_chunks(photos, CHUNK), worker_count(_PROCESSOR, 0)):
        parts.append(found)
        sys.stdout.write(f"\r{backbone}: {sum(map(len, parts)):,} of {len(photos):,}")
        sys.stdout.flush()
    sys.stdout.write("\n")
    return torch.cat(parts)


def _pixels(photo: Path, image_size: int) -> np.ndarray | None:
    try:
        return photo_pixels(photo, image_size)
    except PhotoError as error:
        sys.stderr.write(f"{photo}: {error}\n")
        return None
