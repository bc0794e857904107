"""Make `resources/models/starter_memory.safetensors`: features of a few old photos of the starter model, and no photos.

    python -m tests.benchmarks.memory [--data ../shared/data]

What is learnt from corrections is learnt beside these, and judged by others that the starter model neither learnt from
nor was tuned on (`harness.parts`). To be made again whenever the starter model is. Takes half a minute.
"""

from hashlib import sha256
from pathlib import Path

import torch

from tests.benchmarks.harness import judged, options
from trainer.dataset.photo import photo_pixels
from trainer.labelling.eye import Eye
from trainer.labelling.memory import FILE, Memory, Old, pack
from trainer.storage.starter import starter_model

# Of each class: from dogs-vs-cats-small, and from other-sources.
LEARNT, JUDGING = (120, 80), (150, 100)


def main() -> int:
    """Make the file."""
    given = options.parser(__doc__).parse_args()
    model = starter_model()
    assert model is not None
    eye = Eye(model, judged.CLASSES)
    small, other = options.small(given.data), options.other(given.data)
    learnt = _chosen((judged.pets(small / "train"), judged.pets(other, "learn")), LEARNT)
    judging = _chosen((judged.pets(small / "test"), judged.pets(other, "judge")), JUDGING)
    target = model.with_name(FILE)
    target.write_bytes(pack(Memory(_old(learnt, eye), _old(judging, eye))))
    options.say(f"{len(learnt)} photos to learn beside, {len(judging)} that judge: {target.stat().st_size:,} bytes")
    return 0


def _chosen(sources: tuple[dict[int, list[Path]], ...], counts: tuple[int, int]) -> list[tuple[Path, int]]:
    """Return so many photos of each class from each source, chosen by a digest of their names."""
    return [
        (photo, index)
        for folders, count in zip(sources, counts, strict=True)
        for index, photos in folders.items()
        for photo in sorted(photos, key=lambda path: sha256(path.name.encode()).digest())[:count]
    ]


def _old(photos: list[tuple[Path, int]], eye: Eye) -> Old:
    found = [eye.look([photo_pixels(photo, eye.image_size)]).embeddings[0] for photo, _ in photos]
    return Old(torch.stack(found), torch.tensor([float(index) for _, index in photos]))


if __name__ == "__main__":
    options.conclude(main)
