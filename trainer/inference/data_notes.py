"""What a test result owes to the data: copies that it shares with training, and what the user said of photos."""

from collections.abc import Collection

from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.core.statistics import wilson_interval
from trainer.core.text import Text, plural, text
from trainer.dataset.copies import find_copies
from trainer.dataset.records import Dataset


def leaking(dataset: Dataset) -> frozenset[str]:
    """Return the paths of test photos of which training or validation has a copy or a near copy."""
    return frozenset(
        photo.path
        for group in find_copies(dataset.photos).in_several_splits
        for photo in group
        if photo.split == "test"
    )


def data_notes(dataset: Dataset, evaluation: Evaluation) -> list[Text]:
    """Return sentences on a test of the dataset's test photos; none where nothing is to be said."""
    tested = {photo.path: photo for photo in (*evaluation.right, *evaluation.wrong)}
    notes = [_on_leaks(dataset, evaluation, tested.values()), _on_answers(dataset, evaluation)]
    return [note for note in notes if note is not None]


def with_and_without(right: int, photos: int, leaks: int, right_without: int) -> Text:
    """Return the sentence on a test with leaks. The counts are of test photos, and of those that do not leak."""
    rest = photos - leaks
    if not rest:
        return text("Every test photo has a copy in another split, so the test says nothing.")
    low, high = wilson_interval(right_without, rest)
    return plural(
        leaks,
        "%n of {photos} test photos has a copy in another split. With it {before:.1%} of the test photos "
        "are right, without it {after:.1%} ({low:.1%} to {high:.1%}).",
        "%n of {photos} test photos have a copy in another split. With them {before:.1%} of the test "
        "photos are right, without them {after:.1%} ({low:.1%} to {high:.1%}).",
        photos=photos,
        before=right / photos,
        after=right_without / rest,
        low=low,
        high=high,
    )


def _on_leaks(dataset: Dataset, evaluation: Evaluation, tested: Collection[EvaluatedPhoto]) -> Text | None:
    leaks = leaking(dataset)
    found = sum(photo.path in leaks for photo in tested)
    if not found:
        return None
    right_without = sum(photo.path not in leaks for photo in evaluation.right)
    return with_and_without(len(evaluation.right), len(tested), found, right_without)


def _on_answers(dataset: Dataset, evaluation: Evaluation) -> Text | None:
    moved = {photo.path for photo in dataset.photos if photo.folder_class is not None}
    gained = sum(photo.path in moved for photo in evaluation.right)
    lost = sum(photo.path in moved for photo in evaluation.wrong)
    if not gained + lost:
        return None
    right = len(evaluation.right)
    return plural(
        gained + lost,
        "%n test photo counts as the other class, as you said. By your answers {after:.1%} of the test photos "
        "are right, by the folders {before:.1%}.",
        "%n test photos count as the other class, as you said. By your answers {after:.1%} of the test photos "
        "are right, by the folders {before:.1%}.",
        after=right / evaluation.photos,
        before=(right - gained + lost) / evaluation.photos,
    )
