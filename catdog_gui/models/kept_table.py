"""All models, or all runs, as a table of two-line rows, sorted by any column; the name can be edited in place."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.models.kept_words import ACCURACY, COLUMNS, MADE, NAME, PHOTOS, SORTED_BY, grade_words, tooltip
from catdog_gui.models.two_lines import SECOND_ROLE, WARN_ROLE, TwoLines
from trainer.storage.collection import Kept

Index = QModelIndex | QPersistentModelIndex
View = Literal["models", "runs"]
# Dates and figures get the room that they need, but leave as much to names.
_LARGEST_SHARE = 0.27


class KeptModel(QAbstractTableModel):
    """One row a model or run: those of the view that the search finds, in order. An edited name is only asked for."""

    rename_requested = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[Kept] = ()
        self._shown: list[Kept] = []
        self._current: Path | None = None
        self._view: View = "models"
        self._search = ""
        self._column, self._order = ACCURACY, Qt.SortOrder.DescendingOrder

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """Show these."""
        self._all = kept
        self._arrange()

    def show_view(self, view: View) -> None:
        """Show the models, or the runs."""
        self._view = view
        self._arrange()

    def search(self, words: str) -> None:
        """Show those alone in whose name, dataset, recipe or note all these words occur."""
        self._search = words
        self._arrange()

    def mark_current(self, path: Path | None) -> None:
        """Mark the model in use."""
        self._current = path
        if self._shown:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._shown) - 1, NAME))

    def count(self, view: View) -> int:
        """Return how many there are in a view, whatever is searched for."""
        return sum(_belongs(kept, view) for kept in self._all)

    def kept(self, row: int) -> Kept:
        """Return the model or run of a row."""
        return self._shown[row]

    def rows_of(self, paths: Sequence[Path]) -> list[int]:
        """Return the rows of these."""
        wanted = set(paths)
        return [row for row, kept in enumerate(self._shown) if kept.path in wanted]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        if 0 <= column < len(COLUMNS):
            self._column, self._order = column, order
            self._arrange()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the columns' titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section].title)
        about = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole)
        if orientation == Qt.Orientation.Horizontal and role in about and section == ACCURACY:
            return tr(SORTED_BY)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the name be edited."""
        flags = super().flags(index)
        editable = index.isValid() and index.column() == NAME and can_be_renamed(self._shown[index.row()])
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the view shows."""
        if not index.isValid():
            return None
        kept, column = self._shown[index.row()], COLUMNS[index.column()]
        used = index.column() == NAME and kept.model is not None and kept.path == self._current
        answers: dict[int, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: column.first(kept),
            Qt.ItemDataRole.EditRole: lambda: column.first(kept),
            SECOND_ROLE: lambda: column.second(kept),
            WARN_ROLE: lambda: _warns(kept, index.column()),
            Qt.ItemDataRole.AccessibleTextRole: lambda: _spoken(column.first(kept), column.second(kept), used=used),
            Qt.ItemDataRole.ToolTipRole: lambda: tooltip(kept, used=used),
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
        if name and name != self._shown[index.row()].title:
            self.rename_requested.emit(self._shown[index.row()].path, name)
        return True

    def _arrange(self) -> None:
        self.beginResetModel()
        found = [kept for kept in self._all if _belongs(kept, self._view) and kept.says(self._search)]
        found.sort(key=COLUMNS[self._column].key, reverse=self._order == Qt.SortOrder.DescendingOrder)
        self._shown = found
        self.endResetModel()


class KeptTable(QTableView):
    """Several rows can be selected; they stay so where the list is read, sorted or searched again."""

    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Models and runs"))
        self.models = KeptModel(self)
        self.setModel(self.models)
        self.setItemDelegate(TwoLines(self))
        self.setSortingEnabled(True)
        self.sortByColumn(ACCURACY, Qt.SortOrder.DescendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrow keys move in it
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # All columns fit by being cut with an ellipsis, and the tooltip has the rest.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(TwoLines.row_height(self))
        self.verticalHeader().setDefaultSectionSize(TwoLines.row_height(self))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        for column in (NAME, PHOTOS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._chosen: list[Path] = []
        self._awaited: Path | None = None
        self.models.modelAboutToBeReset.connect(self._remember)
        self.models.modelReset.connect(self._select_again)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """Show these."""
        self.models.show_kept(kept)
        self._fit_columns()

    def show_view(self, view: View) -> None:
        """Show the models, the best first, or the runs, the newest first."""
        self.models.show_view(view)
        self.sortByColumn(ACCURACY if view == "models" else MADE, Qt.SortOrder.DescendingOrder)

    def chosen(self) -> Kept | None:
        """Return what is selected, where that is one."""
        found = self.all_chosen()
        return found[0] if len(found) == 1 else None

    def all_chosen(self) -> list[Kept]:
        """Return everything that is selected, in the order of the rows."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.models.kept(row) for row in rows]

    def choose(self, path: Path) -> None:
        """Select this one as soon as it is listed."""
        self._awaited = path
        self._select_again()

    def edit_name(self) -> None:
        """Let the name of the selected row be edited in place."""
        rows = self.selectionModel().selectedRows()
        if len(rows) == 1 and rows[0].flags() & Qt.ItemFlag.ItemIsEditable:
            self.setCurrentIndex(rows[0])
            self.edit(rows[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out again."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        largest = round(_LARGEST_SHARE * self.viewport().width())
        for column in (MADE, ACCURACY):
            needed = max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
            self.setColumnWidth(column, min(needed, largest))

    def _remember(self) -> None:
        if self.models.rowCount():  # nothing is selected in an empty table, and what was before it comes back
            self._chosen = [kept.path for kept in self.all_chosen()]

    def _select_again(self) -> None:
        if self._awaited is not None and self.models.rows_of([self._awaited]):
            self._chosen, self._awaited = [self._awaited], None
        rows = self.models.rows_of(self._chosen) or ([0] if self.models.rowCount() else [])
        selection = self.selectionModel()
        flags = selection.SelectionFlag
        for number, row in enumerate(rows):
            index = self.models.index(row, NAME)
            if number == 0:
                selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            else:
                selection.select(index, flags.Select | flags.Rows)
        self.selection_changed.emit()


def can_be_renamed(kept: Kept) -> bool:
    """Whether it may have another name: not the starter model, and no file that cannot be read."""
    return not kept.is_starter and (kept.model is not None or kept.is_of_run)


def _belongs(kept: Kept, view: View) -> bool:
    return kept.is_of_run if view == "runs" else kept.model is not None or bool(kept.damage)


def _warns(kept: Kept, column: int) -> bool:
    if column == NAME:
        return bool(kept.damage)
    return column == ACCURACY and bool(grade_words(kept))


def _spoken(first: str, second: str, *, used: bool) -> str:
    words = f"{first}, {second}" if second else first
    return tr("{words} (in use)", words=words) if used else words


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == ACCURACY else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
