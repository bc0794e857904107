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


def refuse_different(source: PhotoSource, dataset: Dataset) -> None:
    """Raise DatasetError where these are not the photos of the dataset as another machine has it.

    The error counts what is missing and what differs. A file of another time than there, as after copying, is read.
    """
    now = {file.path: file for file in source.list_files().files}
    missing = [photo for photo in dataset.photos if photo.path not in now]
    differing = [
        photo
        for photo in dataset.photos
        if (file := now.get(photo.path)) is not None
        and (
            file.bytes != photo.bytes
            or (file.modified_ns != photo.modified_ns and _digest(source, photo) != photo.digest)
        )
    ]
    if not missing and not differing:
        return
    first = (missing or differing)[0]
    raise DatasetError(
        text(
            "The photos in {folder} are not those that rank 0 has: of {count:,} photos {missing:,} are missing and "
            "{differing:,} hold something else, {photo} for one.",
            folder=dataset.root,
            count=len(dataset.photos),
            missing=len(missing),
            differing=len(differing),
            photo=first.path,
        ),
        remedy=text("Copy the dataset there again, or name the place that holds the same photos."),
        path=first.path,
    )


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
