"""The photos that the starter model learns from, laid out as a dataset: gathered, sifted, and varied."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tests.benchmarks.harness import judged
from tests.benchmarks.harness.embeddings import embeddings
from tests.benchmarks.harness.people_photos import vary
from trainer.inference.out_of_distribution import fit_probe

# How the names of a source's photos begin.
KAGGLE, OTHER, VARIED = "kaggle-", "other-", "varied-"
_FOLDS = 5
# A logit of -3 against a photo's own label: the others say with 95 % that it is of the other class.
_SUSPECT = -3.0
# So many photos have a varied copy: enough for those of people to look familiar. With one for each, photos as they are
# would be told apart a little less well.
_KAGGLE_PHOTOS_A_COPY, _COPIES_OF_OTHER = 5, 2


def gather(dataset: Path, large: Path, small: Path, other: Path) -> None:
    """Lay out what is learnt from, what sets the limits, and what tests, as split folders."""
    for split, part in (("train", "learn"), ("val", "calibrate")):
        for index, photos in judged.pets(other, part).items():  # type: ignore[arg-type]  # both are parts
            for photo in photos:
                _copy(photo, dataset / split / f"{judged.CLASSES[index]}s" / f"{OTHER}{photo.name}")
    for split in ("val", "test"):
        for photos in judged.pets(small / split).values():
            for photo in photos:
                _copy(photo, dataset / split / photo.parent.name / f"{KAGGLE}{photo.name}")
    with zipfile.ZipFile(large) as archive:
        for entry in archive.namelist():
            if entry.endswith(".jpg"):
                name = entry.rpartition("/")[2]
                place = dataset / "train" / f"{name.partition('.')[0]}s" / f"{KAGGLE}{name}"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(entry))


def _copy(photo: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(photo, place)


def take_out_suspects(folder: Path, backbone: str, image_size: int) -> list[str]:
    """Take out the photos whose label models that did not learn from them hold for wrong, and return their names.

    Confident learning in its simplest form (Northcutt, Jiang and Chuang, "Confident learning", 2021): five folds, each
    judged by a logistic regression that learnt from the other four.
    """
    photos, truth = judged.labelled(judged.pets(folder))
    targets = torch.tensor(truth)
    features = embeddings(backbone, photos, image_size)
    fold = torch.randint(_FOLDS, (len(photos),), generator=torch.Generator().manual_seed(0))
    margin = torch.zeros(len(photos))
    for number in range(_FOLDS):
        known, asked = fold != number, fold == number
        weights, bias = fit_probe(features[known & (targets == 1)], features[known & (targets == 0)])
        margin[asked] = (features[asked] @ weights + bias) * (2 * targets[asked] - 1)
    suspects = [photo for photo, value in zip(photos, margin.tolist(), strict=True) if value < _SUSPECT]
    for photo in suspects:
        photo.unlink()
    return [photo.name for photo in suspects]


def add_varied(folder: Path, backgrounds: Sequence[Path]) -> int:
    """Add varied copies of some of a folder's photos (`people_photos`), and return how many."""
    grounds, chance, added = opened(backgrounds), np.random.default_rng(0), 0
    for photos in judged.pets(folder).values():
        kaggle = [photo for photo in photos if photo.name.startswith(KAGGLE)][::_KAGGLE_PHOTOS_A_COPY]
        other = [photo for photo in photos if photo.name.startswith(OTHER)] * _COPIES_OF_OTHER
        for number, photo in enumerate([*kaggle, *other]):
            copy = vary(Image.open(photo).convert("RGB"), grounds, chance)
            copy.save(photo.with_name(f"{VARIED}{number}-{photo.stem}.jpg"), quality=90)
            added += 1
    return added


def opened(photos: Sequence[Path]) -> list[Image.Image]:
    """Return those photos that can be read, in RGB."""
    found = []
    for photo in photos:
        try:
            found.append(Image.open(photo).convert("RGB"))
        except OSError:
            continue
    return found
