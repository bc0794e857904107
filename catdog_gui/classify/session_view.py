"""The session's photos: one large, or several as a grid or a table, with the bar above them."""

import msgspec
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from catdog_gui.classify.corrections.correction_actions import CorrectionActions
from catdog_gui.classify.nothing_words import nothing_words
from catdog_gui.classify.photo_menu import PhotoActions
from catdog_gui.classify.session.arrival import Arrival
from catdog_gui.classify.session.photo_query import Filter, Order
from catdog_gui.classify.session.photo_session import PhotoSession
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.classify.session_bar import SessionBar
from catdog_gui.classify.several_photos import Look, SeveralPhotos
from catdog_gui.classify.sorting.sort_actions import SortActions
from catdog_gui.classify.table_saving import TableSaving
from catdog_gui.classify.verdict_explanation import VerdictExplanation
from catdog_gui.classify.verdict_view import VerdictView
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.state.context import Context
from catdog_gui.widgets.current_stack import CurrentStack


class SessionView(QWidget):
    """Shows the session's photos; `add_wanted` asks the page for more."""

    add_wanted = Signal()
    said = Signal(str)
    """A sentence for the user."""
    failed = Signal(object)  # ErrorRecord

    def __init__(self, session: PhotoSession, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._follows: SessionPhoto | None = None
        """A photo that came in and stays in sight while others are sorted around it."""
        self.bar = SessionBar()
        self.several = SeveralPhotos(session.photos, context.settings)
        self.grid, self.table = self.several.grid, self.several.table
        self.large = VerdictView()
        self.explanation = VerdictExplanation(self.large, session.classifier, self)
        self.saving = TableSaving(session.photos, context.settings, self)
        self.sorting = SortActions(context, session.photos, self)
        self.corrections = CorrectionActions(context, session.photos, self)
        self.photo_actions = PhotoActions(self.saving, self)
        self.stack = CurrentStack()
        self.stack.addWidget(self.several)
        self.stack.addWidget(self.large)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self.bar)
        layout.addWidget(self.saving.bar)
        layout.addWidget(self.stack, 1)
        self._connect()

    def close_images(self) -> None:
        """End the work in the background."""
        self.several.close_thumbnails()
        self.large.close_images()
        self.explanation.close()

    def show_state(self) -> None:
        """Show one photo large, or several; a photo that the user has opened stays."""
        photos = self._session.photos
        self._show_counts()
        shown = self.large.photo if self.on_large else None
        if len(photos) == 1:
            self._session.photos.ask_for_all()
            self._show_large(photos[0])
            self._show_counts()
        elif shown is not None and shown in photos and not self.large.back.isHidden():
            self._show_large(shown)
        else:
            self._leave_large()

    @property
    def on_large(self) -> bool:
        """Whether one photo is shown large."""
        return self.stack.currentWidget() is self.large

    def open(self, photo: SessionPhoto) -> None:
        """Show a photo large because the user asked for it."""
        self._act()
        self._show_large(photo)
        self.large.setFocus()

    def show_grid(self) -> None:
        """Show all photos."""
        self._act()
        self._leave_large()
        self.several.setFocus()

    def show_only(self, which: Filter) -> None:
        """Show all photos, or those of one kind."""
        self._limit(kind=which)

    def show_as(self, look: Look) -> None:
        """Show the photos as a grid or as a table."""
        self._act()
        self._leave_large()
        self.several.show_as(look)
        self.bar.query.show_look(look)

    def begin_search(self) -> None:
        """Let the user search for a photo by its name."""
        if len(self._session.photos) > 1:
            self._leave_large()
            self.bar.query.begin_search()

    def _limit(self, **limits: object) -> None:
        """Show other photos, and stay with the current one where it is among them."""
        photos = self._session.photos
        if msgspec.structs.replace(photos.query, **limits) == photos.query:
            return
        self._act()
        current = self.large.photo if self.on_large else self.several.selection.current
        self._leave_large()
        photos.ask(**limits)
        if current is not None:
            self.several.keep_in_sight(current)
        self._show_counts()

    def _sort(self, order: Order, reverse: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._act()
        self._session.photos.ask(order=order, reverse=reverse)
        self._on_tidied()

    def _show_large(self, photo: SessionPhoto) -> None:
        photos = self._session.photos
        photos.hold(photo)
        row = photos.row_of(photo)
        self.large.show_photo(photo, row.row() + 1, photos.rowCount(), alone=len(photos) == 1)
        self.stack.setCurrentWidget(self.large)
        self.several.choose(row)

    def _leave_large(self) -> None:
        self._session.photos.hold(None)
        self.stack.setCurrentWidget(self.several)

    def _step(self, by: int) -> None:
        if self.large.photo is not None:
            self._show_row(self._session.photos.row_of(self.large.photo).row() + by)

    def _show_row(self, row: int) -> None:
        shown = self._session.photos.shown
        if 0 <= row < len(shown):
            self._act()
            self._show_large(shown[row])
            if not any(button.hasFocus() for button in (self.large.previous, self.large.next, self.large.back)):
                self.large.setFocus()  # the button that had it is off at the first and the last photo

    # Photos come and go

    def _on_arrived(self, arrival: Arrival, new: list[SessionPhoto]) -> None:
        """Go to the first of the new photos as soon as it is there, and mark all of them."""
        if arrival.first:
            return
        if arrival.new[0] is new[0]:
            self._act()
            self._session.photos.ask_for_all()
            self._go_to(new[0])
        self._session.photos.mark(new, tr("New"))

    def _on_arrival_ended(self, arrival: Arrival) -> None:
        """Open one photo alone large; go to photos that were there already."""
        if not arrival.new and arrival.again:
            self._act()
            again = [photo for photo in arrival.again if photo in self._session.photos]
            self._lift_filter(again)
            self._session.photos.mark(again, tr("Already here"))
            if again:
                self._go_to(again[0])
        if arrival.only is not None and arrival.only in self._session.photos:
            self._show_large(arrival.only)
            self.large.setFocus()
        if arrival.new and not arrival.first:
            self._announce(tr_n(len(arrival.new), "%n photo was added", "%n photos were added"))

    def _go_to(self, photo: SessionPhoto) -> None:
        self._follows = photo
        self._leave_large()
        self._show_counts()
        self.several.reveal(photo)
        self.several.setFocus()

    def _lift_filter(self, photos: list[SessionPhoto]) -> None:
        if any(not self._session.photos.row_of(photo).isValid() for photo in photos):
            self._session.photos.ask_for_all()

    def _remove(self, photos: list[SessionPhoto]) -> None:
        """Take photos out of the list, and stay at the place where they were."""
        self._act()
        listed = self._session.photos
        here = [photo for photo in photos if photo in listed]
        if not here:
            return
        on_large, first = self.on_large, min(listed.row_of(photo).row() for photo in here)
        self._session.remove(here)
        shown = listed.shown
        if not shown:
            self._leave_large()
        elif on_large:
            self._show_large(shown[min(first, len(shown) - 1)])
            self.large.setFocus()
        elif not self.on_large:
            self.several.choose(listed.index(min(max(first, 0), len(shown) - 1), 0))
            self.several.setFocus()

    def _on_put_back(self, photos: list[SessionPhoto]) -> None:
        if not photos or len(self._session.photos) == 1:
            return
        self._act()
        self._lift_filter(photos)
        if self.on_large:
            self._show_large(photos[0])
        else:
            self._show_counts()
            self.several.reveal(photos[0])
            self.several.setFocus()

    # Verdicts come

    def _on_classified(self, photo: SessionPhoto) -> None:
        if self.large.photo is photo:
            self.large.refresh()

    def _on_tidied(self) -> None:
        self._show_counts()
        shown = self.large.photo
        if self.on_large and shown is not None and self._session.photos.row_of(shown).isValid():
            self._show_large(shown)
        elif self._follows is not None and self._session.photos.query.order != "added":
            self.several.reveal(self._follows)

    def _show_counts(self) -> None:
        photos = self._session.photos
        self.bar.show_photos(photos)
        self.table.show_order(photos.query)
        self.several.say_nothing_here(nothing_words(photos, busy=self._session.classifier.busy))

    def _act(self) -> None:
        """Take note that the user has done something: what came in before stands out no more."""
        self._follows = None
        self._session.photos.unmark()

    def _stay_with(self) -> None:
        """Keep what came in in sight where the grid has become smaller or longer."""
        if self._follows is not None and not self.on_large:
            self.several.reveal(self._follows)

    def _unfollow(self) -> None:
        self._follows = None

    def _focus_photos(self) -> None:
        (self.large if self.on_large else self.several.view).setFocus()

    def _announce(self, words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.several.view, words))

    def _show_menu(self, photos: list[SessionPhoto], place: QPoint) -> None:
        menu = self.photo_actions.show_menu(photos, self)
        menu.addSeparator()
        self.corrections.fill_menu(menu, photos)
        menu.addSeparator()
        self.sorting.add_sort(menu, photos)
        menu.popup(place)

    def _fill_menu(self, menu: QMenu) -> None:
        menu.clear()
        chosen = self.several.selection.chosen
        self.sorting.fill_menu(menu, chosen)
        self.corrections.add_learn(menu)
        menu.addSeparator()
        self.photo_actions.fill_saving(menu, chosen)

    def _connect(self) -> None:
        session, bar, large, actions = self._session, self.bar, self.large, self.photo_actions
        session.added.connect(self.show_state)
        session.arrived.connect(self._on_arrived)
        session.arrival_ended.connect(self._on_arrival_ended)
        session.put_back.connect(self._on_put_back)
        session.classified.connect(self._on_classified)
        session.tidied.connect(self._on_tidied)
        session.progressed.connect(bar.show_progress)
        session.became_idle.connect(bar.show_idle)
        session.became_idle.connect(self._show_counts)
        bar.add_wanted.connect(self.add_wanted)
        bar.clear_wanted.connect(session.clear)
        bar.menu_wanted.connect(self._fill_menu)
        bar.cancel_wanted.connect(session.cancel)
        bar.go_on_wanted.connect(session.classify_rest)
        query, several = bar.query, self.several
        query.show_look(several.look)
        query.order_wanted.connect(self._sort)
        query.filter_wanted.connect(self.show_only)
        query.range_wanted.connect(lambda low, high: self._limit(low=low, high=high))
        query.words_wanted.connect(lambda words: self._limit(words=words))
        query.all_wanted.connect(lambda: self._limit(kind="all", low=0.0, high=1.0, words=""))
        self.stack.currentChanged.connect(lambda _place: query.show_few(few=self.on_large))
        query.look_wanted.connect(self.show_as)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.begin_search)
        query.left.connect(self._focus_photos)
        several.opened.connect(self.open)
        several.acted.connect(self._act)
        several.scrolled.connect(self._unfollow)
        several.laid_out.connect(self._stay_with)
        several.order_wanted.connect(self._sort)
        several.remove_wanted.connect(self._remove)
        several.copy_wanted.connect(actions.copy)
        several.menu_wanted.connect(self._show_menu)
        several.drag_wanted.connect(lambda photos: actions.drag(photos, several.view))
        large.back_wanted.connect(self.show_grid)
        large.previous_wanted.connect(lambda: self._step(-1))
        large.next_wanted.connect(lambda: self._step(1))
        large.first_wanted.connect(lambda: self._show_row(0))
        large.last_wanted.connect(lambda: self._show_row(len(session.photos.shown) - 1))
        large.remove_wanted.connect(lambda photo: self._remove([photo]))
        large.copy_wanted.connect(lambda photo: actions.copy([photo]))
        large.menu_wanted.connect(lambda photo, place: self._show_menu([photo], place))
        actions.open_wanted.connect(self.open)
        actions.remove_wanted.connect(self._remove)
        actions.said.connect(self.said)
        self.saving.said.connect(self.said)
        self.saving.failed.connect(self.failed)
