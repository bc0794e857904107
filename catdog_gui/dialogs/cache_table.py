"""The caches as a small table: what each kind is, its size, and when it was last used."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from catdog_gui.look.language import mark, tr, translated
from catdog_gui.look.words import day, plain_tooltip, size
from trainer.files.caches import TITLES, Cache, Caches

_TITLES = (mark("Cache"), mark("Size"), mark("Last used"))
_ROW = 34


class CacheTable(QTableWidget):
    """A row for each kind of cache, always high enough for all, so that nothing around it jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self.setAccessibleName(tr("Caches"))
        self.setHorizontalHeaderLabels([tr(title) for title in _TITLES])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(header.sizeHint().height() + 4 + _ROW * len(TITLES))

    def show_caches(self, caches: Caches) -> None:
        """Show these."""
        kinds = [kind for kind in TITLES if any(entry.kind == kind for entry in caches.entries)]
        self.setRowCount(len(kinds))
        for row, kind in enumerate(kinds):
            entries = [entry for entry in caches.entries if entry.kind == kind]
            for column, text in enumerate((translated(TITLES[kind]), *_size_and_day(entries))):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(str(entries[0].path.parent)))
                self.setItem(row, column, item)


def _size_and_day(entries: list[Cache]) -> tuple[str, str]:
    used = datetime.fromtimestamp(max(entry.used for entry in entries), tz=UTC).astimezone()
    return size(sum(entry.bytes for entry in entries)), day(used.isoformat())
