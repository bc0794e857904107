"""The window's dialogs, each imported and made when it is first needed: the first paint waits for none of them."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow

from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter


class Dialogs(QObject):
    """None of them is modal: the window stays usable."""

    theme_chosen = Signal(str)

    def __init__(self, window: QMainWindow, context: Context, errors: ErrorCenter) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._errors = errors
        self._open: dict[str, QDialog] = {}

    def set_theme(self, choice: str) -> None:
        """Use a theme from now on."""
        if choice in ("system", "light", "dark") and choice != self._context.settings.theme:
            self._context.settings.theme = choice  # type: ignore[assignment]  # checked in the line above
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            theme.apply(app, self._context.settings.theme)
            self.theme_chosen.emit(choice)

    def show_preferences(self) -> None:
        """Show the preferences."""
        from catdog_gui.dialogs.preferences import Preferences  # noqa: PLC0415 - see the module's first line

        if "preferences" not in self._open:
            dialog = Preferences(self._context, self._window)
            dialog.theme_wanted.connect(self.set_theme)
            self._keep("preferences", dialog)
        self._show("preferences")

    def show_about(self) -> None:
        """Show versions and licences."""
        from catdog_gui.dialogs.about import About  # noqa: PLC0415 - see the module's first line

        if "about" not in self._open:
            self._keep("about", About(self._window))
        self._show("about")

    def show_manual(self) -> None:
        """Show the manual."""
        self._show_page("manual")

    def show_shortcuts(self) -> None:
        """Show the manual's page on the keyboard."""
        self._show_page("manual", "keyboard")

    def show_errors(self) -> None:
        """Show all errors of this session."""
        from catdog_gui.dialogs.error_list import ErrorList  # noqa: PLC0415 - see the module's first line

        if "errors" not in self._open:
            self._keep("errors", ErrorList(self._errors, self._window))
        self._show("errors")

    def _show_page(self, name: str, anchor: str = "") -> None:
        from catdog_gui.dialogs.manual import Manual  # noqa: PLC0415 - see the module's first line

        dialog = self._open.get(name)
        if not isinstance(dialog, Manual):
            dialog = Manual(self._window)
            self._keep(name, dialog)
        self._show(name)
        dialog.go_to(anchor)

    def _keep(self, name: str, dialog: QDialog) -> None:
        self._open[name] = dialog
        dialog.finished.connect(lambda _code: self._forget(name))

    def _forget(self, name: str) -> None:
        dialog = self._open.pop(name, None)
        if dialog is not None:
            dialog.deleteLater()

    def _show(self, name: str) -> None:
        dialog = self._open[name]
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
