"""Images in memory, as many as fit into so many bytes: the least recently used go first."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtGui import QImage

# Holds a 4K screen full of the Classify page's cards, which are at most 400 x 300 pixels of 3 bytes.
LIMIT_BYTES = 96 * 2**20
# What was drawn so recently is most likely still in sight. If it went, a view that shows more than the limit holds
# would load its images again and again.
IN_SIGHT_SECONDS = 0.5


class ImageMemory:
    """For the GUI thread only. Each owner has keys of its own.

    More than `limit_bytes` are kept only while more than that is being drawn.
    """

    def __init__(self, limit_bytes: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit_bytes = limit_bytes
        self.bytes = 0
        """What the images take together."""
        self._clock = clock
        self._images: OrderedDict[tuple[object, Hashable], tuple[QImage, float]] = OrderedDict()

    def get(self, owner: object, key: Hashable) -> QImage | None:
        """Return an image and remember that it was used; None where it is not there (any more)."""
        image, _ = self._images.get((owner, key), (None, 0.0))
        if image is not None:
            self._images[owner, key] = image, self._clock()
            self._images.move_to_end((owner, key))
        return image

    def keep(self, owner: object, key: Hashable, image: QImage) -> None:
        """Keep an image, and let others go for it."""
        self._drop((owner, key))
        self._images[owner, key] = image, self._clock()
        self.bytes += image.sizeInBytes()
        while self.bytes > self.limit_bytes:
            oldest, (_, used) = next(iter(self._images.items()))
            if used > self._clock() - IN_SIGHT_SECONDS:
                break
            self._drop(oldest)

    def forget(self, owner: object) -> None:
        """Let all images of an owner go."""
        for place in [place for place in self._images if place[0] is owner]:
            self._drop(place)

    def _drop(self, place: tuple[object, Hashable]) -> None:
        image, _ = self._images.pop(place, (None, 0.0))
        if image is not None:
            self.bytes -= image.sizeInBytes()


SHARED = ImageMemory(LIMIT_BYTES)
"""That of all views of the window together."""
