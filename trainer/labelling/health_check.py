"""The check of a dataset's health: copies, leaks, poor photos, classes told apart by something else, doubtful labels.

Everything that follows from files and pixels is in `trainer.dataset.health`; here a model's frozen features join in.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from trainer.core.errors import PhotoError
from trainer.core.progress import Cancelled, Progress, consecutive, never_cancelled, no_progress
from trainer.core.text import Text, plural
from trainer.dataset.answers import answers_sentence, read_answers, with_answers
from trainer.dataset.copies import Copies, Group, find_copies
from trainer.dataset.health import thumbs
from trainer.dataset.health.doubts import find_doubts
from trainer.dataset.health.facts import facts_of
from trainer.dataset.health.growth import LEAST_SIZES, Growth, fit_power_law
from trainer.dataset.health.quality import class_notes, poor_notes, poor_photos
from trainer.dataset.health.records import CopyGroup, Doubt, Leaks, MorePhotos, PoorPhoto
from trainer.dataset.health.shortcut import Shortcut, find_shortcut
from trainer.dataset.photo import open_photo
from trainer.dataset.records import Dataset, Photo, digest
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.inference.data_notes import with_and_without
from trainer.labelling.eye import Eye
from trainer.labelling.features import embeddings_of, standardised
from trainer.labelling.head_folds import folds_of, learning_curve, learnt, out_of_fold, probabilities
from trainer.labelling.more_copies import with_more_copies

LEAST = 20
"""Photos of each class from which a model can say something."""
_MEASURING, _LOOKING = 1, 5
"""About how long each takes for one photo, for the progress."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, everything by the photos' paths in the dataset."""

    photos: int
    copies: tuple[CopyGroup, ...]
    leaks: Leaks | None
    """None where no test photo has a copy in another split, or the folders name no splits."""
    poor: tuple[PoorPhoto, ...]
    shortcut: Shortcut | None
    """What tells the classes apart besides their subject; None where nothing does."""
    doubts: tuple[Doubt, ...] | None
    """The most doubtful first; None where no model could look."""
    doubts_right: float | None
    """How often the model that doubts is right by the labels, out of fold: what its doubts are worth."""
    more_photos: MorePhotos | None
    """None where no model could look, or there are too few photos to tell."""
    sentences: tuple[str, ...]
    """All of it in words, the worst first. Empty where nothing was found."""


def check_health(
    dataset: Dataset,
    eye: Eye | None,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Health:
    """Return what may be wrong with a dataset as a scan found it, before a split is cut.

    Without an `eye` nothing is said of doubtful labels. What was looked at is kept, so that a check that was cancelled
    goes on where it was. Copies are those of the scan, and more that the `eye` finds. Raises DatasetError and
    CancelledError.
    """
    answered = with_answers(dataset)
    with open_source(dataset.choice) as source:
        source.list_files()
        measuring, looking = consecutive(progress, _MEASURING * len(answered.photos), _LOOKING * len(answered.photos))
        facts = facts_of(answered.photos, source, progress=_times(_MEASURING, measuring), cancelled=cancelled)
        seen: Mapping[str, np.ndarray] = {}
        if eye is not None and min(answered.class_counts().values()) >= LEAST:
            seen = embeddings_of(answered.photos, source, eye, progress=_times(_LOOKING, looking), cancelled=cancelled)
        photos = with_more_copies(answered.photos, seen, thumbs.recall(str(source.root)), cancelled)
        answered = msgspec.structs.replace(answered, photos=tuple(photos))
        copies = find_copies(answered.photos)
        groups = tuple(_described(group, source) for group in copies.groups)
    poor, shortcut = poor_photos(answered.photos, facts), find_shortcut(answered.photos, facts)
    looked = _Looked.at([photo for photo in answered.photos if photo.digest in seen], seen)
    leaks = _leaks(looked, copies) if looked is not None else None
    doubts, right = _doubts(looked, answered, cancelled) if looked is not None else (None, None)
    growth = _growth(looked, cancelled) if looked is not None else None
    said = [
        *copies.notes(),
        _on_leaks(leaks),
        shortcut.sentence(dataset.classes) if shortcut is not None else None,
        _on_doubts(doubts),
        *poor_notes(poor),
        *class_notes(answered.split_counts().get("train") or answered.class_counts()),
        answers_sentence(answered),
    ]
    found = tuple(sentence for sentence in said if sentence is not None)
    return Health(
        photos=len(dataset.photos),
        copies=groups,
        leaks=leaks,
        poor=tuple(PoorPhoto(path=each.photo.path, kind=each.kind, reason=each.reason) for each in poor),
        shortcut=shortcut,
        doubts=doubts,
        doubts_right=right,
        more_photos=growth[0] if growth is not None else None,
        sentences=(*found, growth[1]) if growth is not None else found,
    )


def _times(factor: int, progress: Progress) -> Progress:
    return lambda done, total: progress(factor * done, factor * total)


class _Looked:
    """N photos with what a frozen backbone sees in them."""

    def __init__(self, photos: Sequence[Photo], features: torch.Tensor) -> None:
        self.photos, self.features = photos, features
        self.targets = np.array([photo.class_index for photo in photos], dtype=np.int64)
        self.groups = [photo.group for photo in photos]

    @classmethod
    def at(cls, photos: Sequence[Photo], seen: Mapping[str, np.ndarray]) -> "_Looked | None":
        """Return these photos; None where they are too few."""
        counts = np.bincount([photo.class_index for photo in photos], minlength=2)
        if counts.min() < LEAST:
            return None
        return cls(photos, standardised(np.stack([seen[photo.digest] for photo in photos])))

    def rows(self, *splits: str) -> NDArray[np.bool_]:
        """Return which photos, bool [N], are in these splits."""
        return np.array([photo.split in splits for photo in self.photos], dtype=np.bool_)


def _described(group: Group, source: PhotoSource) -> CopyGroup:
    return CopyGroup(
        photos=tuple(photo.path for photo in group),
        exact=len({photo.digest for photo in group}) == 1 or _are_same_pixels(group, source),
        in_both_classes=len({photo.class_index for photo in group}) > 1,
        in_several_splits=len({photo.split for photo in group}) > 1,
    )


def _are_same_pixels(group: Group, source: PhotoSource) -> bool:
    return len({_pixel_digest(photo, source) for photo in group}) == 1


def _pixel_digest(photo: Photo, source: PhotoSource) -> str:
    """Return what is equal for photos of the same pixels, whatever their names, formats and metadata."""
    try:
        image = open_photo(source.read(photo.path))
    except PhotoError:
        return photo.digest
    return digest(f"{image.size}".encode() + image.tobytes())


def _leaks(looked: _Looked, copies: Copies) -> Leaks | None:
    """Return what leaks do to the test of a head; None where the folders name no test, or nothing leaks."""
    leaking = {photo.path for group in copies.in_several_splits for photo in group if photo.split == "test"}
    train, test = looked.rows("train"), looked.rows("test")
    shared = np.array([photo.path in leaking for photo in looked.photos], dtype=np.bool_) & test
    if not shared.any() or len(set(looked.targets[train].tolist())) < 2:
        return None
    said = probabilities(learnt(looked.features, looked.targets, train), looked.features) >= 0.5
    right = (said == looked.targets.astype(np.bool_)) & test
    return Leaks(
        photos=int(shared.sum()),
        tested=int(test.sum()),
        right=int(right.sum()),
        right_without=int((right & ~shared).sum()),
    )


def _doubts(looked: _Looked, dataset: Dataset, cancelled: Cancelled) -> tuple[tuple[Doubt, ...], float]:
    """Return the photos that are likelier to be of the other class, and how often the model is right by the labels."""
    answers = read_answers(dataset.classes).labels
    said = out_of_fold(looked.features, looked.targets, folds_of(looked.groups), cancelled)
    found = find_doubts(looked.targets, said)
    doubts = []
    for row in found.order.tolist():
        photo, index = looked.photos[row], int(looked.targets[row])
        other = float(said[row] if index == 0 else 1 - said[row])
        if other <= 0.5:
            break
        if photo.digest not in answers:
            doubts.append(
                Doubt(
                    path=photo.path,
                    class_name=dataset.classes[index],
                    other_class=dataset.classes[1 - index],
                    probability=other,
                    likely_wrong=bool(found.likely_wrong[row]),
                )
            )
    return tuple(doubts), float(np.mean((said >= 0.5) == looked.targets))


def _growth(looked: _Looked, cancelled: Cancelled) -> tuple[MorePhotos, Text] | None:
    """Return what more photos would bring, in numbers and in words; None with too few photos to tell."""
    sizes, errors, _ = learning_curve(looked.features, looked.targets, looked.groups, cancelled)
    if len(sizes) < LEAST_SIZES:
        return None
    growth: Growth = fit_power_law(sizes, errors)
    gain = growth.gain()
    more = MorePhotos(
        sizes=tuple(sizes),
        errors=tuple(errors.mean(axis=0).tolist()),
        gain=gain.value,
        gain_interval=(gain.low, gain.high),
    )
    return more, growth.sentence()


def _on_leaks(leaks: Leaks | None) -> Text | None:
    if leaks is None:
        return None
    return with_and_without(leaks.right, leaks.tested, leaks.photos, leaks.right_without)


def _on_doubts(doubts: Sequence[Doubt] | None) -> Text | None:
    if not doubts:
        return None
    return plural(
        len(doubts),
        "%n photo looks like the other class (first: {path}). Look at it, and say whether its class is right.",
        "%n photos look like the other class (first: {path}). Look at them, and say whether their class is right.",
        path=doubts[0].path,
    )
