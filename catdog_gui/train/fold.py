"""A heading that folds and unfolds what is under it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme


class Fold(QWidget):
    """Folded at first; `content` is shown when the heading is clicked, or Space pressed on it."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.heading = QPushButton(title)
        self.heading.setAccessibleName(title)
        self.heading.setCheckable(True)
        self.heading.setProperty("kind", "link")
        self.heading.toggled.connect(self._unfold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(content)
        self._unfold(False)

    def _unfold(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal carries it
        self.content.setVisible(shown)
        self.heading.setIcon(theme.icon("chevron-down" if shown else "chevron-right", "accent"))
