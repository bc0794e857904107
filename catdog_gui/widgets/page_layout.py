"""The layout of a page that scrolls: its title, its parts below one another, and a footer that does not scroll."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from catdog_gui.look import theme


def lay_out_page(
    page: QWidget,
    title: str,
    lines: tuple[QWidget, ...],
    parts: tuple[QWidget, ...],
    footer: QWidget | None = None,
    *,
    beside: QWidget | None = None,
) -> None:
    """Fill a page. `lines` take the room they need, and `parts`, one of which is shown at a time, the rest.

    `beside` stands at the other end of the title's line.
    """
    heading = QLabel(title)
    heading.setProperty("role", "title")
    heading.setWordWrap(True)
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
    column.setSpacing(theme.L)
    top = QHBoxLayout()
    top.addWidget(heading, 1)
    if beside is not None:
        top.addWidget(beside)
    column.addLayout(top)
    for line in lines:
        column.addWidget(line)
    for part in parts:
        column.addWidget(part, 1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus, and would be a stop that nobody sees
    scroll.setWidget(content)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(scroll, 1)
    if footer is not None:
        layout.addWidget(footer)
