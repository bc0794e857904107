"""What a user does with mouse and keyboard in the grid and in the table, which is the same in both."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QApplication

from catdog_gui.classify.photo_selection import PhotoSelection
from catdog_gui.look import theme

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_CHOOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class PhotoGestures(QObject):
    """Watches a view of photos, and says what is wanted; what only moves or selects is left to the view."""

    opened = Signal(object)  # SessionPhoto
    acted = Signal()
    """The user has pressed a key or a button of the mouse here."""
    scrolled = Signal()
    """The user has scrolled, with the wheel or the bar."""
    remove_wanted = Signal(list)  # list[SessionPhoto]
    copy_wanted = Signal(list)
    drag_wanted = Signal(list)
    """These photos are being dragged with the mouse."""
    menu_wanted = Signal(list, QPoint)
    """For these photos, at this place of the screen."""

    def __init__(self, view: QAbstractItemView, selection: PhotoSelection, *, opens_by_click: bool) -> None:
        super().__init__(view)
        self._view = view
        self._selection = selection
        self._opens_by_click = opens_by_click
        """Else by a double click."""
        self._pressed: QPoint | None = None
        self._dragged = False
        view.setSelectionModel(selection)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setMouseTracking(True)
        view.verticalScrollBar().actionTriggered.connect(lambda _action: self.scrolled.emit())
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle keys, clicks and drags."""
        match event:
            case QKeyEvent() if event.type() == QEvent.Type.KeyPress and watched is self._view:
                return self._on_key(event)
            case QContextMenuEvent():
                self._on_menu(event)
                return True
            case QMouseEvent() if watched is self._view.viewport():
                return self._on_mouse(event)
            case QFocusEvent() if event.type() == QEvent.Type.FocusIn and watched is self._view:
                self._have_current(event.reason())
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        self.acted.emit()
        current, key = self._selection.current, event.key()
        if key in _OPENING and current is not None and not event.modifiers() & _CHOOSING:
            self.opened.emit(current)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers() and self._selection.chosen:
            self.remove_wanted.emit(self._selection.chosen)
        elif event.matches(QKeySequence.StandardKey.Copy) and self._selection.chosen:
            self.copy_wanted.emit(self._selection.chosen)
        elif key == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._ask_for_menu()
        else:
            return False
        return True

    def _on_mouse(self, event: QMouseEvent) -> bool:
        place, left = event.position().toPoint(), event.button() == Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self.acted.emit()
                self._dragged = False
                self._pressed = place if left and self._view.indexAt(place).isValid() else None
            case QEvent.Type.MouseMove if event.buttons() & Qt.MouseButton.LeftButton:
                if self._pressed is not None:
                    self._move(self._pressed, place)
                    return True  # else the view would select what the mouse is drawn over
                return self._dragged
            case QEvent.Type.MouseButtonRelease if self._dragged:
                self._dragged = False
                return True  # else what was dragged would be selected alone
            case QEvent.Type.MouseButtonRelease if left:
                self._release(event, place)
            case QEvent.Type.MouseButtonDblClick if left and not self._opens_by_click:
                if self._selection.current is not None and self._view.indexAt(place).isValid():
                    self.opened.emit(self._selection.current)
                    return True
        return False

    def _move(self, pressed: QPoint, place: QPoint) -> None:
        if (place - pressed).manhattanLength() >= QApplication.startDragDistance() and self._selection.chosen:
            self._pressed, self._dragged = None, True
            self.drag_wanted.emit(self._selection.chosen)

    def _release(self, event: QMouseEvent, place: QPoint) -> None:
        """Open the card that was clicked, once the view has selected it."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.modifiers() & _CHOOSING or not self._opens_by_click:
            return
        index = self._view.indexAt(place)
        if index.isValid() and index == self._view.indexAt(pressed):
            self._selection.choose(index)
            self.opened.emit(self._selection.current)

    def _on_menu(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_for_menu()
            return
        place = self._view.viewport().mapFromGlobal(event.globalPos())
        if self._view.indexAt(place).isValid() and self._selection.chosen:  # the press has selected it
            self.menu_wanted.emit(self._selection.chosen, event.globalPos())

    def _ask_for_menu(self) -> None:
        if self._selection.chosen:
            place = self._view.visualRect(self._selection.currentIndex()).center()
            self.menu_wanted.emit(self._selection.chosen, self._view.viewport().mapToGlobal(place))

    def _have_current(self, reason: Qt.FocusReason) -> None:
        """Have a current photo, which shows where the focus is."""
        model = self._view.model()
        if self._selection.current is None and model.rowCount() and reason != Qt.FocusReason.MouseFocusReason:
            self._selection.choose(model.index(0, 0))


def paint_nothing(view: QAbstractItemView, words: str) -> None:
    """Write in the middle of an empty view."""
    painter = QPainter(view.viewport())
    painter.setPen(theme.colour("muted"))
    room = view.viewport().rect().adjusted(theme.XL, theme.XL, -theme.XL, -theme.XL)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
    painter.end()
