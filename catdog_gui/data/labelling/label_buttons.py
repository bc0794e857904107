"""What can be said of the chosen photos: a button for each label, with its key, and undo."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from catdog_gui.data.labelling.label_keys import KEYS
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import photo_count
from catdog_gui.widgets.flow import Flow
from trainer.dataset.label_file import Label

_DOT = 12


class LabelButtons(QWidget):
    """`acted` tells what was clicked."""

    acted = Signal(str)
    """An Act."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Label, QPushButton] = {label: self._button(label) for label in KEYS}
        self.undo = self._button("undo")
        self.undo.setText(tr("Undo"))
        self.undo.setIcon(theme.icon("reset"))
        key = QKeySequence(QKeySequence.StandardKey.Undo).toString(QKeySequence.SequenceFormat.NativeText)
        self.undo.setToolTip(tr("Take the last label back ({key})", key=key))
        self.show_classes((tr("First class"), tr("Second class")))
        self.chosen = QLabel()
        self.chosen.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(Flow(*self.buttons.values(), self.undo, spacing=theme.S), 1)
        row.addWidget(self.chosen)
        theme.theme().changed.connect(self._show_colours)

    def show_classes(self, classes: tuple[str, str]) -> None:
        """Name the buttons."""
        names = {"first": classes[0], "second": classes[1], "neither": tr("Neither"), "skipped": tr("Skip")}
        for label, button in self.buttons.items():
            name = names[label].replace("&", "&&")
            key = QKeySequence(KEYS[label][0]).toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(tr(" {key}  {name}", key=key, name=name))
            button.setAccessibleName(names[label])
        self._show_colours()

    def show_chosen(self, photos: int, *, can_undo: bool) -> None:
        """Say how many photos are chosen, and whether there is something to take back."""
        self.chosen.setText(tr("Chosen: {photos}", photos=photo_count(photos)))
        for button in self.buttons.values():
            button.setEnabled(photos > 0)
        self.undo.setEnabled(can_undo)

    def _button(self, act: str) -> QPushButton:
        button = QPushButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus with the photos
        button.clicked.connect(lambda: self.acted.emit(act))
        return button

    def _show_colours(self) -> None:
        for index, button in enumerate((self.buttons["first"], self.buttons["second"])):
            button.setIcon(_dot(theme.class_colour(index)))
            button.setIconSize(QSize(_DOT, _DOT))


def _dot(colour: QColor) -> QIcon:
    pixmap = QPixmap(2 * _DOT, 2 * _DOT)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(1, 1, _DOT - 2, _DOT - 2)
    painter.end()
    return QIcon(pixmap)
