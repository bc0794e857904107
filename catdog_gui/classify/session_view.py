"""The session's photos: one large, or several as a grid, with the bar above them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from catdog_gui.classify.photo_grid import PhotoGrid
from catdog_gui.classify.session.photo_list import Order, SessionPhoto
from catdog_gui.classify.session.photo_session import PhotoSession
from catdog_gui.classify.session_bar import SessionBar
from catdog_gui.classify.verdict_view import VerdictView
from catdog_gui.look import theme


class SessionView(QWidget):
    """Shows the session's photos; `add_wanted` asks the page for more."""

    add_wanted = Signal()

    def __init__(self, session: PhotoSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.bar = SessionBar()
        self.grid = PhotoGrid(session.photos)
        self.large = VerdictView()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.grid)
        self.stack.addWidget(self.large)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self._connect()

    def close_images(self) -> None:
        """End the work in the background."""
        self.grid.close_thumbnails()
        self.large.close_images()

    def show_state(self) -> None:
        """Show one photo large, or several as a grid; a photo that the user has opened stays."""
        photos = self._session.photos
        self.bar.show_photos(photos)
        shown = self.large.photo if self.stack.currentWidget() is self.large else None
        if len(photos) == 1:
            self.show_large(photos[0])
        elif shown is not None and photos.row_of(shown).isValid() and not self.large.back.isHidden():
            self.show_large(shown)
        else:
            self.stack.setCurrentWidget(self.grid)

    def open(self, photo: SessionPhoto) -> None:
        """Show a photo large because the user asked for it."""
        self.show_large(photo)
        self.large.setFocus()

    def show_large(self, photo: SessionPhoto) -> None:
        """Show a photo large."""
        row = self._session.photos.row_of(photo)
        self.large.show_photo(photo, row.row() + 1, len(self._session.photos))
        self.stack.setCurrentWidget(self.large)
        self.grid.setCurrentIndex(row)

    def show_grid(self) -> None:
        """Show all photos."""
        self.stack.setCurrentWidget(self.grid)
        self.grid.setFocus()

    def _step(self, by: int) -> None:
        if self.large.photo is not None:
            row = self._session.photos.row_of(self.large.photo).row() + by
            if 0 <= row < len(self._session.photos):
                self.open(self._session.photos[row])

    def _sort(self, order: Order) -> None:
        self._session.photos.sort_by(order)
        self._on_tidied()

    def _on_classified(self, photo: SessionPhoto) -> None:
        if self.large.photo is photo:
            self.large.refresh()

    def _on_tidied(self) -> None:
        self.bar.show_photos(self._session.photos)
        shown = self.large.photo
        on_large = self.stack.currentWidget() is self.large
        if on_large and shown is not None and self._session.photos.row_of(shown).isValid():
            self.show_large(shown)

    def _connect(self) -> None:
        session, bar = self._session, self.bar
        session.added.connect(self.show_state)
        session.classified.connect(self._on_classified)
        session.tidied.connect(self._on_tidied)
        session.progressed.connect(bar.show_progress)
        session.became_idle.connect(bar.show_idle)
        bar.add_wanted.connect(self.add_wanted)
        bar.clear_wanted.connect(session.clear)
        bar.cancel_wanted.connect(session.cancel)
        bar.go_on_wanted.connect(session.classify_rest)
        bar.order_wanted.connect(self._sort)
        self.grid.opened.connect(self.open)
        self.large.back_wanted.connect(self.show_grid)
        self.large.previous_wanted.connect(lambda: self._step(-1))
        self.large.next_wanted.connect(lambda: self._step(1))
