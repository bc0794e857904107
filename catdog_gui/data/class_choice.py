"""Where a folder does not hold two classes: two of several are chosen, or the other one is added."""

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from catdog_gui.data.dataset_work import OtherClasses
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.words import photo_count, plain_tooltip
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.flow import Flow
from trainer.core.dataset_choice import DatasetChoice
from trainer.dataset.found_classes import FoundClass

# More rows than these scroll by themselves.
_ROWS_IN_SIGHT = 8


class ClassChoice(QWidget):
    """One card: which two of several classes, or where the photos of the other class are."""

    chosen = Signal(object)
    """The DatasetChoice."""
    other_class_requested = Signal()
    """The folder with the photos of the second class is to be chosen in a dialog."""
    dismissed = Signal()
    label_requested = Signal(object)
    """The folder, in which both classes are mixed, as a Path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: OtherClasses | None = None
        self._order: list[QCheckBox] = []
        """The boxes that are ticked, the first one first."""
        self.boxes: list[QCheckBox] = []
        self._heading, self._words = QLabel(), QLabel()
        self._heading.setProperty("role", "heading")
        self._words.setProperty("role", "muted")
        for label in (self._heading, self._words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._list = QScrollArea()
        self._list.setWidgetResizable(True)
        self._list.setFrameShape(QScrollArea.Shape.NoFrame)
        self._list.setWidget(QWidget())
        self.use = QPushButton(tr("Use these two"))
        self.use.setProperty("kind", "primary")
        self.use.clicked.connect(self._go_on)
        self.dismiss = QPushButton(tr("Choose other photos"))
        self.dismiss.clicked.connect(self.dismissed)
        self.label = QPushButton(tr("Label the photos…"))
        self.label.clicked.connect(self._label)
        self._lay_out()

    @property
    def waits_for_other_class(self) -> bool:
        """Whether there is one class, and the other is asked for."""
        return self._found is not None and len(self._found.classes) == 1

    def show_classes(self, found: OtherClasses) -> None:
        """Offer these classes."""
        self._found = found
        several = len(found.classes) > 1
        self._list.setVisible(several)
        self.label.setVisible(found.root.is_dir())
        self._order.clear()
        if several:
            self._heading.setText(tr("Which two?"))
            self._words.setText(
                tr_n(
                    len(found.classes),
                    "{name} holds photos of %n class. CatDog tells two classes apart: choose two of them.",
                    "{name} holds photos of %n classes. CatDog tells two classes apart: choose two of them.",
                    name=found.root.name,
                )
            )
            self.use.setText(tr("Use these two"))
        else:
            self._ask_for_other(found.classes[0])
        self._fill(found.classes if several else ())
        self._follow()

    def _label(self) -> None:
        if self._found is not None:
            self.label_requested.emit(self._found.root)

    def forget(self) -> None:
        """Ask for nothing any more."""
        self._found = None

    def with_other(self, folder: Path) -> DatasetChoice:
        """Return the dataset of the one class there is and this folder. Raises DatasetError where that is none."""
        assert self._found is not None
        return DatasetChoice.of_folders([*(self._found.root / each for each in self._found.classes[0].folders), folder])

    def keyboard_start(self) -> None:
        """Focus what comes next."""
        (self.boxes[0] if self.boxes else self.use).setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        card = Card()
        card.body.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        card.body.setSpacing(theme.M)
        for widget in (
            self._heading,
            self._words,
            self._list,
            Flow(self.use, self.label, self.dismiss, spacing=theme.S),
        ):
            card.body.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        layout.addStretch(1)

    def _ask_for_other(self, one: FoundClass) -> None:
        self._heading.setText(
            tr_n(
                one.photos,
                "%n photo of one class, {name}. Where are the others?",
                "%n photos of one class, {name}. Where are the others?",
                name=one.name,
            )
        )
        self._words.setText(
            tr(
                "CatDog learns to tell two classes apart. Choose the folder with photos of the other class, or drop it "
                "here: each class is called after its folder. If both classes are mixed here, label the photos."
            )
        )
        self.use.setText(tr("Choose the other folder…"))

    def _fill(self, classes: tuple[FoundClass, ...]) -> None:
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, theme.S, 0)
        grid.setHorizontalSpacing(theme.L)
        grid.setVerticalSpacing(theme.S)
        grid.setColumnStretch(2, 1)
        self.boxes = [self._row(grid, row, found) for row, found in enumerate(classes)]
        self._list.setWidget(rows)
        order = [*self.boxes, self.use, self.label, self.dismiss]  # the boxes were made last, and come first for Tab
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        height = rows.sizeHint().height()
        if len(classes) > _ROWS_IN_SIGHT:
            height = height * _ROWS_IN_SIGHT // len(classes) + height // len(classes) // 2  # half a row says: scroll
        self._list.setFixedHeight(height)

    def _row(self, grid: QGridLayout, row: int, found: FoundClass) -> QCheckBox:
        box = QCheckBox(found.name.replace("&", "&&"))
        count = QLabel(photo_count(found.photos))
        count.setProperty("role", "muted")
        box.setAccessibleName(f"{found.name}, {count.text()}")
        box.setToolTip(plain_tooltip("\n".join(found.folders)))
        box.toggled.connect(lambda on: self._tick(box, on=on))
        grid.addWidget(box, row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(count, row, 1)
        return box

    def _tick(self, box: QCheckBox, *, on: bool) -> None:
        """Keep two ticks at most: a third takes the place of the first one."""
        if on:
            self._order.append(box)
        elif box in self._order:
            self._order.remove(box)
        if len(self._order) > 2:
            self._order[0].setChecked(False)
        self._follow()

    def _follow(self) -> None:
        self.use.setEnabled(not self.boxes or len(self._order) == 2)

    def _go_on(self) -> None:
        if self._found is None:
            return
        if self.waits_for_other_class:
            self.other_class_requested.emit()
            return
        two = [found for box, found in zip(self.boxes, self._found.classes, strict=True) if box.isChecked()]
        folders = tuple(folder for found in two for folder in found.folders)
        self.chosen.emit(DatasetChoice(root=str(self._found.root), class_folders=folders))
