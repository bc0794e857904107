"""A dataset as a scan finds it: plain records that fit into JSON."""

from collections import Counter
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.text import Text, join, plural, text

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """One photo that can be read."""

    path: str
    """Where it lies below the dataset's root (or inside the zip), with forward slashes."""
    class_index: Annotated[int, Meta(ge=0, le=1)]
    """Index into `Dataset.classes`: 0 is the negative class (cat), 1 the positive one (dog)."""
    split: SplitName | None
    """The split that the folders name or that `split.cut` chose; None before that."""
    bytes: Annotated[int, Meta(ge=0)]
    modified_ns: int
    width: Annotated[int, Meta(ge=1)]
    height: Annotated[int, Meta(ge=1)]
    """Size in pixels as it is seen, so after EXIF rotation."""
    digest: str
    """`digest` of the file's content: equal for exact copies."""
    copy_of: str = ""
    """The digest that all copies and near copies of one photo have in common; empty where a scan found none."""
    folder_class: int | None = None
    """The class index that its folder says, where the user said otherwise (`trainer.dataset.answers`)."""

    @property
    def group(self) -> str:
        """What is equal for photos that are copies of one another, and differs for all others."""
        return self.copy_of or self.digest


def digest(content: bytes) -> str:
    """Return the BLAKE2b-128 of a file's content in hexadecimal."""
    return blake2b(content, digest_size=16).hexdigest()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was left out, and why."""

    path: str
    kind: str
    reason: str


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a scan."""

    root: str
    """Absolute path of the folder or the zip file."""
    layout: str
    """Which of the known layouts it has: "class folders", "split folders", "named files", "oxford pets"."""
    classes: tuple[str, str]
    """The two class names in alphabetical order; the second is the positive class."""
    photos: tuple[Photo, ...]
    """Sorted by path, so the same on every machine."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    """Plain sentences about the dataset as a whole, such as copies of one photo in two splits."""
    unclassified: Annotated[int, Meta(ge=0)] = 0
    """How many image files have no class, so were left out (Kaggle's unlabelled test photos)."""
    class_folders: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """As they were chosen: see `DatasetChoice`."""
    answered_out: tuple[str, ...] = ()
    """Paths of the photos that the user's answers leave out (`trainer.dataset.answers`)."""

    def __post_init__(self) -> None:
        """Raise ValueError for classes that cannot be told apart by their names."""
        first, second = self.classes
        if first == second or not (first and second):
            raise ValueError("two classes have two names")

    @property
    def choice(self) -> DatasetChoice:
        """What was chosen to be looked at."""
        return DatasetChoice(root=self.root, class_folders=self.class_folders, left_out=self.left_out)

    @property
    def problems_sentence(self) -> Text | None:
        """How many files could not be used, and why the first; None where all could."""
        if not self.problems:
            return None
        first = self.problems[0]
        return join(
            [
                plural(len(self.problems), "%n file was left out.", "%n files were left out."),
                text("The first: {path}: {reason}", path=first.path, reason=first.reason),
                text("Look through the dataset to see them all."),
            ]
        )

    @property
    def name(self) -> str:
        """Name of the folder or zip, without the folders above it; of chosen class folders their names."""
        return self.choice.name

    def of_split(self, split: SplitName) -> tuple[Photo, ...]:
        """Return the photos of one split, in path order."""
        return tuple(photo for photo in self.photos if photo.split == split)

    def class_counts(self) -> dict[str, int]:
        """Return photos per class name, zero included."""
        counts = Counter(photo.class_index for photo in self.photos)
        return {name: counts[index] for index, name in enumerate(self.classes)}

    def split_counts(self) -> dict[str, dict[str, int]]:
        """Return photos per split and class name; only splits that hold a photo."""
        counts = Counter((photo.split, photo.class_index) for photo in self.photos)
        table = {split: {name: counts[split, index] for index, name in enumerate(self.classes)} for split in SPLITS}
        return {split: row for split, row in table.items() if any(row.values())}
