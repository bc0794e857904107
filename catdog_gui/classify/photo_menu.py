"""What can be done with photos of the list: the menu for it, and copying them."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from catdog_gui import worker
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.photos.images import load_image
from catdog_gui.widgets.show_in_folder import show_in_folder

# Longer sides are made smaller: what is pasted elsewhere is seldom printed, and this takes 50 MB already.
_COPY_SIDE = 4096


class PhotoActions(QObject):
    """Does it. What concerns the list is asked for by signals."""

    open_wanted = Signal(object)  # SessionPhoto
    remove_wanted = Signal(list)
    said = Signal(str)
    """A sentence for the user."""

    def show_menu(self, photos: list[SessionPhoto], parent: QWidget) -> QMenu:
        """Return a menu for these photos, which deletes itself when it closes."""
        menu = QMenu(parent)
        menu.aboutToHide.connect(menu.deleteLater)
        first = photos[0]
        _add(menu, "photo", tr("Open large"), lambda: self.open_wanted.emit(first))
        folder = _add(menu, "folder-show", tr("Show in folder"), lambda: self._show_in_folder(first))
        folder.setEnabled(len(photos) == 1 and first.path is not None)
        copy = _add(menu, "copy", tr("Copy"), lambda: self.copy(photos))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        menu.addSeparator()
        remove = _add(menu, "trash", tr("Remove from the list"), lambda: self.remove_wanted.emit(photos))
        remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        return menu

    def copy(self, photos: list[SessionPhoto]) -> None:
        """Put the photos on the clipboard: as files for file managers and, where it is one, as an image too."""
        files = [photo for photo in photos if photo.path is not None]
        if len(photos) > 1 and files:
            self._put(files, None)
            return
        photos, source = photos[:1], photos[0].source
        task = worker.start(lambda _emit, _control: load_image(source, _COPY_SIDE), parent=self)
        task.succeeded.connect(lambda image: self._put(photos, image if isinstance(image, QImage) else None))

    def _put(self, photos: list[SessionPhoto], image: QImage | None) -> None:
        urls = [QUrl.fromLocalFile(str(photo.path)) for photo in photos if photo.path is not None]
        mime = QMimeData()
        if urls:
            mime.setUrls(urls)
            # What file managers of GNOME, Xfce and Cinnamon look for; the others take the addresses.
            lines = "\n".join(["copy", *(url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in urls)])
            mime.setData("x-special/gnome-copied-files", lines.encode())
        if image is not None:
            mime.setImageData(image)
        if urls or image is not None:
            QGuiApplication.clipboard().setMimeData(mime)
            self.said.emit(tr_n(len(photos), "%n photo was copied", "%n photos were copied"))

    def _show_in_folder(self, photo: SessionPhoto) -> None:
        if photo.path is not None:
            show_in_folder(photo.path)


def _add(menu: QMenu, icon: str, text: str, do: Callable[[], None]) -> QAction:
    action = QAction(theme.icon(icon, "muted"), text, menu)
    action.triggered.connect(lambda _checked=False: do())
    menu.addAction(action)
    return action
