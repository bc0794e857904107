"""Which file of labels is meant, by the folders and names that a user gives."""

from collections.abc import Sequence
from pathlib import Path

from trainer.core.errors import SettingError
from trainer.core.text import text
from trainer.dataset.label_file import ENDING, LabelFile, class_pair, find_labels, new_label_file
from trainer.files.kinds import is_file


def open_labels(
    given: Sequence[Path], classes: Sequence[str] | None = None, name: str | None = None
) -> tuple[LabelFile, list[Path]]:
    """Return a file of labels, open, and the folders and photos to look at.

    A file of labels that is given is opened; for folders it is the one that knows them all, or a new one, which is
    called after the first. Raises DatasetError, SettingError and DiskError.
    """
    files = [path for path in given if path.suffix == ENDING and is_file(path)]
    others = [path.absolute() for path in given if path not in files]
    if len(files) > 1:
        raise SettingError(text("Several files of labels were named."), remedy=text("Name one of them."))
    path = files[0] if files else find_labels(others, name)
    if path is None:
        path = new_label_file(name or (others[0].name if others else "photos"))
        return LabelFile.create(path, classes or ("cat", "dog")), others
    found = LabelFile.open(path)
    if classes is not None and class_pair(classes) != found.classes:
        found.close()
        first, second = found.classes
        what = text("The labels {path} are of {first} and {second}.", path=str(path), first=first, second=second)
        raise SettingError(what, remedy=text("Leave the classes away, or give new labels another name."))
    return found, others
