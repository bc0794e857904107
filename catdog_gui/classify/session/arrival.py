"""What one drop, paste or opening brought: photos that are new, and photos that were there already."""

import hashlib

from PySide6.QtGui import QImage

from catdog_gui.classify.session.photo_list import NewPhoto, PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look.language import tr_n


class Arrival:
    """Grows while a search goes on."""

    def __init__(self, *, first: bool) -> None:
        self.first = first
        """Whether the list was empty before it."""
        self.new: list[SessionPhoto] = []
        self.again: list[SessionPhoto] = []
        self._seen: set[str] = set()

    def enter(self, found: list[NewPhoto], photos: PhotoList) -> list[SessionPhoto]:
        """Add to the list what is not there yet, and return it."""
        unseen = []
        for photo in found:
            if photo.key not in self._seen:  # else the same drop has it twice, as a file and by its folder
                self._seen.add(photo.key)
                known = photos.find(photo.key)
                if known is None:
                    unseen.append(photo)
                else:
                    self.again.append(known)
        new = photos.add(unseen)
        self.new += new
        return new

    @property
    def only(self) -> SessionPhoto | None:
        """The photo, where it is one alone."""
        photos = self.new + self.again
        return photos[0] if len(photos) == 1 else None

    @property
    def words(self) -> str:
        """What to say of the photos that were there already; empty where there were none."""
        if not self.again:
            return ""
        if not self.new:
            return tr_n(len(self.again), "Already here: %n photo", "Already here: %n photos")
        return tr_n(
            len(self.again),
            "Already here: %n photo. New: {new}",
            "Already here: %n photos. New: {new}",
            new=len(self.new),
        )


def image_key(image: QImage) -> str:
    """Return the same for images with the same pixels."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)  # whose rows have no padding
    digest = hashlib.blake2b(plain.constBits(), digest_size=16)
    return f"image {image.width()}x{image.height()} {digest.hexdigest()}"
