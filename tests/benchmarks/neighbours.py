"""How many of the six photos that the starter model finds most like a photo are of its own kind, and what they cost.

    python -m tests.benchmarks.neighbours [--data FOLDER]

Each photo of other-sources is compared with all others: the other animals by their kind, which file names tell, and
cats and dogs by their class. Features are taken as they are, with their mean subtracted, and brought to one scale. The
cost is that of 5,000 made-up photos. Takes two minutes.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from tests.benchmarks.harness import options
from tests.benchmarks.harness.parts import kind_of
from tests.benchmarks.harness.results import Row, report
from trainer.core.pipeline import in_chunks
from trainer.dataset.photo import photo_pixels
from trainer.inference.neighbours import COUNT, Neighbours
from trainer.inference.predictor import Predictor
from trainer.storage import training_photos
from trainer.storage.starter import starter_model
from trainer.storage.training_photos import MOST, TrainingPhotos

_CHUNK, _QUICK, _DRAWS = 16, 40, 2_000
_THUMBNAIL_BYTES = 2_834
"""The mean of 5,000 photos of 200 by 200 pixels."""


def main() -> int:
    """Compute the features, print and keep the rows."""
    wanted = options.parser(__doc__).parse_args()
    path = starter_model()
    assert path is not None
    predictor, folder = Predictor.load(path), options.other(wanted.data)
    found = {"other animals": (["neither"], 15), "cats and dogs": (["cats", "dogs"], 2)}
    rows = []
    for name, (folders, kinds) in found.items():
        photos = [photo for one in folders for photo in sorted((folder / one).iterdir())]
        photos = photos[:: max(1, len(photos) // _QUICK)] if wanted.quick else photos
        of_kind = [kind_of(photo) if name == "other animals" else photo.parent.name for photo in photos]
        features = embeddings(predictor, photos)
        mean, spread = features.mean(dim=0), features.std(dim=0) + 1e-3
        ways = {"as they are": features, "centred": features - mean, "of one scale": (features - mean) / spread}
        for way, points in ways.items():
            shares = own_kind(points, of_kind)
            rows.append(Row(f"{name}, features {way}", _interval(shares), f"of {len(photos)} photos of {kinds} kinds"))
    rows += _cost(predictor.embedding_size)
    report("neighbours", rows, quick=wanted.quick)
    return 0


def embeddings(predictor: Predictor, photos: Sequence[Path]) -> torch.Tensor:
    """Return the embeddings of photos, float32 [N, D]."""
    size = predictor.description.preprocessing.image_size
    chunks = in_chunks(photos, _CHUNK)
    return torch.cat(
        [predictor.outputs(np.stack([photo_pixels(one, size) for one in some])).embeddings for some in chunks]
    )


def own_kind(points: torch.Tensor, of_kind: Sequence[str]) -> np.ndarray:
    """Return for each photo which share of the six nearest others is of its own kind, [N]."""
    directions = torch.nn.functional.normalize(points, dim=1)
    cosines = (directions @ directions.T).fill_diagonal_(-2)
    nearest = cosines.topk(COUNT, dim=1).indices.numpy()
    kinds = np.array(of_kind)
    shares: np.ndarray = (kinds[nearest] == kinds[:, None]).mean(axis=1)
    return shares


def _interval(shares: np.ndarray) -> str:
    """Return the mean with its 95 % interval by bootstrap over photos."""
    chance = np.random.default_rng(0)
    means = shares[chance.integers(len(shares), size=(_DRAWS, len(shares)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return f"{100 * shares.mean():.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _cost(features: int) -> list[Row]:
    """Return what the largest file of training photos costs."""
    made = TrainingPhotos(
        torch.randn(MOST, features, generator=torch.Generator().manual_seed(0)),
        torch.arange(MOST) % 2,
        tuple(f"cats/cat.{number}.jpg" for number in range(MOST)),
        (bytes(_THUMBNAIL_BYTES),) * MOST,
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "photos")
        training_photos.save(file, made, model="made-up")
        began = time.perf_counter()
        photos = training_photos.load(file, model="made-up")
        assert photos is not None
        neighbours = Neighbours(photos, ("cat", "dog"))
        loaded = time.perf_counter()
        for row in range(100):
            neighbours.nearest(made.embeddings[row])
        searched = (time.perf_counter() - loaded) / 100
        size = file.stat().st_size
    return [
        Row(f"the file of {MOST:,} training photos", f"{size / 1e6:.1f} MB"),
        Row("it is loaded in", f"{1000 * (loaded - began):.0f} ms"),
        Row("and searched in", f"{1000 * searched:.1f} ms"),
    ]


if __name__ == "__main__":
    options.conclude(main)
