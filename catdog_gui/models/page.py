"""The Models page: every model that was trained on this computer or opened on it."""

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.models.model_table import ModelTable
from catdog_gui.models.no_models import NoModels
from catdog_gui.models.trash import move_to_trash
from catdog_gui.state.context import Context
from catdog_gui.widgets.show_in_folder import show_in_folder
from trainer.storage.model_changes import belongs_to_run, delete_model, import_model, rename_model
from trainer.storage.model_list import ModelEntry, list_models


class ModelsPage(QWidget):
    """Reads the list in the background whenever something may have changed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._listed = False
        self.table = ModelTable()
        self.empty = NoModels()
        self.empty.hide()
        self.open = self._button("Open a model file…", "folder", self.open_file)
        self.use = self._button("Use", "success", self.use_chosen, primary=True)
        self.evaluate = self._button("Evaluate", "evaluate", self.evaluate_chosen)
        self.rename = self._button("Rename", "pencil", self.table.edit_name)
        self.show_folder = self._button("Show in folder", "folder-show", self.show_chosen)
        self.delete = self._button("Delete", "trash", self.delete_chosen)
        self._of_chosen = (self.use, self.evaluate, self.rename, self.show_folder, self.delete)
        self._lay_out()
        self.table.selection_changed.connect(self._refresh)
        self.table.doubleClicked.connect(lambda _index: self.use_chosen())
        self.table.models.rename_requested.connect(self._rename)
        self.empty.train_requested.connect(lambda: context.show_page("data"))
        self.empty.open_requested.connect(self.open_file)
        context.models_changed.connect(self.list_models)
        context.model_changed.connect(self._mark_current)
        self._refresh()

    def list_models(self) -> None:
        """Read the list again, in the background."""
        self._listed = True
        folder = self._context.settings.runs_folder
        task = worker.start(lambda _emit, _control: list_models(folder), parent=self)
        task.succeeded.connect(self._show_models)

    def use_chosen(self) -> None:
        """Classify photos with the selected model from now on."""
        entry = self.table.chosen()
        if entry is not None:
            self._context.use_model(entry.path)
            self._context.say(f"{entry.title} is now in use.")

    def evaluate_chosen(self) -> None:
        """Go to the Evaluate page with the selected model."""
        entry = self.table.chosen()
        if entry is not None:
            self._context.evaluate(entry.path)

    def show_chosen(self) -> None:
        """Show the selected model's file in the system's file manager."""
        entry = self.table.chosen()
        if entry is not None:
            show_in_folder(entry.path)

    def open_file(self) -> None:
        """Let the user choose a model file, and copy it to the other models."""
        start = str(self._context.settings.last_folder("model"))
        name, _ = QFileDialog.getOpenFileName(self, "Open a model file", start, "CatDog models (*.safetensors)")
        if name:
            self._context.settings.remember_folder("model", Path(name).parent)
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Copy a model file into the models folder, in the background."""
        task = worker.start(lambda _emit, _control: import_model(path), parent=self)
        task.succeeded.connect(self._on_imported)
        task.failed.connect(self._context.report)

    def delete_chosen(self) -> None:
        """Ask, then move the selected model to the trash."""
        entry = self.table.chosen()
        if entry is None or entry.is_starter:
            return
        controller = self._context.run_controller
        if controller.running and controller.run_folder == entry.path.parent:
            self._context.say("This model is being trained right now.")
            return
        if self._confirms(entry):
            self._delete(entry)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list when the page is first shown."""
        super().showEvent(event)
        self.table.setFocus()
        if not self._listed:
            self.list_models()

    def _lay_out(self) -> None:
        title = QLabel("Models")
        title.setProperty("role", "title")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.open)
        actions = QHBoxLayout()
        actions.setSpacing(theme.S)
        for button in self._of_chosen[:-1]:
            actions.addWidget(button)
        actions.addStretch(1)
        actions.addWidget(self.delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        layout.setSpacing(theme.L)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addLayout(actions)

    def _show_models(self, entries: list[ModelEntry]) -> None:
        self.table.show_models(entries)
        self.table.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        for button in self._of_chosen:
            button.setVisible(bool(entries))
        self._mark_current()
        self._refresh()

    def _mark_current(self, _model: object = None) -> None:
        self.table.models.mark_current(self._context.current_model)
        self._refresh()

    def _refresh(self) -> None:
        entry = self.table.chosen()
        for button in self._of_chosen:
            button.setEnabled(entry is not None)
        fixed = entry is not None and entry.is_starter
        for button in (self.rename, self.delete):
            button.setEnabled(entry is not None and not fixed)
            button.setToolTip("The starter model comes with CatDog and cannot be changed." if fixed else "")
        if entry is not None and entry.path == self._context.current_model:
            self.use.setEnabled(False)

    def _rename(self, path: Path, name: str) -> None:
        task = worker.start(lambda _emit, _control: rename_model(path, name), parent=self)
        task.succeeded.connect(lambda _: self._context.models_changed.emit())
        task.failed.connect(self._context.report)

    def _on_imported(self, path: Path) -> None:
        self._context.models_changed.emit()
        self._context.use_model(path)
        self._context.say(f"{path.stem} is now in use.")

    def _confirms(self, entry: ModelEntry) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Delete model")
        box.setText(f"Move “{entry.title}” to the trash?")
        of_run = belongs_to_run(entry.path)
        box.setInformativeText("Its run goes with it: the curves, the evaluation and the checkpoint." if of_run else "")
        go = box.addButton("Move to trash", QMessageBox.ButtonRole.DestructiveRole)
        go.setProperty("kind", "danger")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        agrees: bool = box.clickedButton() is go
        box.deleteLater()
        return agrees

    def _delete(self, entry: ModelEntry) -> None:
        used = entry.path == self._context.current_model
        task = worker.start(lambda _emit, _control: delete_model(entry.path, move_to_trash), parent=self)
        task.succeeded.connect(lambda _: self._deleted(entry, used=used))
        task.failed.connect(self._context.report)

    def _deleted(self, entry: ModelEntry, *, used: bool) -> None:
        if used:
            self._context.use_model(None)
        self._context.models_changed.emit()
        self._context.say(f"{entry.title} was moved to the trash.")

    def _button(self, text: str, icon: str, act: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setIcon(theme.icon(icon, "on_accent" if primary else "text"))
        button.setAccessibleName(text.rstrip("…"))
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(act)
        return button
