"""All models as a table, sorted by any column; the name can be edited in place."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from catdog_gui.look import theme
from catdog_gui.look.words import day, model_detail, percent, size
from trainer.core.words import parameters
from trainer.storage.model_list import ModelEntry

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = int(Qt.ItemDataRole.UserRole)


class Column(NamedTuple):
    """One column: its title, what it shows, and what it sorts by."""

    title: str
    text: Callable[[ModelEntry], str]
    key: Callable[[ModelEntry], Any]


COLUMNS = (
    Column("Name", lambda entry: entry.title, lambda entry: entry.title.casefold()),
    Column(
        "Date",
        lambda entry: day(entry.description.origin.created).split(",")[0],
        lambda entry: entry.created.timestamp(),
    ),
    Column("Recipe", lambda entry: entry.description.recipe, lambda entry: entry.description.recipe),
    Column("Dataset", lambda entry: entry.description.origin.dataset, lambda entry: entry.description.origin.dataset),
    Column("Accuracy", lambda entry: percent(entry.accuracy, 1), lambda entry: entry.accuracy or 0.0),
    Column("Size", lambda entry: size(entry.bytes), lambda entry: entry.bytes),
)
NAME, _DATASET, ACCURACY = 0, 3, 4
_RIGHT = (ACCURACY, 5)


class ModelTableModel(QAbstractTableModel):
    """One row a model. An edited name is only asked for, by `rename_requested`."""

    rename_requested = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[ModelEntry] = ()
        self._current: Path | None = None

    def show_models(self, entries: Sequence[ModelEntry]) -> None:
        """Show these."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def mark_current(self, path: Path | None) -> None:
        """Mark the model in use."""
        self._current = path
        if self._entries:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._entries) - 1, NAME))

    def entry(self, row: int) -> ModelEntry:
        """Return the model of a row."""
        return self._entries[row]

    def row_of(self, path: Path) -> int | None:
        """Return the row of a model."""
        return next((row for row, entry in enumerate(self._entries) if entry.path == path), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of models."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the columns' titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the name be edited."""
        flags = super().flags(index)
        editable = index.isValid() and index.column() == NAME and not self._entries[index.row()].is_starter
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the view shows."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], COLUMNS[index.column()]
        if role == SORT_ROLE:  # asked for thousands of times while the table is sorted
            return column.key(entry)
        used = index.column() == NAME and entry.path == self._current
        answers: dict[int, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: column.text(entry),
            Qt.ItemDataRole.EditRole: lambda: column.text(entry),
            Qt.ItemDataRole.AccessibleTextRole: lambda: column.text(entry) + (" (in use)" if used else ""),
            Qt.ItemDataRole.ToolTipRole: lambda: _tooltip(entry, used=used),
            Qt.ItemDataRole.DecorationRole: lambda: theme.icon("success", "accent") if used else None,
            Qt.ItemDataRole.TextAlignmentRole: lambda: _alignment(index.column()),
        }
        answer = answers.get(role)
        return answer() if answer is not None else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name."""
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME:
            return False
        name = str(value).strip()
        if name and name != self._entries[index.row()].title:
            self.rename_requested.emit(self._entries[index.row()].path, name)
        return True


def _tooltip(entry: ModelEntry, *, used: bool) -> str:
    size = parameters(entry.description.parameters, entry.description.trainable_parameters)
    words = f"{model_detail(entry)}\n{size}\n{entry.path}"
    return words + ("\nThis is the model in use." if used else "")


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class ModelTable(QTableView):
    """Sorted by date, the newest first, until a heading is clicked."""

    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Models")
        self.models = ModelTableModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.models)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrow keys move in it
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(38)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in (NAME, _DATASET):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 112), (2, 80), (ACCURACY, 88), (5, 82)):
            self.setColumnWidth(column, width)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    def show_models(self, entries: Sequence[ModelEntry]) -> None:
        """Show these models; the one that was selected stays so."""
        chosen = self.chosen()
        self.models.show_models(entries)
        row = self.models.row_of(chosen.path) if chosen is not None else None
        if row is None and entries:
            self.selectRow(0)
        elif row is not None:
            self.selectRow(self._sorted.mapFromSource(self.models.index(row, NAME)).row())
        self.selection_changed.emit()

    def chosen(self) -> ModelEntry | None:
        """Return the model that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.models.entry(self._sorted.mapToSource(rows[0]).row()) if rows else None

    def edit_name(self) -> None:
        """Let the name of the selected model be edited in place."""
        rows = self.selectionModel().selectedRows()
        if rows and rows[0].flags() & Qt.ItemFlag.ItemIsEditable:
            self.setCurrentIndex(rows[0])
            self.edit(rows[0])
