"""The menu bar: every action of the window with its standard shortcut."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.theme import ThemeChoice
from catdog_gui.look.words import THEMES
from catdog_gui.state.context import PageName

Key = QKeySequence.StandardKey


class Menus(QObject):
    """Fills a menu bar; each entry emits one of these signals."""

    photos_wanted = Signal()
    folder_wanted = Signal()
    camera_wanted = Signal()
    model_wanted = Signal()
    undo_wanted = Signal()
    paste_wanted = Signal()
    clear_wanted = Signal()
    page_wanted = Signal(str)
    theme_wanted = Signal(str)
    full_screen_wanted = Signal(bool)
    preferences_wanted = Signal()
    quit_wanted = Signal()
    manual_wanted = Signal()
    shortcuts_wanted = Signal()
    errors_wanted = Signal()
    about_wanted = Signal()

    def __init__(self, bar: QMenuBar, pages: Mapping[PageName, str], choice: ThemeChoice) -> None:
        super().__init__(bar)
        self._file(bar.addMenu(tr("&File")))
        self._edit(bar.addMenu(tr("&Edit")))
        self._view(bar.addMenu(tr("&View")), pages, choice)
        self._help(bar.addMenu(tr("&Help")))

    def _file(self, menu: QMenu) -> None:
        _add(menu, tr("&Open photos…"), self.photos_wanted.emit, Key.Open, icon="photos")
        _add(menu, tr("Open &folder…"), self.folder_wanted.emit, "Ctrl+Shift+O", icon="folder")
        _add(menu, tr("Use the &camera…"), self.camera_wanted.emit, icon="camera")
        _add(menu, tr("Open a &model file…"), self.model_wanted.emit, "Ctrl+Shift+M", icon="models")
        menu.addSeparator()
        leave = _add(menu, tr("&Quit"), self.quit_wanted.emit, Key.Quit)
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        if leave.shortcut().isEmpty():  # Windows names none
            leave.setShortcut("Ctrl+Q")

    def _edit(self, menu: QMenu) -> None:
        self._undo = _add(menu, "", self.undo_wanted.emit, Key.Undo, icon="reset")
        self.show_undo(0)
        menu.addSeparator()
        _add(menu, tr("&Paste photos"), self.paste_wanted.emit, Key.Paste, icon="paste")
        _add(menu, tr("&Clear photos"), self.clear_wanted.emit, "Ctrl+Shift+Backspace", icon="trash")
        menu.addSeparator()
        preferences = _add(menu, tr("P&references…"), self.preferences_wanted.emit, Key.Preferences, icon="settings")
        preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
        if preferences.shortcut().isEmpty():
            preferences.setShortcut("Ctrl+,")

    def show_undo(self, photos: int) -> None:
        """Offer to put back so many photos that were removed from the list; 0 offers nothing."""
        words = tr_n(photos, "&Undo removing %n photo", "&Undo removing %n photos") if photos else tr("&Undo")
        self._undo.setText(words)
        self._undo.setEnabled(photos > 0)

    def _view(self, menu: QMenu, pages: Mapping[PageName, str], choice: ThemeChoice) -> None:
        for number, (name, title) in enumerate(pages.items(), start=1):
            _add(menu, f"&{tr(title)}", self._emitter(self.page_wanted, name), f"Ctrl+{number}", icon=name)
        menu.addSeparator()
        themes = menu.addMenu(tr("T&heme"))
        group = QActionGroup(themes)
        self.theme_actions = {}
        for key, title in THEMES.items():
            action = _add(themes, tr(title), self._emitter(self.theme_wanted, key))
            action.setCheckable(True)
            action.setChecked(key == choice)
            group.addAction(action)
            self.theme_actions[key] = action
        full = QAction(tr("&Full screen"), menu)
        full.setCheckable(True)
        full.setShortcuts(QKeySequence.keyBindings(Key.FullScreen) or [QKeySequence("F11")])
        full.toggled.connect(self.full_screen_wanted)
        menu.addAction(full)

    def _help(self, menu: QMenu) -> None:
        _add(menu, tr("CatDog &manual"), self.manual_wanted.emit, Key.HelpContents, icon="help")
        _add(menu, tr("&Keyboard shortcuts"), self.shortcuts_wanted.emit)
        _add(menu, tr("&Errors…"), self.errors_wanted.emit, icon="warning")
        menu.addSeparator()
        about = _add(menu, tr("&About CatDog"), self.about_wanted.emit, icon="info")
        about.setMenuRole(QAction.MenuRole.AboutRole)

    @staticmethod
    def _emitter(signal: SignalInstance, value: str) -> Callable[[], None]:
        return lambda: signal.emit(value)


def _add(
    menu: QMenu, text: str, do: Callable[[], None], shortcut: Key | str | None = None, *, icon: str = ""
) -> QAction:
    action = QAction(text, menu)
    if icon:
        action.setIcon(theme.icon(icon, "muted"))
    if shortcut is not None:
        action.setShortcut(QKeySequence(shortcut))
    action.triggered.connect(lambda _checked=False: do())
    menu.addAction(action)
    return action
