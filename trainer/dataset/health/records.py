"""What a check of a dataset's health found: plain records that fit into JSON."""

import msgspec

from trainer.core.statistics import wilson_interval


class CopyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Photos that are copies of one another."""

    photos: tuple[str, ...]
    """Their paths."""
    exact: bool
    """Whether all have the same pixels; else some are near copies."""
    in_both_classes: bool
    in_several_splits: bool


class Leaks(msgspec.Struct, frozen=True, kw_only=True):
    """What copies in several splits do to a test: of a head on frozen features, learnt from the train split."""

    photos: int
    """Test photos of which train or validation has a copy."""
    tested: int
    right: int
    right_without: int
    """Of the test photos that have no copy elsewhere."""

    @property
    def accuracy_without(self) -> tuple[float, tuple[float, float]] | None:
        """Accuracy and its 95 % Wilson interval; None where every test photo leaks."""
        rest = self.tested - self.photos
        return (self.right_without / rest, wilson_interval(self.right_without, rest)) if rest else None


class PoorPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo from which there is little to learn (`quality`)."""

    path: str
    kind: str
    reason: str
    """In a few words, with what was measured."""


class MorePhotos(msgspec.Struct, frozen=True, kw_only=True):
    """What twice as many photos would bring (`growth`)."""

    sizes: tuple[int, ...]
    """Numbers of photos that heads on frozen features learnt from."""
    errors: tuple[float, ...]
    """Their error rates, 0 to 1: means of several seeds, on photos that were held back."""
    gain: float
    """By how much the error would fall, 0 to 1."""
    gain_interval: tuple[float, float]
    """95 %."""


class Doubt(msgspec.Struct, frozen=True, kw_only=True, rename={"class_name": "class"}):
    """A photo that is probably not of the class that it counts as."""

    path: str
    class_name: str
    """What it counts as."""
    other_class: str
    probability: float
    """Of the other class, 0 to 1, by a model that did not learn from this photo."""
    likely_wrong: bool
    """Whether it is wrong by confident learning (`doubts`); else it is only likelier to be wrong than right."""
