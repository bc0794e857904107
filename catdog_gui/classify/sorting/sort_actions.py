"""The entries of the menus that have to do with sorting, and what they open."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.state.context import Context

if TYPE_CHECKING:
    from catdog_gui.classify.sorting.watch_dialog import WatchDialog
    from trainer.sorting.journal import Journal

_KEY = "Ctrl+Shift+S"


class SortActions(QObject):
    """Sorts the selected photos where they are several, else all that are shown."""

    def __init__(self, context: Context, photos: PhotoList, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._photos, self._window = context, photos, parent
        self._watch: WatchDialog | None = None
        QShortcut(QKeySequence(_KEY), parent, lambda: self.sort(()))

    def fill_menu(self, menu: QMenu, selected: Sequence[SessionPhoto]) -> None:
        """Add all entries."""
        self.add_sort(menu, selected)
        self._add(menu, "reset", tr("Take a sorting back…")).triggered.connect(self.take_back)
        watch = self._add(menu, "eye", tr("Watch a folder…"))
        watch.setCheckable(True)
        watch.setChecked(self._watch is not None and self._watch.running)
        watch.triggered.connect(self.watch)

    def add_sort(self, menu: QMenu, selected: Sequence[SessionPhoto]) -> None:
        """Add the entry that sorts."""
        chosen = self._chosen(selected)
        words = tr("Sort the selected photos into folders…") if len(selected) > 1 else tr("Sort into folders…")
        entry = self._add(menu, "sort", words)
        entry.setShortcut(QKeySequence(_KEY))
        entry.setEnabled(any(photo.prediction is not None and photo.path is not None for photo in chosen))
        entry.triggered.connect(lambda: self.sort(selected))

    def sort(self, selected: Sequence[SessionPhoto]) -> None:
        """Ask how, and sort."""
        from catdog_gui.classify.sorting.sort_dialog import SortDialog  # noqa: PLC0415 - few sessions need it

        chosen = self._chosen(selected)
        predictions = [
            msgspec.structs.replace(photo.prediction, path=str(photo.path))
            for photo in chosen
            if photo.prediction is not None and photo.path is not None
        ]
        dialog = SortDialog(predictions, len(chosen) - len(predictions), self._context.settings, self._window)
        dialog.moved.connect(self._follow)
        dialog.open()

    def take_back(self) -> None:
        """Show what was sorted, to take it back."""
        from catdog_gui.classify.sorting.undo_dialog import UndoDialog  # noqa: PLC0415 - as above

        dialog = UndoDialog(self._window)
        dialog.undone.connect(self._follow_back)
        dialog.open()

    def watch(self) -> None:
        """Show the switch for watching a folder."""
        if self._watch is None:
            from catdog_gui.classify.sorting.watch_dialog import WatchDialog  # noqa: PLC0415 - as above

            self._watch = WatchDialog(self._context, self._window)
        self._watch.show()
        self._watch.raise_()
        self._watch.activateWindow()

    def _chosen(self, selected: Sequence[SessionPhoto]) -> list[SessionPhoto]:
        return list(selected if len(selected) > 1 else self._photos.shown)

    def _follow(self, moves: Mapping[Path, Path]) -> None:
        self._photos.follow(moves)

    def _follow_back(self, journal: "Journal") -> None:
        if journal.begun.action == "move":
            steps = [intent.step for intent in journal.intents.values() if hasattr(intent, "step")]
            self._photos.follow({Path(step.target): Path(step.source) for step in steps if Path(step.source).is_file()})

    @staticmethod
    def _add(menu: QMenu, icon: str, words: str) -> QAction:
        action = QAction(theme.icon(icon, "muted"), words, menu)
        menu.addAction(action)
        return action
