"""The Data page's mode for labels: from the question what is to be labelled to a dataset, folders or a table."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from catdog_gui import worker
from catdog_gui.data.labelling.label_dialog import LabelDialog
from catdog_gui.data.labelling.label_session import LabelSession
from catdog_gui.data.labelling.label_view import LabelView
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.state.context import Context
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord
from trainer.dataset.label_file import LabelBook
from trainer.dataset.names import PHOTO_ENDINGS


class LabelMode(QObject):
    """`entered` when there are photos to label, `left` when they are closed, `use_requested` to make them a dataset."""

    entered = Signal()
    left = Signal()
    use_requested = Signal(object)
    """The Path of the file of labels."""
    failed = Signal(object)
    """An ErrorRecord."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self.bar = WorkBar()
        self.session = LabelSession(context, self.bar, self)
        self.view = LabelView(self.session)
        self.bar.cancel_requested.connect(self._cancel)
        self.session.opened.connect(self._on_opened)
        self.session.failed.connect(self.failed)
        self.session.cancelled.connect(lambda: context.say(tr("Cancelled. What was seen is kept for the next time.")))
        self.view.use_requested.connect(self._use)
        self.view.header.menu.aboutToShow.connect(self._fill_menu)
        self._export: worker.Task | None = None

    @property
    def busy(self) -> bool:
        """Whether work goes on that has to be waited for."""
        return self.session.busy or self._export is not None

    def ask(self, given: Sequence[Path] = ()) -> None:
        """Ask what is to be labelled, beginning with these folders and photos."""
        dialog = LabelDialog(given, self._context.settings, self._page)
        dialog.agreed.connect(lambda paths, classes, name: self.session.open(paths, classes, name or None))
        dialog.earlier_chosen.connect(self.open)
        dialog.open()

    def open(self, path: Path) -> None:
        """Go on with labels that were begun before."""
        self.session.open([path])

    def add(self, paths: Sequence[Path]) -> None:
        """Look at more folders and photos for the labels that are open."""
        self.session.open([self.session.file.path, *paths])

    def leave(self) -> None:
        """Close the labels, which are kept."""
        self.session.close()
        self.left.emit()

    def _cancel(self) -> None:
        self.session.cancel()
        if self._export is not None:
            self._export.cancel()

    def _on_opened(self) -> None:
        self.view.begin()
        self.entered.emit()
        problems = self.session.problems
        if problems:
            first = problems[0]
            self._context.say(
                tr_n(
                    len(problems),
                    "%n file cannot be used: {path}: {reason}",
                    "%n files cannot be used. The first: {path}: {reason}",
                    path=first.path,
                    reason=translated(first.reason),
                )
            )

    def _use(self) -> None:
        path = self.session.file.path
        self.session.close()
        self.use_requested.emit(path)

    def _fill_menu(self) -> None:
        menu = self.view.header.menu
        menu.clear()
        actions: tuple[tuple[str, str, Callable[[], None]], ...] = (
            (tr("Add a folder…"), "folder", self._add_folder),
            (tr("Add photos…"), "photos", self._add_photos),
            (tr("Copy into class folders…"), "copy", lambda: self._export_folders(link=False)),
            (tr("Link into class folders…"), "layers", lambda: self._export_folders(link=True)),
            (tr("Save as a table…"), "save", self._export_table),
            (tr("Close these labels"), "close", self.leave),
        )
        for text, icon, act in actions:
            menu.addAction(theme.icon(icon), text, act)
        menu.insertSeparator(menu.actions()[2])
        menu.insertSeparator(menu.actions()[-1])

    def _add_folder(self) -> None:
        settings = self._context.settings
        name = QFileDialog.getExistingDirectory(self._page, tr("Add a folder"), str(settings.last_folder("dataset")))
        if name:
            settings.remember_folder("dataset", Path(name).parent)
            self.add([Path(name)])

    def _add_photos(self) -> None:
        settings = self._context.settings
        endings = " ".join(f"*{ending} *{ending.upper()}" for ending in sorted(PHOTO_ENDINGS))
        names, _ = QFileDialog.getOpenFileNames(
            self._page,
            tr("Add photos"),
            str(settings.last_folder("photos")),
            f"{tr('Photos')} ({endings});;{tr('All files')} (*)",
        )
        if names:
            settings.remember_folder("photos", Path(names[0]).parent)
            self.add([Path(name) for name in names])

    def _export_folders(self, *, link: bool) -> None:
        settings = self._context.settings
        title = tr("Choose where the class folders are made")
        name = QFileDialog.getExistingDirectory(self._page, title, str(settings.last_folder("export")))
        if not name:
            return
        settings.remember_folder("export", Path(name))
        book = self.session.file.snapshot()

        def work(emit: worker.Emit, control: RunControl) -> str:
            from trainer.labelling.export import export_folders  # noqa: PLC0415 - after the first paint

            def tell(done: int, total: int) -> None:
                emit(StageProgressed(stage="scan", done=done, total=total))

            result = export_folders(book, Path(name), link=link, progress=tell, cancelled=control.should_stop)
            words = tr_n(result.photos, "%n photo is in {folder}", "%n photos are in {folder}", folder=name)
            first = result.problems[0] if result.problems else None
            more = f" {first.path}: {translated(first.reason)}" if first is not None else ""
            return f"{words}{more} {translated(result.stopped)}".rstrip()

        self._start_export(work)

    def _export_table(self) -> None:
        settings = self._context.settings
        start = settings.last_folder("export") / f"{self.session.file.name}.csv"
        name, _ = QFileDialog.getSaveFileName(self._page, tr("Save as a table"), str(start), tr("Tables") + " (*.csv)")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        settings.remember_folder("export", path.parent)
        book: LabelBook = self.session.file.snapshot()

        def work(_emit: worker.Emit, _control: RunControl) -> str:
            from trainer.labelling.export import export_table  # noqa: PLC0415 - after the first paint

            return tr_n(export_table(book, path), "%n row is in {table}", "%n rows are in {table}", table=path)

        self._start_export(work)

    def _start_export(self, work: worker.Work) -> None:
        if self.busy:
            return
        self.bar.begin(tr("Writing"))
        task = self._export = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self.bar.advance(event.done, event.total))
        task.succeeded.connect(self._context.say)
        task.failed.connect(self._on_export_failed)
        task.finished.connect(self._on_export_finished)

    def _on_export_failed(self, error: ErrorRecord) -> None:
        self.failed.emit(error)

    def _on_export_finished(self) -> None:
        self._export = None
        self.bar.end()
