"""Two models judged on the same photos, pair by pair: two separate accuracies would hide how much they agree."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.progress import Cancelled, Progress, halves, never_cancelled, no_progress
from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.core.statistics import mcnemar_p_value
from trainer.core.text import Text, plural, text
from trainer.inference.evaluate import evaluate_model
from trainer.storage.model_description import read_description

# Below this, chance alone rarely makes such a difference.
SIGNIFICANT = 0.05


class ChangedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo on which only one of the two is right."""

    path: str
    class_name: str = msgspec.field(name="class")
    first_right: bool
    first_probability: float
    """Of the positive class, by the first model."""
    second_probability: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How two models fare on the same photos."""

    first: str
    second: str
    photos: int
    first_right: int
    second_right: int
    p_value: float
    """Of McNemar's exact test: how often chance alone would make such a difference between equally good models."""
    changed: tuple[ChangedPhoto, ...]
    """The photos on which only one is right, those of the first model first."""

    @property
    def only_first(self) -> int:
        """How many photos only the first gets right."""
        return sum(photo.first_right for photo in self.changed)

    @property
    def only_second(self) -> int:
        """How many photos only the second gets right."""
        return len(self.changed) - self.only_first

    @property
    def sentence(self) -> Text:
        """What it means, in one sentence."""
        if not self.changed:
            return plural(
                self.photos,
                "Both models give the same answer on this photo.",
                "Both models are right and wrong on the same of these %n photos.",
            )
        better, worse = (self.first, self.second) if self.only_first > self.only_second else (self.second, self.first)
        more, fewer = max(self.only_first, self.only_second), min(self.only_first, self.only_second)
        values = {"better": better, "worse": worse, "more": more, "fewer": fewer, "p": f"{self.p_value:.2g}"}
        if self.p_value < SIGNIFICANT:
            return plural(
                len(self.changed),
                "{better} is better: on the %n photo where they differ, it is right (p = {p}).",
                "{better} is better: of the %n photos where they differ, it is right on {more} and {worse} on {fewer} "
                "(p = {p}).",
                **values,
            )
        return plural(
            len(self.changed),
            "These photos cannot tell which is better: they differ on %n photo alone (p = {p}).",
            "These photos cannot tell which is better: of the %n photos where they differ, {better} is right on {more} "
            "and {worse} on {fewer} (p = {p}).",
            **values,
        )


def compare(first: Evaluation, second: Evaluation, *, names: tuple[str, str]) -> Comparison:
    """Return how two models fare on the same photos, each called by its name.

    Raises ValueError where the evaluations are not of the same photos and classes.
    """
    ours, theirs = _by_path(first), _by_path(second)
    if ours.keys() != theirs.keys() or first.classes != second.classes:
        raise ValueError(text("The two evaluations are not of the same photos."))
    changed = [
        ChangedPhoto(
            path=path,
            class_name=photo.class_name,
            first_right=_is_right(photo),
            first_probability=photo.probability,
            second_probability=theirs[path].probability,
        )
        for path, photo in sorted(ours.items())
        if _is_right(photo) != _is_right(theirs[path])
    ]
    only_first = sum(photo.first_right for photo in changed)
    return Comparison(
        first=names[0],
        second=names[1],
        photos=len(ours),
        first_right=len(first.right),
        second_right=len(second.right),
        p_value=mcnemar_p_value(only_first, len(changed) - only_first),
        changed=tuple(sorted(changed, key=lambda photo: (not photo.first_right, photo.path))),
    )


def _by_path(evaluation: Evaluation) -> dict[str, EvaluatedPhoto]:
    return {photo.path: photo for photo in (*evaluation.right, *evaluation.wrong)}


def _is_right(photo: EvaluatedPhoto) -> bool:
    return photo.predicted == photo.class_name


def evaluate_both(
    first: Path,
    second: Path,
    dataset: DatasetChoice | Path,
    *,
    split: str | None = None,
    device: str = "auto",
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> tuple[Evaluation, Evaluation]:
    """Return how good two models are on the same photos: those by which `evaluate_model` judges the first.

    `note` is told where the second learnt from some of them. Raises as `evaluate_model` does.
    """
    looking, again = halves(progress)
    one = evaluate_model(first, dataset, split=split, device=device, progress=looking, cancelled=cancelled, note=note)
    photos = frozenset(photo.path for photo in (*one.right, *one.wrong))
    other = evaluate_model(second, dataset, only=photos, device=device, progress=again, cancelled=cancelled, note=note)
    ours, theirs = read_description(first).origin, read_description(second).origin
    if theirs.fingerprint == ours.fingerprint and theirs.seed != ours.seed:
        note(text("The second model was trained on this dataset with another split, so it may have learnt from some."))
    return one, other
