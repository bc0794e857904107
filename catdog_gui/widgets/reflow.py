"""Cards side by side where there is room, else below one another."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from catdog_gui.look import theme


class Reflow(QWidget):
    """Two columns from `breakpoint_px` pixels on, else one; with `whole` also one where a card would be cut off."""

    def __init__(
        self, *widgets: QWidget, breakpoint_px: int, stretches: tuple[int, int] = (1, 1), whole: bool = False
    ) -> None:
        super().__init__()
        self._whole = whole
        self._widgets, self._breakpoint, self._stretches = (widgets, breakpoint_px, stretches)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.L)
        self._arrange(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the number of columns."""
        super().resizeEvent(event)
        self._arrange(self._columns_for(event.size().width()))

    def event(self, event: QEvent) -> bool:
        """Choose again when a card says something longer."""
        if self._whole and event.type() == QEvent.Type.LayoutRequest:
            self._arrange(self._columns_for(self.width()))
        return super().event(event)

    def _columns_for(self, width: int) -> int:
        if width < self._breakpoint:
            return 1
        half = (width - theme.L) // 2
        return 1 if self._whole and any(one.minimumSizeHint().width() > half for one in self._widgets) else 2

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        even = columns == 2 and self._stretches[0] == self._stretches[1]
        for number, widget in enumerate(self._widgets):
            policy = widget.sizePolicy()
            # Both columns get the same width only where the size hints are ignored.
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored if even else QSizePolicy.Policy.Preferred)
            widget.setSizePolicy(policy)
            self._grid.removeWidget(widget)
            self._grid.addWidget(widget, number // columns, number % columns, Qt.AlignmentFlag(0))
        for column in range(2):
            self._grid.setColumnStretch(column, self._stretches[column] if column < columns else 0)
