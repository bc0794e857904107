"""What can be done with the selected models and runs: a row of buttons, and the same as a menu."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.models.compare_dialog import MOST
from catdog_gui.models.kept_table import can_be_renamed
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.go_on_dialog import can_go_on
from trainer.storage.collection import Kept

Act = Callable[[], object]


class KeptActions(QWidget):
    """`show_chosen` says which of them there are. `act` names what each does: use, evaluate, look, and so on."""

    def __init__(self, act: dict[str, Act], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self.use = self._button(tr("Use"), "success", "use", primary=True)
        self.evaluate = self._button(tr("Evaluate"), "evaluate", "evaluate")
        self.look = self._button("", "chart", "look")
        self.go_on = self._button(tr("Go on…"), "play", "go_on")
        self.delete = self._button(tr("Delete…"), "trash", "delete")
        self.more = QPushButton(tr("More"))
        self.more.setProperty("menu", True)
        self.menu = QMenu(self.more)
        self.rename = self._entry(tr("Rename"), "pencil", "rename")
        self.note = self._entry(tr("Note…"), "copy", "note")
        self.report = self._entry(tr("Save report…"), "save", "report")
        self.export = self._entry(tr("Export…"), "download", "export")
        self.show_folder = self._entry(tr("Show in folder"), "folder-show", "show_folder")
        self.more.setMenu(self.menu)
        self._say_look(several=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Flow(self.use, self.evaluate, self.look, self.go_on, self.more, self.delete, spacing=theme.S), 1)

    def show_chosen(self, chosen: Sequence[Kept], current: Path | None) -> None:
        """Offer what can be done with these. `current` is the model in use."""
        one = chosen[0] if len(chosen) == 1 else None
        model = one is not None and one.model is not None
        starter = any(kept.is_starter for kept in chosen)
        self.use.setEnabled(one is not None and model and one.path != current)
        self.evaluate.setEnabled(model)
        self._say_look(several=len(chosen) > 1)
        self.look.setEnabled(0 < len(chosen) <= MOST)
        self.look.setToolTip(tr("Select {most} at most.", most=MOST) if len(chosen) > MOST else "")
        self.go_on.setEnabled(one is not None and one.run is not None and can_go_on(one.run))
        self.rename.setEnabled(one is not None and can_be_renamed(one))
        self.note.setEnabled(one is not None and not one.is_starter)
        self.report.setEnabled(one is not None and one.run is not None and one.run.epochs > 0)
        self.export.setEnabled(model)
        self.show_folder.setEnabled(one is not None)
        self.more.setEnabled(one is not None)
        self.delete.setEnabled(bool(chosen) and not starter)
        fixed = tr("The starter model comes with CatDog and cannot be changed.") if starter else ""
        self.delete.setToolTip(fixed)
        self.menu.setToolTipsVisible(starter)  # without one, they say what the entries say
        for action in (self.rename, self.note):
            action.setToolTip(fixed)

    def context_menu(self, parent: QWidget) -> QMenu:
        """Return everything that can be done now, as a menu."""
        menu = QMenu(parent)
        for button in (self.use, self.evaluate, self.look, self.go_on):
            action = menu.addAction(button.text(), button.click)
            action.setEnabled(button.isEnabled())
        menu.addSeparator()
        menu.addActions([self.rename, self.note, self.report, self.export, self.show_folder])
        menu.addSeparator()
        delete = menu.addAction(self.delete.text(), self.delete.click)
        delete.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        delete.setEnabled(self.delete.isEnabled())
        return menu

    def _say_look(self, *, several: bool) -> None:
        self.look.setText(tr("Compare…") if several else tr("Details…"))

    def _button(self, text: str, icon: str, name: str, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setIcon(theme.icon(icon, "on_accent" if primary else "text"))
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(self._act[name])
        return button

    def _entry(self, text: str, icon: str, name: str) -> QAction:
        action = self.menu.addAction(theme.icon(icon, "muted"), text)
        action.triggered.connect(self._act[name])
        return action
