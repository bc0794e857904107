"""Makes `resources/models/negatives.safetensors`, what "neither" looks like, and the card beside it.

    python -m tests.benchmarks.negatives ../shared/data/other-sources/neither /usr/share/gcompris-qt \\
        /usr/share/tuxpaint/stamps

Each folder holds photos of other things than people's two classes, some of them in Qt's resource files (.rcc), as the
Debian package gcompris-qt-data has them. Noise comes on top. Their features by each backbone that is installed are
kept, a byte each, and no photo. Only the part that may be learnt from is used (`harness.parts`). Takes five minutes on
two cores.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.harness.embeddings import embeddings
from tests.benchmarks.harness.parts import LEARNT_KINDS, part_of
from tests.benchmarks.harness.qt_resources import unpack
from trainer.core.recipes import recipe
from trainer.dataset.names import is_photo_name
from trainer.files.atomic import write_atomically
from trainer.files.resources import resource
from trainer.inference.negatives import FILE, pack
from trainer.models.efficientnet_lite import SCALES

_NOISE = 50
_JUDGING = "bear, chicken, deer, eagle, lion, rabbit, turkey"


def main() -> int:
    """Compute the features and write the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", type=Path, nargs="+")
    folders: list[Path] = parser.parse_args().folders
    with tempfile.TemporaryDirectory() as unpacked:
        sources = {folder.name: learnt_photos(folder, Path(unpacked, folder.name)) for folder in folders}
        sources["noise"] = make_noise(Path(unpacked, "noise"))
        photos = [photo for found in sources.values() for photo in found]
        size = recipe("transfer").config("").image_size
        found = {name: embeddings(name, photos, size) for name in SCALES}
    target = resource("models", "starter.md").with_name(FILE)
    write_atomically(target, pack(found))
    counts = {name: len(photos) for name, photos in sources.items()}
    target.with_suffix(".md").write_text(_card(counts, target), encoding="utf-8")
    return 0


def learnt_photos(folder: Path, unpacked: Path) -> list[Path]:
    """Return a folder's photos that are learnt from; those in resource files are unpacked into another folder."""
    unpack(folder, unpacked)
    places = (folder, unpacked)
    photos = sorted(path for place in places for path in place.rglob("*") if is_photo_name(path.name))
    return [path for path in photos if part_of(path) == "learn"]


def make_noise(folder: Path) -> list[Path]:
    """Write images of coloured noise, from fine to coarse, and return them: no photo has such features by chance."""
    folder.mkdir()
    chance = np.random.default_rng(0)
    for number in range(_NOISE):
        grain = 2 ** (number % 5)
        small = chance.integers(0, 256, (256 // grain, 256 // grain, 3), dtype=np.uint8)
        Image.fromarray(small).resize((256, 256), Image.Resampling.NEAREST).save(folder / f"noise-{number}.png")
    return sorted(folder.iterdir())


def _card(counts: Mapping[str, int], target: Path) -> str:
    """Return the card."""
    sources = "\n".join(f"| `{name}` | {number} |" for name, number in counts.items())
    return f"""# What "neither" looks like

`{target.name}` ({target.stat().st_size / 1e6:.1f} MB) holds the features of photos of other things than a cat or a dog,
as the backbones of `transfer` see them: 1,280 numbers a photo, a byte each. There are no photos in it, and none can be
made from it. A model learns from them what is neither of its two classes, whatever those are.

| source | photos |
| --- | --- |
{sources}

- `neither`: animals of these kinds, from a collection for research and teaching: {", ".join(LEARNT_KINDS)}. The kinds
  that judge ({_JUDGING}) are not among them.
- `stamps`: cut-outs and clip art of the Debian package tuxpaint-stamps-default, half of them in the same way.
- `noise`: coloured noise from fine to coarse, made by the script.
- `gcompris-qt`: paintings, monuments, vehicles, food, rooms and wild animals of the Debian package gcompris-qt-data,
  half of its photos, drawn by a digest of their names; the other half judges.

Made by `python -m tests.benchmarks.negatives`.
"""


if __name__ == "__main__":
    sys.exit(main())
