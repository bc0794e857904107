"""The caches as a small table: what each is, its size, and when it was last used."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from catdog_gui.look.words import day, size
from trainer.files.caches import Cache, Caches

_TITLES = ("Cache", "Size", "Last used")
_ROW, _ROWS_SHOWN = 30, 4


class CacheTable(QTableWidget):
    """Always four rows high, so that nothing around it jumps; more rows scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self.setAccessibleName("Caches")
        self.setHorizontalHeaderLabels(list(_TITLES))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(header.sizeHint().height() + 4 + _ROW * _ROWS_SHOWN)

    def show_caches(self, caches: Caches) -> None:
        """Show these."""
        self.setRowCount(len(caches.entries))
        for row, entry in enumerate(caches.entries):
            for column, text in enumerate(_words(entry)):
                item = QTableWidgetItem(text)
                item.setToolTip(str(entry.path))
                self.setItem(row, column, item)


def _words(entry: Cache) -> tuple[str, str, str]:
    used = datetime.fromtimestamp(entry.used, tz=UTC).astimezone()
    return entry.title, size(entry.bytes), day(used.isoformat())
