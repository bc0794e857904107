"""The Models page: every model that was trained on this computer or opened on it, and the history of all runs."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.models.compare_dialog import CompareDialog
from catdog_gui.models.deletion import Deletion
from catdog_gui.models.export_dialog import ExportDialog
from catdog_gui.models.kept_actions import KeptActions
from catdog_gui.models.kept_table import KeptTable, View
from catdog_gui.models.no_models import NoModels
from catdog_gui.models.run_details import RunDetails
from catdog_gui.state.context import Context
from catdog_gui.widgets.go_on_dialog import ask_how_to_go_on
from catdog_gui.widgets.save_report import save_report
from catdog_gui.widgets.show_in_folder import show_in_folder
from trainer.storage.collection import Kept, list_kept
from trainer.storage.model_changes import import_model, rename_model
from trainer.storage.notes import write_note

_VIEWS: tuple[View, View] = ("models", "runs")


class ModelsPage(QWidget):
    """Reads the list in the background whenever something may have changed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._deletion = Deletion(context, self)
        self.table = KeptTable()
        self.empty = NoModels()
        self.empty.hide()
        self.views = QTabBar()
        self.views.setAccessibleName(tr("What is listed"))
        self.views.setDrawBase(False)
        self.views.addTab(tr("Models"))
        self.views.addTab(tr("Runs"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search for a name, dataset, recipe or note"))
        self.search.setToolTip(self.search.accessibleName())
        self.search.setClearButtonEnabled(True)
        for button in self.search.findChildren(QToolButton):
            button.setAccessibleName(tr("Clear the search"))
        self.nothing_found = QLabel(tr("Nothing here has these words in its name, dataset, recipe or note."))
        self.nothing_found.setProperty("role", "muted")
        self.nothing_found.setWordWrap(True)
        self.nothing_found.hide()
        self.open = QPushButton(tr("Open a model file…"))
        self.open.setIcon(theme.icon("folder"))
        self.open.clicked.connect(self.open_file)
        self.actions_row = KeptActions(
            {
                "use": self.use_chosen,
                "evaluate": self.evaluate_chosen,
                "look": self.look_at_chosen,
                "go_on": self.go_on_with_chosen,
                "rename": self.table.edit_name,
                "note": self.write_note,
                "report": self.save_report,
                "export": self.export_chosen,
                "show_folder": self.show_chosen,
                "delete": self.delete_chosen,
            }
        )
        self._listing = worker.Newest(self)
        self._listing.done.connect(self._show_kept)
        self._lay_out()
        self._connect()
        self._refresh()

    def list_models(self) -> None:
        """Read the list again, in the background."""
        folder = self._context.settings.runs_folder
        self._listing.start(lambda _emit, _control: list_kept(folder))

    def show_view(self, view: View) -> None:
        """List the models, or the runs."""
        self.views.setCurrentIndex(_VIEWS.index(view))

    def use_chosen(self) -> None:
        """Classify photos with the selected model from now on."""
        kept = self.table.chosen()
        if kept is not None and kept.model is not None:
            self._context.use_model(kept.path)
            self._context.say(tr("{model} is now in use.", model=kept.title))

    def evaluate_chosen(self) -> None:
        """Go to the Evaluate page with the selected model."""
        kept = self.table.chosen()
        if kept is not None and kept.model is not None:
            self._context.evaluate(kept.path)

    def look_at_chosen(self) -> None:
        """Open a run's history again, or compare several."""
        chosen = self.table.all_chosen()
        if len(chosen) == 1:
            RunDetails(chosen[0], self._context, self.window()).open()
        elif chosen:
            CompareDialog(chosen, self.window()).open()

    def go_on_with_chosen(self) -> None:
        """Let the selected run go on, also for more epochs."""
        kept = self.table.chosen()
        if kept is not None and kept.run is not None:
            ask_how_to_go_on(self, self._context, kept.run)

    def show_chosen(self) -> None:
        """Show the selected model's file, or the run's folder, in the system's file manager."""
        kept = self.table.chosen()
        if kept is not None:
            show_in_folder(kept.path if kept.path.is_file() else kept.path.parent)

    def save_report(self) -> None:
        """Write the report of the selected run where the user wants it."""
        kept = self.table.chosen()
        if kept is not None and kept.run is not None:
            save_report(kept.run.folder, self._context, self)

    def export_chosen(self) -> None:
        """Write the selected model for other programs."""
        kept = self.table.chosen()
        if kept is not None and kept.model is not None:
            ExportDialog(kept.model, self._context, self.window()).open()

    def write_note(self) -> None:
        """Let the user write a note on what is selected, or take it away."""
        kept = self.table.chosen()
        if kept is None or kept.is_starter:
            return
        words, agrees = QInputDialog.getMultiLineText(
            self, tr("Note"), tr("Note on “{title}”", title=kept.title), kept.note
        )
        if agrees and words != kept.note:
            self._change(lambda: write_note(kept.path, words))

    def open_file(self) -> None:
        """Let the user choose a model file, and copy it to the other models."""
        start = str(self._context.settings.last_folder("model"))
        name, _ = QFileDialog.getOpenFileName(self, tr("Open a model file"), start, tr("CatDog models (*.safetensors)"))
        if name:
            self._context.settings.remember_folder("model", Path(name).parent)
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Copy a model file into the models folder, in the background."""
        task = worker.start(lambda _emit, _control: import_model(path), parent=self)
        task.succeeded.connect(self._on_imported)
        task.failed.connect(self._context.report)

    def delete_chosen(self) -> None:
        """Ask once, then move everything that is selected to the trash."""
        chosen = self.table.all_chosen()
        if not chosen or any(kept.is_starter for kept in chosen):
            return
        controller = self._context.run_controller
        if controller.running and controller.run_folder in {kept.path.parent for kept in chosen}:
            self._context.say(tr("This model is being trained right now."))
        else:
            self._deletion.ask(chosen)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list: another program, such as the command line, may have changed it."""
        super().showEvent(event)
        self.table.setFocus()
        self.list_models()

    def _lay_out(self) -> None:
        title = QLabel(tr("Models"))
        title.setProperty("role", "title")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.open)
        choice = QHBoxLayout()
        choice.setSpacing(theme.L)
        choice.addWidget(self.views)
        choice.addStretch(1)
        choice.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        layout.setSpacing(theme.M)
        layout.addLayout(top)
        layout.addLayout(choice)
        layout.addWidget(self.nothing_found)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.actions_row)

    def _connect(self) -> None:
        context, table = self._context, self.table
        self.views.currentChanged.connect(self._on_view_changed)
        self.search.textChanged.connect(self._on_searched)
        table.selection_changed.connect(self._refresh)
        table.doubleClicked.connect(lambda _index: self.look_at_chosen())
        table.customContextMenuRequested.connect(self._show_menu)
        table.models.rename_requested.connect(lambda path, name: self._change(lambda: rename_model(path, name)))
        clear = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search)
        clear.setContext(Qt.ShortcutContext.WidgetShortcut)
        clear.setEnabled(False)  # an Escape with nothing to clear is for whatever else wants it
        clear.activated.connect(self.search.clear)
        self.search.textChanged.connect(lambda words: clear.setEnabled(bool(words)))
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete_chosen)
        self.empty.train_requested.connect(lambda: context.show_page("data"))
        self.empty.open_requested.connect(self.open_file)
        context.models_changed.connect(self.list_models)
        context.run_controller.ended.connect(lambda _result: self.list_models())
        context.model_changed.connect(lambda _model: self._mark_current())

    def _show_kept(self, found: list[Kept]) -> None:
        self.table.show_kept(found)
        for number, (view, title) in enumerate(zip(_VIEWS, (tr("Models"), tr("Runs")), strict=True)):
            self.views.setTabText(number, tr("{title} ({count})", title=title, count=self.table.models.count(view)))
        for widget in (self.table, self.views, self.search, self.actions_row):
            widget.setVisible(bool(found))
        self.empty.setVisible(not found)
        self._mark_current()

    def _on_view_changed(self, number: int) -> None:
        self.table.show_view(_VIEWS[number])
        self._say_whether_found()

    def _on_searched(self, words: str) -> None:
        self.table.models.search(words)
        self._say_whether_found()

    def _say_whether_found(self) -> None:
        found = self.table.models.rowCount() > 0
        self.nothing_found.setVisible(not found and bool(self.search.text().strip()))

    def _mark_current(self) -> None:
        self.table.models.mark_current(self._context.current_model)
        self._say_whether_found()
        self._refresh()

    def _refresh(self) -> None:
        self.actions_row.show_chosen(self.table.all_chosen(), self._context.current_model)

    def _show_menu(self, place: QPoint) -> None:
        menu = self.actions_row.context_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _change(self, work: object) -> None:
        """Change something in the background, and list anew."""
        assert callable(work)
        task = worker.start(lambda _emit, _control: work(), parent=self)
        task.succeeded.connect(lambda _: self._context.models_changed.emit())
        task.failed.connect(self._context.report)

    def _on_imported(self, path: Path) -> None:
        self.show_view("models")
        self.search.clear()
        self.table.choose(path)
        self._context.models_changed.emit()
        self._context.use_model(path)
        self._context.say(tr("{model} is now in use.", model=path.stem))
