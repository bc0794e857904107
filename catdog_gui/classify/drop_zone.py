"""The large field that invites photos, and says what a drop would do while something is dragged over it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.classify.session.photo_intake import Offer
from catdog_gui.look import theme
from catdog_gui.widgets.glyph import Glyph

_GLYPH = 56


class DropZone(QWidget):
    """A dashed field with an icon, a heading, a hint and room for buttons. The page it is on takes the drops."""

    def __init__(self, heading: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = (heading, hint)
        self._offer: Offer | None = None
        self._added: list[QPushButton] = []
        self._glyph = Glyph("photos", "accent", _GLYPH)
        self.heading = self._label("heading")
        self.hint = self._label("muted")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.M)
        self.buttons.addStretch(1)
        self._buttons_end = 1
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        layout.setSpacing(theme.S)
        layout.addStretch(4)
        layout.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(theme.S)
        layout.addWidget(self.heading)
        layout.addWidget(self.hint)
        layout.addSpacing(theme.M)
        layout.addLayout(self.buttons)
        layout.addStretch(5)
        theme.theme().changed.connect(self.update)
        self.show_offer(None)

    @property
    def offer(self) -> Offer | None:
        """What hovers over it at the moment."""
        return self._offer

    def add_button(self, button: QPushButton) -> None:
        """Put a button beside the others, below the words."""
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        self._added.append(button)
        self.buttons.insertWidget(self._buttons_end, button)
        self._buttons_end += 1

    def say(self, heading: str, hint: str) -> None:
        """Change the words that are shown while nothing hovers."""
        self._usual = (heading, hint)
        self.show_offer(self._offer)

    def show_offer(self, offer: Offer | None) -> None:
        """Show what a drop would do, or why nothing can be dropped; None shows the usual words."""
        self._offer = offer
        heading, hint = self._usual if offer is None else (offer.text, "")
        self.heading.setText(heading)
        self.hint.setText(hint)
        for button in self._added:
            button.setVisible(offer is None)
        refused = offer is not None and not offer.accepted
        self._glyph.show_icon("forbidden" if refused else "drop" if offer else "photos", self._role)
        self.setAccessibleName(f"{heading}. {hint}" if hint else heading)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field."""
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = c.surface if self._offer is None else c.accent_soft if self._offer.accepted else c.danger_soft
        pen = QPen(QColor(c.strong_border if self._offer is None else getattr(c, self._role)))
        pen.setWidthF(1.5 if self._offer is None else 2.5)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3.5])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 16, 16)
        painter.end()

    @property
    def _role(self) -> str:
        return "danger" if self._offer is not None and not self._offer.accepted else "accent"

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label
