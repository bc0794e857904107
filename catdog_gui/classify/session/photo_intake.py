"""What was dropped, pasted or opened: which photos it holds, or why it holds none."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.local_paths import local_paths
from trainer.dataset.names import PHOTO_ENDINGS
from trainer.files.kinds import is_folder


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen if that which hovers over the window were dropped."""

    text: str
    """What would happen, or why nothing will."""
    accepted: bool


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What came in."""

    files: tuple[Path, ...] = ()
    """Files and folders."""
    image: QImage | None = None
    """An image without a file, from a browser or the clipboard."""
    refusal: str = ""


def offer(mime: QMimeData) -> Offer:
    """Say what a drop of this would do. Looks at names only: it is asked while the mouse moves."""
    files, links = _urls(mime)
    if files:
        refusal = _refuse_files(files)
        return Offer(text=refusal or _welcome(files), accepted=not refusal)
    if mime.hasImage():
        return Offer(text=tr("Drop to classify this image"), accepted=True)
    if links:
        return Offer(text=tr("That is only a link. Save the photo first, or drag the photo itself."), accepted=False)
    if mime.hasText() and not mime.hasUrls():
        return Offer(text=tr("That is text. Drop photos or folders of photos."), accepted=False)
    return Offer(text=tr("That is not a photo. Drop photos or folders of photos."), accepted=False)


def take(mime: QMimeData) -> Intake:
    """Return what a drop or a paste holds."""
    verdict = offer(mime)
    if not verdict.accepted:
        return Intake(refusal=verdict.text)
    files, _ = _urls(mime)
    if files:
        return Intake(files=tuple(files))
    image = mime.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return Intake(refusal=tr("The image could not be read. Save it as a file and drop that."))
    return Intake(image=image)


def _urls(mime: QMimeData) -> tuple[list[Path], list[QUrl]]:
    urls = mime.urls() if mime.hasUrls() else []
    return local_paths(mime), [url for url in urls if not url.isLocalFile()]


def _refuse_files(files: list[Path]) -> str:
    if any(is_folder(path) or path.suffix.lower() in PHOTO_ENDINGS for path in files):
        return ""
    first = files[0]
    if first.suffix.lower() == ".zip":
        return tr("A zip is for the Data page. To classify its photos, unpack it and drop the folder.")
    if first.suffix.lower() == ".safetensors":
        return tr("That is a model. Open it with “Open a model file…” above.")
    if len(files) == 1:
        return tr("{file} is not a photo.", file=_short(first.name))
    return tr("None of these files is a photo.")


def _welcome(files: list[Path]) -> str:
    if len(files) > 1:
        return tr_n(len(files), "Drop to classify it", "Drop to classify these %n")
    name = _short(files[0].name)
    if is_folder(files[0]):
        return tr("Drop to classify the photos in {folder}", folder=name)
    return tr("Drop to classify {file}", file=name)


def _short(name: str, limit: int = 40) -> str:
    return name if len(name) <= limit else f"{name[: limit // 2]}…{name[-limit // 2 + 1 :]}"
