"""What stands above the session's photos: how many, which are shown and how sorted, add, clear, and the progress."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from catdog_gui.classify.query_bar import QueryBar, counted
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.words import photo_count


class SessionBar(QWidget):
    """Shows how things stand, and emits what the user asks for."""

    add_wanted = Signal()
    clear_wanted = Signal()
    menu_wanted = Signal(object)
    """This QMenu is about to be shown, and to be filled."""
    cancel_wanted = Signal()
    go_on_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.count.setWordWrap(True)
        self.query = QueryBar()
        self.add = QPushButton(tr("Open photos…"))
        self.add.setIcon(theme.icon("plus"))
        self.add.clicked.connect(self.add_wanted)
        self.more = QToolButton()
        self.more.setIcon(theme.icon("more"))
        self.more.setProperty("bare", "true")
        self.more.setAccessibleName(tr("More"))
        self.more.setToolTip(tr("More: sort the photos into folders, save the verdicts as a table"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(lambda: self.menu_wanted.emit(self.menu))
        self.more.setMenu(self.menu)
        self.clear = QPushButton(tr("Clear"))
        self.clear.setIcon(theme.icon("trash"))
        self.clear.setToolTip(tr("Remove all photos from the list. The files stay where they are."))
        self.clear.clicked.connect(self.clear_wanted)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Photos classified"))
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.go_on = QPushButton(tr("Classify the rest"))
        self.go_on.clicked.connect(self.go_on_wanted)
        self.go_on.hide()
        self._arrange()
        self.show_idle()

    def show_photos(self, photos: PhotoList) -> None:
        """Count the photos and verdicts, and show which photos are to be seen."""
        counts = photos.counts()
        names = [name.capitalize() for name in photos.classes]
        parts = [photo_count(len(photos))]
        for name, count in zip(names, (counts["first"], counts["second"]), strict=True):
            if count:
                parts.append(counted(name, count))
        if counts["unsure"]:
            parts.append(tr("Not sure: {count}", count=counts["unsure"]))
        if counts["unreadable"]:
            parts.append(tr("Cannot be read: {count}", count=counts["unreadable"]))
        if not photos.query.shows_all:
            parts.append(tr("Shown: {count}", count=len(photos.shown)))
        # Where the line is broken, a number stays with what it counts.
        self.count.setText("  ·  ".join(part.replace(" ", "\xa0") for part in parts))
        self.query.setVisible(len(photos) > 1)
        self.query.show_photos(photos, counts, names)

    def show_progress(self, done: int, total: int, seconds: float) -> None:
        """Show how many of `total` photos are classified."""
        self.busy.setVisible(True)
        self.go_on.hide()
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        if not done:
            self.words.setText(tr("Getting the model ready…"))
        elif done >= 32 and seconds > 0.5:
            rate = round(done / seconds)
            self.words.setText(tr("{done} of {total}  ·  {rate} a second", done=done, total=total, rate=rate))
        else:
            self.words.setText(tr("{done} of {total}", done=done, total=total))

    def show_idle(self, left: int = 0) -> None:
        """Show that all is done and `left` photos have no verdict."""
        self.busy.setVisible(False)
        self.go_on.setVisible(left > 0)
        self.go_on.setText(tr_n(left, "Classify it", "Classify the other %n"))

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(self.count, 1)
        for widget in (self.add, self.clear, self.more):
            top.addWidget(widget)
        self.busy = QWidget()
        below = QHBoxLayout(self.busy)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.M)
        below.addWidget(self.progress, 1)
        below.addWidget(self.words)
        below.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        layout.addLayout(top)
        layout.addWidget(self.query)
        layout.addWidget(self.busy)
        layout.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignLeft)
