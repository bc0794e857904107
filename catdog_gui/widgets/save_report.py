"""Saves the report of a run: asks where, and which kind, writes it in the background, and offers to open it."""

from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, translated
from catdog_gui.state.context import Context
from catdog_gui.state.engine import write_report
from catdog_gui.widgets.show_in_folder import open_file, show_in_folder

WHOLE = mark("Report (*.html)")
PRIVATE = mark("Report without photos, names of files and folders (*.html)")
_PURPOSE = "report"


def save_report(run_folder: Path, context: Context, parent: QWidget) -> None:
    """Let the user name a file, and write the run's report there. It asks before it overwrites."""
    start = context.settings.last_folder(_PURPOSE) / f"{run_folder.name}.html"
    kinds = ";;".join((tr(WHOLE), tr(PRIVATE)))
    name, kind = QFileDialog.getSaveFileName(parent, tr("Save report"), str(start), kinds)
    if not name:
        return
    file = Path(name) if Path(name).suffix.lower() in {".html", ".htm"} else Path(f"{name}.html")
    context.settings.remember_folder(_PURPOSE, file.parent)
    private, language = kind == tr(PRIVATE), QLocale().bcp47Name()
    task = worker.start(
        lambda _emit, _control: write_report(run_folder, file, private=private, say=translated, language=language),
        parent=parent,
    )
    task.succeeded.connect(lambda saved: ReportSaved(saved, parent).open())
    task.failed.connect(context.report)
    context.say(tr("Writing the report…"))


class ReportSaved(QMessageBox):
    """Says where the report is, and opens it or its folder."""

    def __init__(self, file: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Information)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(tr("Save report"))
        self.setText(tr("The report is saved."))
        self.setInformativeText(str(file))
        self.open_it = self.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        theme.mark(self.open_it, kind="primary")
        self.open_it.clicked.connect(lambda: open_file(file))
        show = self.addButton(tr("Show in folder"), QMessageBox.ButtonRole.ActionRole)
        show.clicked.connect(lambda: show_in_folder(file))
        self.close_it = self.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.open_it)
        self.setEscapeButton(self.close_it)
