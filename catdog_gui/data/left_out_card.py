"""The photos that the user left out of a dataset, and the way to put them back."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.flow import Flow

_HIGHEST = 180


class LeftOutCard(Card):
    """Hidden where nothing was left out."""

    put_back_requested = Signal(object)
    """The paths of the photos, as a tuple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent)
        words = QLabel(tr("These photos do not count in training and tests. Their files stay where they are."))
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        self.model = QStringListModel(self)
        self.list = QListView()
        self.list.setAccessibleName(tr("Photos that you left out"))
        self.list.setModel(self.model)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setUniformItemSizes(True)
        self.list.selectionModel().selectionChanged.connect(self._follow)
        self.put_back = QPushButton(tr("Put back"))
        self.put_back.clicked.connect(self._put_back)
        self.put_all_back = QPushButton(tr("Put all back"))
        self.put_all_back.clicked.connect(lambda: self.put_back_requested.emit(tuple(self.model.stringList())))
        self.body.addWidget(words)
        self.body.addWidget(self.list)
        self.body.addWidget(Flow(self.put_back, self.put_all_back, spacing=theme.S))

    def show_left_out(self, paths: Sequence[str]) -> None:
        """Show the photos that were left out."""
        self.setVisible(bool(paths))
        title = tr_n(len(paths), "Left out by you: %n photo", "Left out by you: %n photos")
        self.title.setText(title)
        self.setAccessibleName(title)
        self.model.setStringList(list(paths))
        self.list.setFixedHeight(min(_HIGHEST, (self.list.sizeHintForRow(0) + 2) * len(paths) + 8))
        self._follow()

    def _follow(self) -> None:
        self.put_back.setEnabled(self.list.selectionModel().hasSelection())

    def _put_back(self) -> None:
        self.put_back_requested.emit(tuple(index.data() for index in self.list.selectionModel().selectedIndexes()))
