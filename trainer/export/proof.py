"""Whether an export says what its model says: both look at the same photos, and every difference counts."""

import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from PIL import Image

from trainer.core.errors import CancelledError, ExportError, PhotoError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.results import Prediction
from trainer.core.statistics import mcnemar_p_value
from trainer.core.text import Text, join, plural, text
from trainer.dataset.photo import open_photo
from trainer.export.answer import BOTH, EITHER, UNLIKE
from trainer.export.proof_photos import ProofPhoto
from trainer.export.session import RUNTIME, Answer, ExportedModel
from trainer.hardware.parallel import in_parallel
from trainer.inference import verdict
from trainer.inference.predictor import Predictor

LARGEST = 1e-3
"""Probabilities may differ by this much at most."""
SIGNIFICANT = 0.05
"""An export in eight bits fails where McNemar's test finds it worse with less than this probability of an error."""
_DISAGREEING = 0.02
"""Where no classes are known: the share of photos whose likelier class may be another in eight bits."""
_NAMED = 5
"""Photos whose verdict is another are named, but no more."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A photo as both see it."""

    photo: str
    model: float
    """The probability of the positive class that the model gives."""
    export: float
    model_verdict: int
    export_verdict: int
    """Indices into `ExportRecord.verdicts`."""

    @property
    def size(self) -> float:
        """How far the probabilities are apart."""
        return abs(self.model - self.export)

    @property
    def changes(self) -> bool:
        """Whether the verdict is another."""
        return self.model_verdict != self.export_verdict


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """How far apart a model and its export are on some photos."""

    photos: int
    largest: float
    """Of the differences of probability."""
    mean: float
    changed: tuple[Difference, ...]
    """The photos whose verdict is another."""
    worst: Difference

    @classmethod
    def of(cls, found: Sequence[Difference]) -> "Differences":
        """Return what some photos, at least one, amount to."""
        sizes = [one.size for one in found]
        changed = tuple(one for one in found if one.changes)
        worst = max(found, key=lambda one: (one.changes, one.size))
        return cls(photos=len(found), largest=max(sizes), mean=sum(sizes) / len(found), changed=changed, worst=worst)


class Accuracies(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the photos of known class both get right."""

    photos: int
    model_right: int
    export_right: int
    p_value: float
    """Of McNemar's exact test: how often chance alone would make such a difference between equally good models."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison found."""

    int8: bool
    runtime: str
    same_pixels: Differences
    """Both were given the same pixels."""
    large_jpegs: Differences | None = None
    """JPEG files of which CatDog decodes a smaller scale, which the export imitates."""
    accuracies: Accuracies | None = None

    @property
    def failure(self) -> Text | None:
        """Why the export is not what its model is, in one sentence; None where it is."""
        found = self.same_pixels
        if not self.int8:
            return None if found.largest <= LARGEST and not found.changed else _wrong(found.worst)
        if self.accuracies is not None:
            worse = self.accuracies.export_right < self.accuracies.model_right
            if not (worse and self.accuracies.p_value < SIGNIFICANT):
                return None
            return text(
                "In eight bits the model is worse: of {photos} photos it gets {after} right instead of {before}.",
                photos=self.accuracies.photos,
                before=self.accuracies.model_right,
                after=self.accuracies.export_right,
            )
        others = sum((one.model >= 0.5) != (one.export >= 0.5) for one in found.changed)
        return None if others <= _DISAGREEING * found.photos else _wrong(found.worst)

    @property
    def sentence(self) -> Text:
        """What was found, in some sentences."""
        found = self.same_pixels
        said: list[str] = [
            plural(
                found.photos,
                "On %n photo, given the same pixels, the probability differs by {largest}.",
                "On %n photos, given the same pixels, the probabilities differ by {largest} at most and {mean} on "
                "average.",
                largest=f"{found.largest:.6f}",
                mean=f"{found.mean:.6f}",
            ),
            _changed(found),
        ]
        if self.int8 and self.accuracies is not None:
            said.append(
                text(
                    "In eight bits {after} of {photos} are right instead of {before} (p = {p}).",
                    photos=self.accuracies.photos,
                    before=self.accuracies.model_right,
                    after=self.accuracies.export_right,
                    p=f"{self.accuracies.p_value:.2g}",
                )
            )
        if self.large_jpegs is not None:
            said += [_of_large_jpegs(self.large_jpegs), _changed(self.large_jpegs)]
        return join(said)


def _of_large_jpegs(found: Differences) -> Text:
    return plural(
        found.photos,
        "%n of them is a JPEG at least twice as large as what the model sees. CatDog reads such files at a smaller "
        "scale, which the export can only imitate: given as a file, it differs by {largest}.",
        "%n of them are JPEGs at least twice as large as what the model sees. CatDog reads such files at a smaller "
        "scale, which the export can only imitate: given as files, they differ by {largest} at most.",
        largest=f"{found.largest:.6f}",
    )


def _changed(found: Differences) -> Text:
    """Return whose verdict is another, in a sentence."""
    if not found.changed:
        return text("No verdict differs.")
    names = [one.photo for one in found.changed[:_NAMED]]
    return plural(
        len(found.changed),
        "%n verdict differs: {photos}.",
        "%n verdicts differ: {photos}.",
        photos=", ".join(names) + (", …" if len(found.changed) > len(names) else ""),
    )


def _wrong(worst: Difference) -> Text:
    return text(
        "The export does not say what its model says: for the photo “{photo}” the probability is {export} instead of "
        "{model}.",
        photo=worst.photo,
        export=f"{worst.export:.4f}",
        model=f"{worst.model:.4f}",
    )


class _Compared(NamedTuple):
    same_pixels: Difference
    large_jpeg: Difference | None
    target: int | None


def prove(
    predictor: Predictor,
    export: ExportedModel,
    photos: Sequence[ProofPhoto],
    *,
    workers: int,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Proof:
    """Return how an export compares with its model on these photos. `note` is told of photos that cannot be read.

    The predictor has to compute in float32 on the processor. Raises ExportError where no photo can be read, and
    CancelledError.
    """
    found: list[_Compared] = []
    for done, one in enumerate(in_parallel(lambda photo: _compare(predictor, export, photo), photos, workers), start=1):
        if cancelled():
            raise CancelledError(text("Cancelled while comparing the export with its model."))
        if isinstance(one, _Compared):
            found.append(one)
        else:
            note(one)
        progress(done, len(photos))
    if not found:
        raise ExportError(text("None of these photos can be read."), remedy=text("Name others."))
    large = [one.large_jpeg for one in found if one.large_jpeg is not None]
    return Proof(
        int8=export.record.int8,
        runtime=RUNTIME,
        same_pixels=Differences.of([one.same_pixels for one in found]),
        large_jpegs=Differences.of(large) if large else None,
        accuracies=_accuracies(found, predictor.description.threshold),
    )


def _compare(predictor: Predictor, export: ExportedModel, photo: ProofPhoto) -> _Compared | Text:
    try:
        data = photo.read()
        pixels = np.array(open_photo(data))
    except PhotoError as error:
        return text("{photo}: {reason}", photo=photo.name, reason=error.what)
    image = Image.fromarray(pixels)  # which has no EXIF left that would turn it once more

    def difference(model: Prediction, answer: Answer) -> Difference:
        assert model.probability is not None
        return Difference(
            photo=photo.name,
            model=model.probability,
            export=answer.probability,
            model_verdict=verdict_number(model, predictor.description.classes),
            export_verdict=answer.verdict,
        )

    same = difference(predictor.predict_one(image), export.answer(pixels, jpeg=False))
    is_large = min(image.size) >= 2 * predictor.description.preprocessing.image_size
    if not (is_large and _is_jpeg(data)):
        return _Compared(same, None, photo.target)
    return _Compared(same, difference(predictor.predict_one(data), export.answer(pixels, jpeg=True)), photo.target)


def verdict_number(prediction: Prediction, classes: tuple[str, str]) -> int:
    """Return a verdict as exports number them. The prediction must have no error."""
    if prediction.class_name is not None:
        return classes.index(prediction.class_name)
    if prediction.nearest_class is None:
        return UNLIKE
    return BOTH if prediction.reason == verdict.BOTH else EITHER


def _is_jpeg(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return image.format in ("JPEG", "MPO")


def _accuracies(found: Sequence[_Compared], threshold: float) -> Accuracies | None:
    known = [(one.same_pixels, one.target) for one in found if one.target is not None]
    if not known:
        return None
    model = [(one.model >= threshold) == bool(target) for one, target in known]
    export = [(one.export >= threshold) == bool(target) for one, target in known]
    pairs = list(zip(model, export, strict=True))
    return Accuracies(
        photos=len(known),
        model_right=sum(model),
        export_right=sum(export),
        p_value=mcnemar_p_value(pairs.count((True, False)), pairs.count((False, True))),
    )
