"""Check that the photos of an earlier scan have not changed."""

from trainer.core.errors import DatasetError, PhotoError
from trainer.core.text import text
from trainer.dataset.records import Dataset, Photo, digest
from trainer.dataset.sources.source import PhotoSource


def refuse_changed(source: PhotoSource, dataset: Dataset) -> None:
    """Raise DatasetError where a photo is gone or holds something else.

    A file of the same size and time counts as unchanged; one with another time, as after copying, is read and compared.
    """
    now = {file.path: file for file in source.list_files().files}
    for photo in dataset.photos:
        file = now.get(photo.path)
        if file is None or file.bytes != photo.bytes:
            raise _changed(photo, dataset)
        if file.modified_ns != photo.modified_ns and _digest(source, photo) != photo.digest:
            raise _changed(photo, dataset)


def _digest(source: PhotoSource, photo: Photo) -> str:
    try:
        return digest(source.read(photo.path))
    except PhotoError:
        return ""


def _changed(photo: Photo, dataset: Dataset) -> DatasetError:
    return DatasetError(
        text("{photo} in {folder} is gone or has changed since the run began.", photo=photo.path, folder=dataset.root),
        remedy=text("Put the photo back, or start a new run."),
        path=photo.path,
    )
