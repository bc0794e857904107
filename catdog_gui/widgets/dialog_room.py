"""The room in and around dialogs: margins, a body that scrolls where it has to, and a size that fits the screen."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from catdog_gui.look import theme

# Title bar and borders, and a little air around it.
_FRAME = QSize(16, 56)


class ScrollBody(QScrollArea):
    """Shows all of its content where there is room, and scrolls it where there is not."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """Ask for all of it."""
        content = self._content
        hint = content.sizeHint().expandedTo(content.minimumSizeHint())
        return hint + QSize(self.verticalScrollBar().sizeHint().width(), 0)

    def minimumSizeHint(self) -> QSize:
        """Be content with a strip as wide as the content."""
        return QSize(self._content.minimumSizeHint().width(), min(80, self.sizeHint().height()))


def dialog_column(dialog: QDialog, spacing: int = theme.L) -> QVBoxLayout:
    """Return the layout of a dialog whose parts stand below one another, with the margins that all dialogs have."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.L)
    column.setSpacing(spacing)
    return column


def fit_dialog(dialog: QDialog, usual: QSize | None = None) -> None:
    """Give a dialog its usual size (without one, that of its content), as far as the screen has room for it."""
    parent = dialog.parentWidget()
    room = (parent.screen() if parent is not None else dialog.screen()).availableGeometry().size() - _FRAME
    wanted = dialog.sizeHint() if usual is None else usual
    dialog.resize(wanted.expandedTo(dialog.minimumSizeHint()).boundedTo(room))
