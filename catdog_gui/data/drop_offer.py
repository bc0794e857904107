"""What a drop on the Data page would do, or why it would do nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from catdog_gui.look.language import tr, tr_n, translated
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError
from trainer.dataset import names
from trainer.dataset.sources.source import REFERENCE_ENDINGS
from trainer.files.kinds import is_folder

_FILES = REFERENCE_ENDINGS | {".zip"}
"""Endings of files that are datasets."""


class DropOffer(NamedTuple):
    """The dataset that a drop would open, or what it would label, and a sentence for the user."""

    choice: DatasetChoice | None
    words: str
    to_label: tuple[Path, ...] = ()
    """Photos and folders that can be labelled, where they are no dataset by themselves."""

    @property
    def welcome(self) -> bool:
        """Whether a drop does anything."""
        return self.choice is not None or bool(self.to_label)


def offer_of(paths: Sequence[Path]) -> DropOffer:
    """Return what dropping these would do."""
    folders = [path for path in paths if is_folder(path)]
    if len(paths) == 1 and (folders or paths[0].suffix.lower() in _FILES):
        return DropOffer(DatasetChoice.of(paths[0]), tr("Drop to open the photos in {name}", name=paths[0].name))
    if len(folders) == len(paths) == 2:
        return _two(*folders)
    if len(folders) == len(paths) > 2:
        words = tr_n(len(folders), "Drop to label the photos in %n folder", "Drop to label the photos in %n folders")
        return DropOffer(None, words, tuple(paths))
    if paths and all(is_folder(path) or names.is_photo_name(path.name) for path in paths):
        return DropOffer(None, tr("Drop to label these photos"), tuple(paths))
    return DropOffer(None, tr("Drop photos, a folder or zip of them, or two folders, one for each class."))


def label_offer(paths: Sequence[Path]) -> DropOffer:
    """Return what dropping these would do while photos are being labelled."""
    usable = tuple(path for path in paths if is_folder(path) or names.is_photo_name(path.name))
    if not usable:
        return DropOffer(None, tr("Drop photos, or folders of them."))
    return DropOffer(None, tr("Drop to add these to the photos to label"), usable)


def other_class_offer(choice: DatasetChoice, name: str) -> DropOffer:
    """Return what dropping the folder with the missing class would do."""
    return DropOffer(choice, tr("Drop to add {name} as the other class", name=name))


def _two(first: Path, second: Path) -> DropOffer:
    try:
        choice = DatasetChoice.of_folders([first, second])
    except DatasetError as error:
        return DropOffer(None, f"{translated(error.what)} {translated(error.remedy)}")
    words = tr("Drop to open {first} and {second} as the two classes", first=first.name, second=second.name)
    return DropOffer(choice, words)
