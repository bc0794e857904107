"""The health of the photos: the button that checks them, what was found, and what can be done about it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.data.health.copies_view import CopiesView
from catdog_gui.data.health.doubts_view import DoubtsView
from catdog_gui.data.health.health_session import HealthSession
from catdog_gui.data.health.health_words import findings
from catdog_gui.data.health.poor_view import PoorView
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.results import ErrorRecord
from trainer.dataset.records import Dataset

if TYPE_CHECKING:
    from trainer.labelling.health_check import Health


class HealthCard(Card):
    """Shows nothing but its button until the photos were checked."""

    leave_out_requested = Signal(object)
    """The paths of photos, as a tuple."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Health of the photos"), parent)
        self._photos: DatasetPhotos | None = None
        self._shown: Health | None = None
        self.work = WorkBar()
        self.work.setProperty("card", False)
        self.work.body.setContentsMargins(0, 0, 0, 0)
        self.session = HealthSession(context, self.work, self)
        self.check = QPushButton()
        self.check.clicked.connect(self.session.check)
        self.head.addWidget(self.check)
        self.problem = Notice("error", "")
        self.problem.hide()
        self._notices = QVBoxLayout()
        self._notices.setSpacing(theme.S)
        self.body.addWidget(_about())
        self.body.addWidget(self.work)
        self.body.addWidget(self.problem)
        self.body.addLayout(self._notices)
        self.copies, self.doubts, self.poor = CopiesView(), DoubtsView(self.session), PoorView()
        for part in (self.copies, self.doubts, self.poor):
            self.body.addWidget(part)
        for view in (self.copies, self.poor):
            view.leave_out_requested.connect(self.leave_out_requested)
        self.session.changed.connect(self._follow)
        self.session.failed.connect(self._fail)

    def show_dataset(self, dataset: Dataset, photos: DatasetPhotos) -> None:
        """Belong to another dataset."""
        self._photos = photos
        self.problem.hide()
        self.doubts.show_photos(photos)
        self.session.show_dataset(dataset)
        self._show_parts()

    def close_photos(self) -> None:
        """Stop loading photos."""
        for tiles in (self.copies.groups, self.copies.members, self.doubts.tiles, self.poor.tiles):
            tiles.tiles.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether answers were given elsewhere."""
        super().showEvent(event)
        self.session.refresh()

    def _follow(self) -> None:
        session = self.session
        self.check.setText(tr("Check the photos") if session.health is None else tr("Check again"))
        self.check.setEnabled(session.dataset is not None and not session.busy)
        if session.busy:
            self.problem.hide()
        if session.health is not self._shown:
            self._show_findings()
            self._show_parts()

    def _show_findings(self) -> None:
        while (entry := self._notices.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        health = self._shown = self.session.health
        dataset = self.session.as_answered
        if health is not None and dataset is not None:
            for tone, sentence, remedy in findings(health, dataset, self.session.copies):
                self._notices.addWidget(Notice(tone, sentence, remedy))

    def _show_parts(self) -> None:
        """Show what can be left out."""
        if self.session.dataset is not None:
            self.copies.show_copies(self._photos, self.session.dataset.classes, self.session.copies)
            self.poor.show_poor(self._photos, self.session.poor)

    def _fail(self, error: ErrorRecord) -> None:
        self.problem.say("error", translated(error.what), translated(error.remedy))
        self.problem.show()


def _about() -> QLabel:
    label = QLabel(
        tr(
            "Looks for copies, poor photos, photos that seem to be in the wrong class, and anything else that tells "
            "the classes apart. It changes nothing, and takes a minute or two for 4,000 photos."
        )
    )
    label.setWordWrap(True)
    label.setProperty("role", "muted")
    return label
