"""Deleting models and runs: to the trash, or where that takes them not and the user says so, for good."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.look.language import tr, tr_n
from catdog_gui.models.delete_question import confirms_delete, confirms_delete_for_good
from catdog_gui.models.trash import Trash
from catdog_gui.state.context import Context
from trainer.core.results import ErrorRecord
from trainer.core.text import join, plural
from trainer.storage.collection import Kept
from trainer.storage.model_changes import Deleted, delete_for_good, delete_models


class Deletion(QObject):
    """Asks, deletes in the background, and says what came of it."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page

    def ask(self, chosen: Sequence[Kept]) -> None:
        """Ask once, then move all of these to the trash."""
        if not confirms_delete(self._page, chosen):
            return
        trash = Trash()
        self._delete(chosen, trash.take, lambda done: self._trashed(chosen, done, trash))

    def _delete(
        self, chosen: Sequence[Kept], discard: Callable[[Path], None], on_done: Callable[[Deleted], None]
    ) -> None:
        paths = [kept.path for kept in chosen]
        task = worker.start(lambda _emit, _control: delete_models(paths, discard), parent=self)
        task.succeeded.connect(on_done)
        task.failed.connect(self._context.report)

    def _trashed(self, chosen: Sequence[Kept], done: Deleted, trash: Trash) -> None:
        left = [kept for kept in chosen if kept.path in done.refused]
        no_trash = [kept for kept in left if {kept.path, kept.path.parent} & trash.refused]
        self._report([done.refused[kept.path] for kept in left if kept not in no_trash])
        if done.gone:
            (first, *others) = self._take_away(chosen, done)
            one = tr("{title} was moved to the trash.", title=first.title)
            count = len(done.gone)
            self._context.say(
                tr_n(count, "%n was moved to the trash.", "%n were moved to the trash.") if others else one
            )
        if no_trash and confirms_delete_for_good(self._page, no_trash):
            self._delete(no_trash, delete_for_good, lambda done: self._deleted(no_trash, done))

    def _deleted(self, chosen: Sequence[Kept], done: Deleted) -> None:
        self._report(list(done.refused.values()))
        if done.gone:
            (first, *others) = self._take_away(chosen, done)
            one = tr("{title} was deleted.", title=first.title)
            self._context.say(tr_n(len(done.gone), "%n was deleted.", "%n were deleted.") if others else one)

    def _take_away(self, chosen: Sequence[Kept], done: Deleted) -> list[Kept]:
        if self._context.current_model in done.gone:
            self._context.use_model(None)
        self._context.models_changed.emit()
        return [kept for kept in chosen if kept.path in done.gone]

    def _report(self, reasons: Sequence[str]) -> None:
        if reasons:
            what = plural(len(reasons), "%n could not be deleted.", "%n could not be deleted.")
            self._context.report(ErrorRecord(what=join([what, *reasons], "\n")))
