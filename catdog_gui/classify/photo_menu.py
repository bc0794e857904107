"""What can be done with photos of the list: the menus for it, copying them, and dragging them elsewhere."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QDrag, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from catdog_gui import worker
from catdog_gui.classify.photo_files import as_files, as_rows, drag_picture, paths
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.classify.table_saving import FORMS, TableSaving
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

    def __init__(self, saving: TableSaving, parent: QWidget) -> None:
        super().__init__(parent)
        self._saving = saving

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
        self.fill_saving(menu, photos)
        menu.addSeparator()
        remove = _add(menu, "trash", tr("Remove from the list"), lambda: self.remove_wanted.emit(photos))
        remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        return menu

    def fill_saving(self, menu: QMenu, selected: list[SessionPhoto]) -> None:
        """Add to a menu what saves a table of the selected photos, or of all that are shown."""
        chosen = self._saving.chosen(selected)
        for form in FORMS:
            entry = _add(menu, "save", chosen.words(form), partial(self._saving.save, chosen, form))
            entry.setEnabled(bool(chosen.photos) and not self._saving.busy)

    def copy(self, photos: list[SessionPhoto]) -> None:
        """Put the photos on the clipboard: as files, as rows of text and, where it is one, as an image too."""
        if len(photos) > 1:
            self._put(photos, None)
            return
        source = photos[0].source
        task = worker.start(lambda _emit, _control: load_image(source, _COPY_SIDE), parent=self)
        task.succeeded.connect(lambda image: self._put(photos, image if isinstance(image, QImage) else None))

    def drag(self, photos: list[SessionPhoto], view: QWidget) -> None:
        """Let the user drop copies of these photos on another program."""
        files = paths(photos)
        if not files:
            self.said.emit(tr("A photo that was pasted has no file that could be dragged."))
            return
        drag = QDrag(view)
        drag.setMimeData(as_files(photos))
        drag.setPixmap(drag_picture(len(files), view))
        drag.exec(Qt.DropAction.CopyAction)

    def _put(self, photos: list[SessionPhoto], image: QImage | None) -> None:
        mime = as_files(photos)
        mime.setText(as_rows(photos))
        if image is not None:
            mime.setImageData(image)
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
