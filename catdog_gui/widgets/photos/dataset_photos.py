"""Small pictures of a dataset's photos, whether they lie in a folder or a zip."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PIL.Image import Image

    from trainer.dataset.sources.source import PhotoSource


class DatasetPhotos:
    """Reads photos of one dataset. `loader` is called in the GUI thread, what it returns in another."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._source: PhotoSource | None = None

    def loader(self, path: str, size: int) -> Callable[[], QImage]:
        """Return what reads a photo and makes a square thumbnail of `size` pixels. It raises PhotoError."""
        return lambda: square_image(self.read(path), size)

    def read(self, path: str) -> bytes:
        """Return a photo's bytes. Raises PhotoError, or DatasetError where the dataset is gone."""
        return self._opened().read(path)

    def close(self) -> None:
        """Let go of the zip."""
        with self._lock:
            if self._source is not None:
                self._source.close()
                self._source = None

    def _opened(self) -> "PhotoSource":
        from trainer.dataset.sources.source import open_source  # noqa: PLC0415 - brings Pillow and numpy along

        with self._lock:
            if self._source is None:
                source = open_source(Path(self.root))
                if Path(self.root).is_file():
                    source.list_files()  # a zip knows its entries only once they were listed
                self._source = source
            return self._source


def square_image(data: bytes, size: int) -> QImage:
    """Return the middle of a photo as a square of `size` pixels. Raises PhotoError."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - not needed before the first photo is seen

    from trainer.dataset.photo import open_photo  # noqa: PLC0415 - brings numpy along

    return to_qimage(ImageOps.fit(open_photo(data, size=size), (size, size), Image.Resampling.BILINEAR))


def whole_image(data: bytes, side: int) -> QImage:
    """Return a photo with its longer side at most `side` pixels. Raises PhotoError."""
    from PIL import Image  # noqa: PLC0415 - not needed before the first photo is seen

    from trainer.dataset.photo import open_photo  # noqa: PLC0415 - brings numpy along

    photo = open_photo(data, size=side)
    photo.thumbnail((side, side), Image.Resampling.BILINEAR)
    return to_qimage(photo)


def to_qimage(photo: "Image") -> QImage:
    """Return an RGB photo as Qt draws it."""
    data = photo.tobytes()
    return QImage(data, photo.width, photo.height, 3 * photo.width, QImage.Format.Format_RGB888).copy()
