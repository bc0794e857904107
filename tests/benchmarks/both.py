"""How often a model says that there seem to be both, of photos made from a cat's and a dog's, and of photos of one.

    python -m tests.benchmarks.both [--data FOLDER] [--model FILE]

The photos are of the judging part of other-sources (`harness.parts`): side by side, one above the other, and a small
one of 25 to 40 % of the area over a large one. Takes a minute.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.harness import judged, options
from tests.benchmarks.harness.results import Row, report
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import BOTH
from trainer.storage.starter import starter_model

_KINDS = ("side by side", "one above the other", "a small one over a large one")
_COUNT, _QUICK, _SIDE = 100, 5, 300


def main() -> int:
    """Make the photos, ask the model, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--model", type=Path, default=starter_model())
    wanted = parser.parse_args()
    predictor, count = Predictor.load(wanted.model), _QUICK if wanted.quick else _COUNT
    other = options.other(wanted.data)
    pets = judged.pets(other, "judge")
    rows = []
    for kind in _KINDS:
        made = composites(pets[0], pets[1], kind, count)
        rows.append(Row(f"“there seem to be both”, {kind}", _share(predictor, made), f"of {count} made"))
    single = [*pets[0], *pets[1]][: count if wanted.quick else None]
    rows.append(Row("the same of photos of one", _share(predictor, single), f"of {len(single)}", "0.3 %"))
    report("both", rows, quick=wanted.quick)
    return 0


def composites(cats: Sequence[Path], dogs: Sequence[Path], kind: str, count: int) -> list[Image.Image]:
    """Return so many photos of a cat and a dog each."""
    chance, made = np.random.default_rng(_KINDS.index(kind)), []
    for _ in range(count):
        pair = [Image.open(photos[chance.integers(len(photos))]).convert("RGB") for photos in (cats, dogs)]
        first, second = pair if chance.random() < 0.5 else pair[::-1]
        if kind == _KINDS[2]:
            made.append(_over(first, second, chance))
        else:
            made.append(_beside(first, second, across=kind == _KINDS[0]))
    return made


def _beside(first: Image.Image, second: Image.Image, *, across: bool) -> Image.Image:
    sizes = [one.size if across else one.size[::-1] for one in (first, second)]
    lengths = [round(length * _SIDE / other) for length, other in sizes]
    photo = Image.new("RGB", (sum(lengths), _SIDE) if across else (_SIDE, sum(lengths)))
    for one, length, start in zip((first, second), lengths, (0, lengths[0]), strict=True):
        photo.paste(one.resize((length, _SIDE) if across else (_SIDE, length)), (start, 0) if across else (0, start))
    return photo


def _over(large: Image.Image, small: Image.Image, chance: np.random.Generator) -> Image.Image:
    share = np.sqrt(chance.uniform(0.25, 0.4))
    width, height = int(large.width * share), int(large.height * share)
    place = (int(chance.integers(large.width - width + 1)), int(chance.integers(large.height - height + 1)))
    large.paste(small.resize((width, height)), place)
    return large


def _share(predictor: Predictor, photos: Sequence[Path | Image.Image]) -> str:
    found = list(predictor.predict(photos))
    return f"{100 * sum(one.reason == BOTH for one in found) / len(found):.1f} %"


if __name__ == "__main__":
    options.conclude(main)
