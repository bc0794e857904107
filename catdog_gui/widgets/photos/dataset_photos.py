"""The photos of one dataset as images, whether they lie in a folder, a zip or anywhere."""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QImage

from catdog_gui.widgets.photos.images import Unreadable, load_image
from trainer.core.errors import DatasetError
from trainer.dataset.sources.source import PhotoSource, open_source


class DatasetPhotos:
    """Reads photos by their paths in the dataset. Every method may be called in any thread."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._source: PhotoSource | None = None

    def loader(self, path: str, size: int) -> Callable[[], QImage | Unreadable]:
        """Return what makes a thumbnail whose longer side has `size` pixels, for a worker thread."""
        return lambda: load_image(lambda: self.read(path), size)

    def read(self, path: str) -> bytes:
        """Return a photo's bytes. Raises PhotoError, or DatasetError where the dataset is gone."""
        return self._opened().read(path)

    def file_of(self, path: str) -> Path | None:
        """Return where a photo lies; None where it is no file of its own, or the dataset is gone."""
        try:
            return self._opened().file_of(path)
        except DatasetError:
            return None

    def close(self) -> None:
        """Close the zip; the next photo opens it again."""
        with self._lock:
            if self._source is not None:
                self._source.close()
                self._source = None

    def _opened(self) -> PhotoSource:
        with self._lock:
            if self._source is None:
                source = open_source(Path(self.root))
                if Path(self.root).is_file():
                    source.list_files()  # only then are entries of a zip known, and photos that moved
                self._source = source
            return self._source
