"""The recipes as cards, one of which is chosen."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from trainer.core.recipes import Recipe

_PAD, _APART = 14, 8


class RecipeCards(QWidget):
    """Radio buttons that look like cards."""

    changed = Signal(str)
    """Name of the recipe chosen."""

    def __init__(
        self, recipes: Mapping[str, Recipe], parent: QWidget | None = None, *, first: Recipe | None = None
    ) -> None:
        """Show `recipes` in a row, and `first` above them."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self.cards: dict[str, RecipeCard] = {}
        if first is not None:
            column.addWidget(self._card(first))
        for recipe in recipes.values():
            row.addWidget(self._card(recipe), 1)
        column.addLayout(row)
        next(iter(self.cards.values())).setChecked(True)

    def _card(self, recipe: Recipe) -> "RecipeCard":
        card = self.cards[recipe.name] = RecipeCard(recipe)
        card.clicked.connect(lambda _checked, name=recipe.name: self.changed.emit(name))
        self._group.addButton(card)
        return card

    def choose(self, name: str) -> None:
        """Mark a recipe as chosen, without `changed`."""
        self.cards[name].setChecked(True)

    def chosen(self) -> str:
        """Return the name of the recipe chosen."""
        return next(name for name, card in self.cards.items() if card.isChecked())


class RecipeCard(QAbstractButton):
    """One recipe: its title, its summary, and when to choose it."""

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = translated(recipe.title)
        self._summary, self._advice = translated(recipe.summary), translated(recipe.recommendation)
        self.setCheckable(True)
        self.setAccessibleName(tr("Recipe {title}", title=self._title))
        self.say(self._summary)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # all as high as the highest
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def summary(self) -> str:
        """What it says of the recipe."""
        return self._summary

    def say(self, summary: str) -> None:
        """Say this of the recipe."""
        self._summary = summary
        self.setAccessibleDescription(f"{summary} {self._advice}".rstrip())
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for two lines of summary."""
        return QSize(220, self.heightForWidth(220))

    def minimumSizeHint(self) -> QSize:
        """Narrow cards have more lines."""
        return QSize(150, 60)

    def heightForWidth(self, width: int) -> int:
        """Return the height that the words take."""
        room = max(width - 2 * _PAD - 2, 50)
        texts = (self._summary, self._advice)
        lines = sum(self._height_of(text, room) + _APART for text in texts if text)
        return self.fontMetrics().height() + lines + 2 * _PAD

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height that the lines need; a row of cards does not do so by itself."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(event.size().width()))

    def _height_of(self, text: str, width: int) -> int:
        return self.fontMetrics().boundingRect(0, 0, width, 1000, Qt.TextFlag.TextWordWrap, text).height()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        marked = self.isChecked()
        edge = colours.accent if marked or self.hasFocus() else colours.strong_border
        painter.setPen(QPen(QColor(edge), 2 if marked or self.hasFocus() else 1))
        hovered = self.underMouse() and not marked
        painter.setBrush(QColor(colours.accent_soft if marked else colours.sunken if hovered else colours.surface))
        painter.drawRoundedRect(room, 10, 10)
        if self.hasFocus():
            theme.draw_focus(painter, room, 10)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        wrapped = side.value | Qt.TextFlag.TextWordWrap.value
        text = room.adjusted(_PAD, _PAD - 2, -_PAD, -_PAD)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.accent if marked else colours.text))
        painter.drawText(text, side | Qt.AlignmentFlag.AlignTop, self._title)
        painter.setFont(self.font())
        text.setTop(text.top() + self.fontMetrics().height() + _APART - 2)
        painter.setPen(QColor(colours.text if marked else colours.muted))
        painter.drawText(text, wrapped, self._summary)
        text.setTop(text.top() + self._height_of(self._summary, int(text.width())) + _APART)
        painter.setPen(QColor(colours.text))
        painter.drawText(text, wrapped, self._advice)
        painter.end()
