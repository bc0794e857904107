"""The choice of the model in use: a button with its name, and a menu of the others."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import STARTER, STARTER_NOTE, percent, plain_tooltip

if TYPE_CHECKING:
    from trainer.storage.model_list import ModelEntry

_MAX_LISTED = 12
_MAX_WIDTH = 340


class ModelChooser(QPushButton):
    """Emits what the user asks for; the page acts on it."""

    chosen = Signal(object)  # Path
    open_wanted = Signal()
    manage_wanted = Signal()
    about_to_open = Signal()
    """The menu is about to be shown: the time to call `show_models` with a fresh list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[ModelEntry] = []
        self._current: ModelEntry | None = None
        self.setProperty("menu", "true")
        self.setIcon(theme.icon("models", "accent"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_MAX_WIDTH)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.show_models([], None)

    def show_models(self, entries: "list[ModelEntry]", current: "ModelEntry | None") -> None:
        """Offer these models, of which one, or none, is in use."""
        self._entries, self._current = entries, current
        if current is None:
            self._say(tr("No model"), tr("Choose the model that classifies photos"))
            return
        from catdog_gui.look.model_words import model_detail  # noqa: PLC0415 - the first paint does without

        self._say(_title(current), model_detail(current))

    def show_starter(self) -> None:
        """Say that the starter model is in use, before its file is read."""
        self._say(tr(STARTER), tr(STARTER_NOTE))

    def _say(self, title: str, words: str) -> None:
        room = _MAX_WIDTH - 80
        self.setText(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&"))
        self.setAccessibleName(tr("Model in use: {model}", model=title))
        self.setAccessibleDescription(words)
        self.setToolTip(plain_tooltip(f"{title}\n{words}"))

    def minimumSizeHint(self) -> QSize:
        """Narrow windows may cut the name further."""
        return QSize(120, super().minimumSizeHint().height())

    def _fill(self) -> None:
        from catdog_gui.look.model_words import model_detail, told_apart  # noqa: PLC0415 - the first paint does without

        self.about_to_open.emit()
        self._menu.clear()
        group = QActionGroup(self._menu)
        listed = self._listed()
        for entry, title in zip(listed, told_apart(listed), strict=True):
            action = QAction(f"{_shown(title)}\t{_accuracy(entry)}", group)
            action.setCheckable(True)
            action.setChecked(self._current is not None and entry.path == self._current.path)
            action.setToolTip(plain_tooltip(f"{model_detail(entry)}\n{entry.path}"))
            action.triggered.connect(self._chooser(entry.path))
            self._menu.addAction(action)
        if self._entries:
            self._menu.addSeparator()
        self._menu.addAction(theme.icon("folder", "muted"), tr("Open a model file…"), self.open_wanted.emit)
        self._menu.addAction(theme.icon("models", "muted"), tr("All models…"), self.manage_wanted.emit)

    def _listed(self) -> "list[ModelEntry]":
        listed = self._entries[:_MAX_LISTED]
        if self._current is not None and all(entry.path != self._current.path for entry in listed):
            listed.insert(0, self._current)
        return listed + [entry for entry in self._entries[_MAX_LISTED:] if entry.is_starter and entry not in listed]

    def _chooser(self, path: Path) -> Callable[[], None]:
        return lambda: self.chosen.emit(path)


def _title(entry: "ModelEntry") -> str:
    return tr(STARTER) if entry.is_starter else entry.title


def _shown(title: str) -> str:
    short = title if len(title) <= 44 else f"{title[:22]}…{title[-20:]}"
    return short.replace("&", "&&")


def _accuracy(entry: "ModelEntry") -> str:
    return "" if entry.accuracy is None else percent(entry.accuracy)
