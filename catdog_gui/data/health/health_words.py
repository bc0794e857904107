"""What a check of the photos found, in words."""

from typing import TYPE_CHECKING

from catdog_gui.data.class_bars import split_title
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import probability
from catdog_gui.widgets.notice import Tone
from catdog_gui.widgets.photos.photo_tiles import Tile
from trainer.dataset.answers import answers_sentence
from trainer.dataset.copies import Copies, Group
from trainer.dataset.health.quality import class_notes
from trainer.dataset.health.records import Doubt, PoorPhoto
from trainer.dataset.records import Dataset, Photo

if TYPE_CHECKING:
    from trainer.labelling.health_check import Health


def findings(health: "Health", dataset: Dataset, copies: Copies) -> list[tuple[Tone, str, str]]:
    """Return each sentence with its tone and its remedy, warnings first. `dataset` is that with the user's answers."""
    loud = bool(copies.in_both_classes) + bool(copies.in_several_splits)
    notes = copies.notes()
    few = class_notes(dataset.split_counts().get("train") or dataset.class_counts())
    mild = {*notes[: len(notes) - loud], *few, answers_sentence(dataset)}
    if health.more_photos is not None:
        mild.add(health.sentences[-1])
    found: list[tuple[Tone, str, str]] = [
        ("info" if sentence in mild else "warning", translated(sentence), "") for sentence in health.sentences
    ]
    if not any(tone == "warning" for tone, *_ in found):
        found.append(("success", tr("Nothing seems to be wrong with these photos."), ""))
    if health.doubts is None:
        found.append(
            (
                "info",
                tr("No class was doubted: that takes 20 photos of each class, and a model that looks at them."),
                tr("Where this copy of CatDog has no starter model, train one with the recipe transfer first."),
            )
        )
    return sorted(found, key=lambda each: each[0] == "info")


def doubt_tile(doubt: Doubt) -> Tile:
    """Return the tile of a doubt."""
    words = tr(
        "In {class_name}, looks like {other} ({probability})",
        class_name=doubt.class_name,
        other=doubt.other_class,
        probability=probability(doubt.probability),
    )
    return Tile(doubt.path, name_of(doubt.path), detail=words)


def group_tile(group: Group) -> Tile:
    """Return the tile of a group of copies, which says aloud where the copies do harm."""
    photo = group[0]
    if len({copy.class_index for copy in group}) > 1:
        words = tr("In both classes!")
    elif len({copy.split for copy in group}) > 1:
        words = tr("In several splits!")
    else:
        exact = len({copy.digest for copy in group}) == 1
        words = tr_n(len(group), "%n copy", "%n copies") if exact else tr("Nearly the same: {count}", count=len(group))
    return Tile(photo.path, name_of(photo.path), detail=words)


def copy_tile(photo: Photo, classes: tuple[str, str]) -> Tile:
    """Return the tile of one copy: which class and split it is in."""
    name = classes[photo.class_index]
    if photo.split is not None:
        name = tr("{class_name}, {split}", class_name=name, split=split_title(photo.split))
    return Tile(photo.path, photo.path, name, photo.class_index)


def poor_tile(poor: PoorPhoto) -> Tile:
    """Return the tile of a poor photo."""
    return Tile(poor.path, name_of(poor.path), detail=translated(poor.reason))


def name_of(path: str) -> str:
    """Return the name of a photo's file."""
    return path.rsplit("/", 1)[-1]
