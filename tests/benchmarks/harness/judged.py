"""A model judged on photos by their source: how many are right, how many get no verdict, how well it is calibrated."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from tests.benchmarks.harness.parts import Part, part_of
from trainer.core.results import Prediction
from trainer.core.statistics import wilson_interval
from trainer.dataset.names import is_photo_name
from trainer.inference.metrics import expected_calibration_error, roc_auc
from trainer.inference.predictor import Predictor

# Verdicts that claim more than this are to be right.
_CERTAIN = 0.999
CLASSES = ("cat", "dog")


class Judged(NamedTuple):
    """What a model said of a source's photos of known class."""

    photos: Sequence[Path]
    predictions: Sequence[Prediction]
    truth: Sequence[int]
    """Index into `CLASSES`."""

    @property
    def right(self) -> list[bool]:
        """Whether the likelier class is the true one, for each photo."""
        return [(_positive(one) >= 0.5) == bool(true) for one, true in zip(self.predictions, self.truth, strict=True)]

    @property
    def unsure(self) -> int:
        """How many got no verdict."""
        return sum(one.is_unsure for one in self.predictions)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 0 to 1."""
        probabilities = torch.tensor([_positive(one) for one in self.predictions], dtype=torch.float64)
        return expected_calibration_error(probabilities, torch.tensor(self.truth))

    @property
    def roc_auc(self) -> float | None:
        """The area under the ROC curve."""
        probabilities = torch.tensor([_positive(one) for one in self.predictions], dtype=torch.float64)
        return roc_auc(probabilities, torch.tensor(self.truth))

    @property
    def certain(self) -> tuple[int, int]:
        """How many verdicts claim more than 99.9 %, and how many of those are wrong."""
        sure = [
            right
            for one, right in zip(self.predictions, self.right, strict=True)
            if not one.is_unsure and max(_positive(one), 1 - _positive(one)) > _CERTAIN
        ]
        return len(sure), len(sure) - sum(sure)

    @property
    def wrong(self) -> list[Path]:
        """The photos whose likelier class is not the true one."""
        return [photo for photo, right in zip(self.photos, self.right, strict=True) if not right]

    def row(self, name: str) -> tuple[str, ...]:
        """Return a line of a table: photos, accuracy with its interval, no verdict, calibration error, certain."""
        right, count = sum(self.right), len(self.photos)
        low, high = wilson_interval(right, count)
        certain, mistaken = self.certain
        return (
            name,
            f"{count:,}",
            f"{100 * right / count:.1f} % ({100 * low:.1f} to {100 * high:.1f})",
            f"{100 * self.unsure / count:.1f} %",
            f"{100 * self.calibration_error:.2f} %",
            f"{mistaken} of {certain:,}",
        )


HEADER = ("source", "photos", "right", "no verdict", "calibration error", "wrong above 99.9 %")


def judge_pets(predictor: Predictor, folders: Mapping[int, Sequence[Path]]) -> Judged:
    """Return what a model says of photos, given by their class's index."""
    photos, truth = labelled(folders)
    return Judged(photos, list(predictor.predict(photos)), truth)


def judge_others(predictor: Predictor, photos: Sequence[Path]) -> tuple[int, int]:
    """Return of how many photos of other things a model is not sure, and how many there are that can be read."""
    read = [one for one in predictor.predict(photos) if not one.error]
    return sum(one.is_unsure for one in read), len(read)


def pets(folder: Path, part: Part | None = None) -> dict[int, list[Path]]:
    """Return the photos of a folder's `cats` and `dogs` by class index; of one part alone, if that is given."""
    return {index: photos(folder / f"{name}s", part) for index, name in enumerate(CLASSES)}


def labelled(folders: Mapping[int, Sequence[Path]]) -> tuple[list[Path], list[int]]:
    """Return the photos of both classes, cats first, and the class index of each."""
    return [*folders[0], *folders[1]], [index for index in (0, 1) for _ in folders[index]]


def photos(folder: Path, part: Part | None = None) -> list[Path]:
    """Return the photos below a folder, in order; of one part alone, if that is given."""
    found = sorted(path for path in folder.rglob("*") if is_photo_name(path.name))
    return [path for path in found if part is None or part_of(path) == part]


def _positive(prediction: Prediction) -> float:
    assert prediction.probability is not None, f"{prediction.path} {prediction.error}"
    return prediction.probability
