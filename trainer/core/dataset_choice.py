"""Which photos a dataset is made of: a folder or zip, or some folders in it, without the photos that were left out."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Self

import msgspec

from trainer.core.errors import DatasetError, SettingError
from trainer.core.text import text


class DatasetChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a user chose, before anything was looked at. Two that mean the same are equal."""

    root: str
    """The folder or zip."""
    class_folders: tuple[str, ...] = ()
    """Folders below the root, with forward slashes, each of which holds photos of the class that it is called after.
    Empty: the classes are as they are found."""
    left_out: tuple[str, ...] = ()
    """Photos, by their paths below the root, that do not count."""

    def __post_init__(self) -> None:
        """Put the paths into their order. Raises SettingError for one that does not lie below the root."""
        for field in ("class_folders", "left_out"):
            msgspec.structs.force_setattr(self, field, relative_paths(field, getattr(self, field)))

    @classmethod
    def of(cls, where: "DatasetChoice | Path | str") -> "DatasetChoice":
        """Return a choice, or all that lies at a path."""
        return where if isinstance(where, DatasetChoice) else cls(root=str(where))

    @classmethod
    def of_folders(cls, folders: Sequence[Path]) -> Self:
        """Return the dataset whose classes are these folders, which may lie in different places.

        Its root is the folder around all of them. Raises DatasetError where they have none, or one holds another.
        """
        places = [Path(os.path.abspath(folder.expanduser())) for folder in folders]  # noqa: PTH100 - no equal in Path
        for number, place in enumerate(places):
            for other in places[number + 1 :]:
                _refuse_overlap(place, other)
        try:
            root = Path(os.path.commonpath(places))
        except ValueError:  # on Windows
            raise DatasetError(
                text("{folder} and {other} are on different drives.", folder=places[0], other=places[-1]),
                remedy=text("Copy one of them beside the other."),
            ) from None
        return cls(root=str(root), class_folders=tuple(place.relative_to(root).as_posix() for place in places))

    @property
    def name(self) -> str:
        """The name of the folder or file, without the folders above it; of chosen class folders their names."""
        if not self.class_folders:
            place = Path(self.root)
            return place.stem if place.suffix == ".labels" else place.name
        return ", ".join(sorted(set(class_names(self.class_folders).values()), key=str.casefold))


def class_names(folders: Iterable[str]) -> dict[str, str]:
    """Return the class that each folder is called after: its own name, or that of the folder around it.

    Where all have the same name, as in cats/images and dogs/images, it says nothing, and the one above it counts.
    """
    parts = {folder: PurePosixPath(folder).parts for folder in folders}
    deep = min(map(len, parts.values()), default=0)
    level = next((level for level in range(1, deep + 1) if len({p[-level] for p in parts.values()}) > 1), 1)
    return {folder: names[-level] for folder, names in parts.items()}


def relative_paths(field: str, paths: object) -> tuple[str, ...]:
    """Return paths in order, each once. Raises SettingError for anything but paths that stay below their root."""
    if not isinstance(paths, (list, tuple, set, frozenset)) or not all(_stays_below(path) for path in paths):
        raise SettingError(
            text("The {setting} must be paths below the dataset's folder.", setting=field.replace("_", " ")),
            remedy=text("Write them with forward slashes, as in photos/cats."),
        )
    return tuple(sorted(set(paths)))


def _stays_below(path: object) -> bool:
    if not isinstance(path, str) or not path or "\0" in path:
        return False
    return not (Path(path).drive or path.startswith("/") or {"", ".", ".."} & set(path.split("/")))


def _refuse_overlap(one: Path, other: Path) -> None:
    if one == other:
        raise DatasetError(
            text("{folder} was chosen twice.", folder=one), remedy=text("Choose the folder of the other class.")
        )
    outer, inner = (one, other) if other.is_relative_to(one) else (other, one)
    if inner.is_relative_to(outer):
        raise DatasetError(
            text("{inner} lies inside {outer}, so its photos would be in both classes.", inner=inner, outer=outer),
            remedy=text("Choose two folders that lie beside each other."),
        )
