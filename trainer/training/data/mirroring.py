"""When a frozen backbone looks at mirrored photos: once the first epoch is over.

In the first epoch photos are as they are. So the first results are there after little more than half of the looks, and
a run of one epoch never takes the others. From the second epoch on, each photo is mirrored in half of the epochs.
"""

from collections.abc import Callable

from trainer.core.progress import Cancelled
from trainer.training.data.features import CachedFeatureData

_FIRST_EPOCH = 2


class Mirroring:
    """Mirrors the training photos of a run from its second epoch on."""

    def __init__(self, train: CachedFeatureData, look: Callable[[Cancelled], CachedFeatureData]) -> None:
        """Take the photos as they are, and what has the backbone look at the same ones mirrored."""
        self._train, self._look = train, look
        self._mirrored: CachedFeatureData | None = None

    @property
    def looks(self) -> int:
        """How many photos the backbone has yet to look at."""
        return len(self._train) if self._mirrored is None else 0

    def prepare(self, cancelled: Cancelled) -> CachedFeatureData:
        """Have the backbone look, which may take minutes. Raises DatasetError, CancelledError and RankLostError."""
        if self._mirrored is None:
            self._mirrored = self._look(cancelled)
        return self._mirrored

    def before(self, epoch: int, cancelled: Cancelled) -> None:
        """Let photos be mirrored in an epoch with this number, where they are to be. Raises as `prepare` does."""
        if epoch >= _FIRST_EPOCH:
            self._train.mirror_with(self.prepare(cancelled))
