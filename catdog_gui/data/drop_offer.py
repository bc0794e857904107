"""What a drop on the Data page would do, or why it would do nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from catdog_gui.look.language import tr, tr_n, translated
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError
from trainer.dataset import names
from trainer.files.kinds import is_folder


class DropOffer(NamedTuple):
    """The dataset that a drop would open, or None, and a sentence for the user."""

    choice: DatasetChoice | None
    words: str


def offer_of(paths: Sequence[Path]) -> DropOffer:
    """Return what dropping these would do."""
    folders = [path for path in paths if is_folder(path)]
    if len(paths) == 1 and (folders or paths[0].suffix.lower() == ".zip"):
        return DropOffer(DatasetChoice.of(paths[0]), tr("Drop to open the photos in {name}", name=paths[0].name))
    if len(folders) == len(paths) == 2:
        return _two(*folders)
    if len(folders) == len(paths) > 2:
        words = tr_n(
            len(folders),
            "These are %n folders. Drop two, one for each class, or the folder around them.",
            "These are %n folders. Drop two, one for each class, or the folder around them.",
        )
        return DropOffer(None, words)
    if paths and all(names.is_photo_name(path.name) for path in paths):
        return DropOffer(None, tr("These are photos. Drop the folder that they are in, or one folder for each class."))
    return DropOffer(None, tr("Drop one folder or zip of photos, or two folders, one for each class."))


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
