"""The files that were left out of a dataset, by kind, each with its reason."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTreeView, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, number, tr, translated
from catdog_gui.look.words import plain_tooltip
from trainer.dataset.records import Problem

KINDS = {
    "bad name": mark("Unreadable name"),
    "broken link": mark("Link that leads nowhere"),
    "circular link": mark("Link in a circle"),
    "empty": mark("Empty"),
    "encrypted": mark("Locked with a password"),
    "gone": mark("Gone"),
    "link in zip": mark("Link in the zip"),
    "no permission": mark("No permission"),
    "not an image": mark("Not a photo"),
    "path too long": mark("Path too long"),
    "repeated folder": mark("Folder read already"),
    "repeated name": mark("Name that is there twice"),
    "too large": mark("Too large"),
    "truncated": mark("Cut off"),
    "two classes": mark("In both classes"),
    "unreadable": mark("Damaged"),
    "unsafe path": mark("Unsafe path"),
}
"""How each kind of problem is called."""

_PATH = int(Qt.ItemDataRole.UserRole)


class ProblemList(QWidget):
    """A tree: kinds with their number of files, below each the files."""

    show_requested = Signal(object)
    """Path of the file to show in its folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self.model = QStandardItemModel(0, 2, self)
        self.tree = QTreeView()
        self.tree.setAccessibleName(tr("Files that cannot be used, by reason"))
        self.tree.setModel(self.model)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setMinimumHeight(180)
        self.tree.activated.connect(self._show)
        self.tree.selectionModel().currentChanged.connect(self._refresh)
        self.button = QPushButton(tr("Show in folder"))
        self.button.setIcon(theme.icon("folder-show"))
        self.button.clicked.connect(lambda: self._show(self.tree.currentIndex()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_problems(self, root: Path, problems: Sequence[Problem]) -> None:
        """Show the problems of a dataset."""
        self._root = root if root.is_dir() else None
        self.model.clear()
        self.model.setHorizontalHeaderLabels([tr("File"), tr("Reason")])
        kinds = defaultdict(list)
        for problem in problems:
            kinds[problem.kind].append(problem)
        for kind, members in sorted(kinds.items(), key=lambda entry: -len(entry[1])):
            top = QStandardItem(f"{tr(KINDS[kind]) if kind in KINDS else kind} ({number(len(members))})")
            for problem in members:
                top.appendRow(self._row(problem))
            self.model.appendRow([top, QStandardItem("")])
        self.tree.setColumnWidth(0, 280)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        if len(problems) <= 50:
            self.tree.expandAll()
        self._refresh()

    def _row(self, problem: Problem) -> list[QStandardItem]:
        # A dataset with ten thousand problems has two standard items each: some 10 MB, built in a tenth of a second.
        reason = translated(problem.reason)
        row = [QStandardItem(problem.path), QStandardItem(reason)]
        for item in row:
            item.setToolTip(plain_tooltip(f"{problem.path}\n{reason}"))
            item.setData(problem.path, _PATH)
        return row

    def _chosen(self, index: QModelIndex) -> Path | None:
        path = index.data(_PATH) if index.isValid() else None
        return self._root / path if self._root is not None and path else None

    def _show(self, index: QModelIndex) -> None:
        path = self._chosen(index)
        if path is not None:
            self.show_requested.emit(path)

    def _refresh(self) -> None:
        self.button.setEnabled(self._chosen(self.tree.currentIndex()) is not None)
