"""The photos to label, with all that is said of them: one shelf of them at a time, as a grid or one large."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.data.labelling.label_buttons import LabelButtons
from catdog_gui.data.labelling.label_grid import LabelGrid
from catdog_gui.data.labelling.label_header import LabelHeader
from catdog_gui.data.labelling.label_keys import KEYS
from catdog_gui.data.labelling.label_large import LabelLarge
from catdog_gui.data.labelling.label_session import LabelSession
from catdog_gui.data.labelling.shelf import SHELVES, Shelf, groups_left, on_shelf, tiles_of, title_of
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.widgets.current_stack import CurrentStack


class LabelView(QWidget):
    """Shows a `LabelSession` that is open."""

    use_requested = Signal()
    """The labels are to be used as a dataset."""

    def __init__(self, session: LabelSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._group = 0
        self.header = LabelHeader()
        self.shelf = QComboBox()
        self.shelf.setAccessibleName(tr("Photos to show"))
        # The names of classes may be long: where there is no room for one, it is elided.
        self.shelf.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.shelf.setMinimumContentsLength(24)
        self.next_group = QPushButton(tr("Next group"))
        self.all = QPushButton(tr("Choose all"))
        self._group_words = QLabel()
        self._group_words.setProperty("role", "muted")
        self.grid, self.large = LabelGrid(), LabelLarge()
        self._nothing = QLabel()
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("role", "muted")
        self.stack = CurrentStack()
        for widget in (self.grid, self.large, self._nothing):
            self.stack.addWidget(widget)
        self.buttons = LabelButtons()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """Show a session that was just opened."""
        classes = self._session.file.classes
        self.shelf.blockSignals(True)
        self.shelf.clear()
        for shelf in SHELVES:
            self.shelf.addItem(title_of(shelf, classes), shelf)
        known = self._session.suggestions.probabilities is not None or bool(self._session.file.labels)
        self.shelf.setCurrentIndex(0 if known else 1)
        self.shelf.blockSignals(False)
        self._group = 0
        self.buttons.show_classes(classes)
        self.stack.setCurrentWidget(self.grid)
        self._change_shelf()
        self.grid.setFocus()

    def refresh(self) -> None:
        """Show what has changed."""
        if not self._session.is_open:
            return
        book, suggestions = self._session.file, self._session.suggestions
        self.header.show_state(book, suggestions)
        digests = on_shelf(self._shelf, book, suggestions, self._group)
        self.grid.show_photos(digests, tiles_of(digests, book, suggestions))
        self._show_group()
        self._show_stack(empty=not digests)
        self._show_chosen()

    def close_photos(self) -> None:
        """Stop loading images."""
        self.grid.tiles.close()
        self.large.close_images()

    @property
    def _shelf(self) -> Shelf:
        shelf: Shelf = self.shelf.currentData()
        return shelf

    def _act(self, act: str) -> None:
        session = self._session
        if not session.is_open:
            return
        if act == "undo":
            session.undo()
            return
        label = next(label for label in KEYS if label == act)
        on_large = self.stack.currentWidget() is self.large
        chosen = [self.grid.current] if on_large and self.grid.current is not None else self.grid.chosen
        session.say(label, [digest for digest in chosen if digest is not None])

    def _change_shelf(self) -> None:
        self.refresh()
        if self._shelf == "groups":
            self.grid.selectAll()

    def _step_group(self) -> None:
        self._group += 1
        self._change_shelf()

    def _show_group(self) -> None:
        in_groups = self._shelf == "groups"
        for widget in (self.next_group, self._group_words):
            widget.setVisible(in_groups)
        if in_groups:
            groups = groups_left(self._session.file, self._session.suggestions)
            self.next_group.setEnabled(len(groups) > 1)
            number = self._group % len(groups) + 1 if groups else 0
            self._group_words.setText(tr("Group {number} of {count}", number=number, count=len(groups)))

    def _show_stack(self, *, empty: bool) -> None:
        on_large = self.stack.currentWidget() is self.large
        if empty:
            self._nothing.setText(tr("Every photo has a label.") if self._shelf in ("next", "groups") else tr("None."))
            self.stack.setCurrentWidget(self._nothing)
        elif not on_large:
            had_focus = self._nothing.isVisible()
            self.stack.setCurrentWidget(self.grid)
            if had_focus:
                self.grid.setFocus()
        if on_large and not empty:
            self._show_large()

    def _show_large(self) -> None:
        index = self.grid.currentIndex()
        self.large.show_photo(self.grid.tiles.tile(index) if index.isValid() else None)

    def _open_large(self) -> None:
        self.stack.setCurrentWidget(self.large)
        self._show_large()
        self.large.setFocus()
        self._show_chosen()

    def _leave_large(self) -> None:
        self.stack.setCurrentWidget(self.grid)
        self.grid.setFocus()
        self._show_chosen()

    def _step(self, by: int) -> None:
        self.grid.step(by)
        self._show_large()

    def _show_chosen(self) -> None:
        if self._session.is_open:
            on_large = self.stack.currentWidget() is self.large
            count = min(1, len(self.grid.chosen)) if on_large else len(self.grid.chosen)
            self.buttons.show_chosen(count, can_undo=self._session.file.acts > 0)

    def _connect(self) -> None:
        self._session.changed.connect(self._on_changed)
        self.header.accept_requested.connect(self._session.accept)
        self.header.use_requested.connect(self.use_requested)
        self.header.level.currentIndexChanged.connect(self.refresh)
        self.shelf.currentIndexChanged.connect(self._change_shelf)
        self.next_group.clicked.connect(self._step_group)
        self.all.clicked.connect(self.grid.selectAll)
        self.buttons.acted.connect(self._act)
        self.grid.acted.connect(self._act)
        self.grid.open_requested.connect(self._open_large)
        self.grid.chosen_changed.connect(self._show_chosen)
        self.large.acted.connect(self._act)
        self.large.stepped.connect(self._step)
        self.large.back_requested.connect(self._leave_large)

    def _on_changed(self) -> None:
        before = self.grid.current
        self.refresh()
        # The next group comes whole, to be named with one key.
        if self._shelf == "groups" and before != self.grid.current:
            self.grid.selectAll()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self.header)
        layout.addLayout(_line(self.shelf, self.all, stretched=self.shelf))
        layout.addLayout(_line(self._group_words, self.next_group, stretched=self._group_words))
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.buttons)


def _line(*widgets: QWidget, stretched: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(theme.M)
    for widget in widgets:
        line.addWidget(widget, int(widget is stretched))
    return line
