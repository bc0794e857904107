"""Lets a widget take photos that are dragged onto it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from catdog_gui.classify.session.photo_intake import Offer, offer, take


class PhotoDrops(QObject):
    """Handles the drag and drop of one widget and its children."""

    hovering = Signal(object)
    """An Offer, or None when what hovered has left or was dropped."""
    dropped = Signal(object)
    """An Intake, which may be a refusal."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._offer: Offer | None = None
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the drag events."""
        kind = event.type()
        if isinstance(event, QDropEvent) and event.source() is not None:
            event.ignore()  # dragged out of this window: they are here already
            return True
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            self._offer = offer(event.mimeData())
            self.hovering.emit(self._offer)
            self._answer(event)
            return True
        if kind == QEvent.Type.DragMove and isinstance(event, QDragMoveEvent):
            self._answer(event)
            return True
        if kind == QEvent.Type.DragLeave:
            self._end()
            return True
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            intake = take(event.mimeData())
            self._answer(event)
            self._end()
            self.dropped.emit(intake)
            return True
        return super().eventFilter(watched, event)

    def _answer(self, event: QDropEvent) -> None:
        # A refused drag is accepted too, with no action: the pointer shows that nothing will happen, and Qt goes on to
        # tell when it leaves, so that the reason can be shown and taken away again.
        accepted = self._offer is not None and self._offer.accepted
        event.setDropAction(Qt.DropAction.CopyAction if accepted else Qt.DropAction.IgnoreAction)
        event.accept()

    def _end(self) -> None:
        self._offer = None
        self.hovering.emit(None)
