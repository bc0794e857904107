"""The doubtful photos, the most doubtful first, with what can be said of each."""

from typing import Final, Literal

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.data.health.health_session import HealthSession
from catdog_gui.data.health.health_words import doubt_tile
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles
from trainer.dataset.health.records import Doubt
from trainer.dataset.label_file import Label

Act = Literal["keep", "other", "omit", "undo"]
_KEYS: Final[dict[Act, Qt.Key]] = {
    "keep": Qt.Key.Key_K,
    "other": Qt.Key.Key_O,
    "omit": Qt.Key.Key_Delete,
}
_SIDE = 208


class DoubtTiles(PhotoTiles):
    """`acted` tells a key."""

    acted = Signal(str)
    """An Act."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Doubtful photos"), side=_SIDE, strip=True, parent=parent)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the answers from the window's shortcuts, such as its Undo."""
        return _keep(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the answers, with which a list would search."""
        act = _act_of(event)
        if act is not None:
            self.acted.emit(act)
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        """Do nothing by a single click: it selects."""


class DoubtsView(QWidget):
    """Hidden where no photo was doubted, and nothing was answered."""

    def __init__(self, session: HealthSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._photos: DatasetPhotos | None = None
        self._doubts: list[Doubt] = []
        self.title, self._about, self.count = _line("subheading"), _line("muted"), _line("muted")
        self._about.setText(
            tr(
                "A model that did not learn from them takes these for the other class. Say of each which class it is "
                "of: your answers are kept by the photos' content, and your files stay as they are."
            )
        )
        self.tiles = DoubtTiles()
        self.tiles.acted.connect(self._act)
        self.tiles.selectionModel().currentChanged.connect(self._follow_current)
        self.keep, self.other = self._button("keep"), self._button("other")
        self.leave_out, self.undo = self._button("omit"), self._button("undo")
        self.undo.setText(tr("Undo"))
        self.undo.setIcon(theme.icon("reset"))
        key = QKeySequence(QKeySequence.StandardKey.Undo).toString(QKeySequence.SequenceFormat.NativeText)
        self.undo.setToolTip(tr("Take the last answer back ({key})", key=key))
        self.save = QPushButton(tr("Save answers…"))
        self.save.setIcon(theme.icon("save"))
        self.save.clicked.connect(self._save)
        self._buttons = Flow(self.keep, self.other, self.leave_out, self.undo, self.save, spacing=theme.S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.S, 0, 0)
        layout.setSpacing(theme.S)
        for widget in (self.title, self._about, self.tiles, self._buttons, self.count):
            layout.addWidget(widget)
        session.changed.connect(self._refresh)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the answers, also while a button has the focus."""
        return _keep(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take them."""
        act = _act_of(event)
        if act is not None:
            self._act(act)
        else:
            super().keyPressEvent(event)

    def show_photos(self, photos: DatasetPhotos) -> None:
        """Show the photos of another dataset from now on."""
        self._photos = photos
        self._doubts = []
        self.tiles.show_tiles(photos, [])

    def _refresh(self) -> None:
        doubts, answered = self._session.doubts, self._session.answered
        checked = self._session.health is not None
        self.setVisible(checked and bool(doubts or answered))
        self.save.setEnabled(answered > 0)
        self.undo.setEnabled(self._session.can_undo)
        if doubts != self._doubts:
            self._show(doubts)
        self.title.setText(
            tr_n(len(doubts), "%n photo is doubtful", "%n photos are doubtful")
            if doubts
            else tr("No photo is doubtful any more.")
        )
        if not doubts and self.tiles.hasFocus():
            self.undo.setFocus()
        for widget in (self._about, self.tiles, self.keep, self.other, self.leave_out):
            widget.setVisible(bool(doubts))
        self.count.setText(
            tr_n(
                answered,
                "You answered for %n of these photos. The next run uses your answer.",
                "You answered for %n of these photos. The next run uses your answers.",
            )
        )
        self.count.setVisible(answered > 0)
        self._follow_current()

    def _show(self, doubts: list[Doubt]) -> None:
        """Show these; the one that was selected stays so, or else the one in its place."""
        row = max(0, self.tiles.currentIndex().row())
        before = self._doubts[row].path if row < len(self._doubts) else ""
        paths = [doubt.path for doubt in doubts]
        new = [path for path in paths if path not in {doubt.path for doubt in self._doubts}]
        if self._doubts and len(new) == 1:  # taken back: it is shown again, for another answer
            before = new[0]
        self._doubts = doubts
        self.tiles.show_tiles(self._photos, [doubt_tile(doubt) for doubt in doubts])
        if doubts:
            chosen = paths.index(before) if before in paths else min(row, len(paths) - 1)
            self.tiles.setCurrentIndex(self.tiles.tiles.index(chosen))

    def _current(self) -> Doubt | None:
        row = self.tiles.currentIndex().row()
        return self._doubts[row] if 0 <= row < len(self._doubts) else None

    def _follow_current(self) -> None:
        doubt = self._current()
        named: tuple[tuple[QPushButton, Act, str], ...] = (
            (self.keep, "keep", tr("Keep")),
            (self.other, "other", tr("It is: {name}", name=doubt.other_class if doubt is not None else "")),
            (self.leave_out, "omit", tr("Leave out")),
        )
        for button, act, words in named:
            key = QKeySequence(_KEYS[act]).toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(tr(" {key}  {name}", key=key, name=words).replace("&", "&&"))
            button.setAccessibleName(words)
            button.setEnabled(doubt is not None)

    def _act(self, act: str) -> None:
        if act == "undo":
            self._session.undo()
        elif (doubt := self._current()) is not None and self._session.dataset is not None:
            classes = self._session.dataset.classes
            labels: dict[str, Label] = {classes[0]: "first", classes[1]: "second"}
            name = {"keep": doubt.class_name, "other": doubt.other_class}.get(act, "")
            self._session.say(labels.get(name, "neither"), doubt.path)

    def _save(self) -> None:
        start = self._session.export_folder / f"{tr('answers')}.csv"
        title = tr("Save the answers as a table")
        # It says itself what it does not overwrite.
        name, _ = QFileDialog.getSaveFileName(self, title, str(start), tr("Tables") + " (*.csv)")
        if name:
            self._session.save(name)

    def _button(self, act: Act) -> QPushButton:
        button = QPushButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus with the photos
        button.clicked.connect(lambda: self._act(act))
        return button


def _act_of(event: QKeyEvent) -> Act | None:
    """Return what a key means, or None where it means nothing here."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return "undo"
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    return next((act for act, key in _KEYS.items() if event.key() == key), None)


def _keep(event: QEvent) -> bool:
    """Accept a key of the answers that a shortcut of the window would take; say whether this was one."""
    kept = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _act_of(event) is not None
    if kept:
        event.accept()
    return kept


def _line(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
