"""All errors of this session, with their details."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QWidget,
)

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.widgets.dialog_room import dialog_column, fit_dialog
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.error_bar import full_text, sentence

_ROW = 36


class ErrorList(QDialog):
    """The newest error comes first; Copy copies the selected one with its details."""

    def __init__(self, errors: ErrorCenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors = errors
        self.setWindowTitle(tr("Errors"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Errors of this session"))
        self.list.currentRowChanged.connect(self._show_details)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(tr("Details of the error"))
        self.none = QLabel(tr("Nothing has gone wrong in this session."))
        self.none.setProperty("role", "muted")
        self.place = ElidedLabel(tr("Log file: {path}", path=errors.log_file))
        self.place.setProperty("role", "small")
        self._arrange(errors.log_file)
        fit_dialog(self, QSize(680, 460))
        errors.recorded.connect(self._fill)
        errors.noted.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        records = list(reversed(self._errors.records))
        self.list.clear()
        for record in records:
            item = QListWidgetItem(theme.icon("error", "danger"), sentence(record))
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        self.splitter.setVisible(bool(records))
        self.none.setVisible(not records)
        self.copy.setEnabled(bool(records))
        if records:
            self.list.setCurrentRow(0)

    def _show_details(self, row: int) -> None:
        records = list(reversed(self._errors.records))
        self.details.setPlainText(full_text(records[row]) if 0 <= row < len(records) else "")

    def _arrange(self, log_file: Path) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.details)
        self.splitter.setSizes([160, 220])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details.toPlainText()))
        folder = buttons.addButton(tr("Show the log file"), QDialogButtonBox.ButtonRole.ActionRole)
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file.parent))))
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self, theme.M)
        layout.addWidget(self.none)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.place)
        layout.addWidget(buttons)
