"""The Data page: choose a dataset, see what is in it, and set its split and augmentation."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.data.dataset_view import DatasetView
from catdog_gui.data.dataset_welcome import DatasetWelcome
from catdog_gui.data.download_dialog import DownloadDialog
from catdog_gui.data.drawings_dialog import DrawingsDialog
from catdog_gui.data.drop_curtain import DropCurtain
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.widgets import choose_dataset
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.page_layout import lay_out_page
from catdog_gui.widgets.show_in_folder import show_in_folder
from catdog_gui.widgets.work_bar import Unit, WorkBar
from trainer.core.control import RunControl
from trainer.core.events import StageProgressed
from trainer.core.progress import Progress
from trainer.core.results import ErrorRecord
from trainer.dataset import pets
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.drawings import samples


class DataPage(QWidget):
    """One piece of work at a time: a scan, a download, or drawing."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: worker.Task | None = None
        self.setAcceptDrops(True)
        self.work = WorkBar()
        self.work.cancel_requested.connect(self._cancel)
        self.problem = Notice("error", "")
        self.problem.hide()
        self.welcome = DatasetWelcome()
        self.view = DatasetView(context.run_controller.draft)
        self.view.hide()
        self.curtain = DropCurtain(self)
        self._connect()
        lay_out_page(self, "Data", (self.problem, self.work), (self.welcome, self.view))
        self._show_recent()

    def open_dataset(self, path: Path) -> None:
        """Scan a folder or zip and show it."""

        def work(emit: worker.Emit, control: RunControl) -> Dataset:
            return scan(path, progress=_teller(emit), cancelled=control.should_stop)

        task = self._begin(f"Checking the photos in {path.name}", work)
        if task is not None:
            task.succeeded.connect(self._show_dataset)

    def choose_folder(self) -> None:
        """Let the user choose a folder."""
        self._open_if_chosen(choose_dataset.choose_folder(self, self._context.settings))

    def choose_zip(self) -> None:
        """Let the user choose a zip file."""
        self._open_if_chosen(choose_dataset.choose_zip(self, self._context.settings))

    def make_drawings(self) -> None:
        """Ask how many practice drawings are wanted, and where; draw them and open them."""
        dialog = DrawingsDialog(self)
        dialog.accepted.connect(lambda: self.draw(dialog.folder(), dialog.count()))
        dialog.open()

    def draw(self, folder: Path, count: int) -> None:
        """Draw `count` cats and dogs into a folder and open it."""

        def work(emit: worker.Emit, control: RunControl) -> Path:
            samples.draw_dataset(folder, count=count, progress=_teller(emit), cancelled=control.should_stop)
            return folder

        self._begin_then_open("Drawing cats and dogs", work)

    def offer_download(self) -> None:
        """Say what would be downloaded, and download it where the user agrees."""
        dialog = DownloadDialog(self)
        dialog.accepted.connect(lambda: self.download(dialog.folder()))
        dialog.open()

    def download(self, folder: Path) -> None:
        """Download the Oxford-IIIT pets below a folder and open them. What is there already is kept."""

        def work(emit: worker.Emit, control: RunControl) -> Path:
            return pets.download_pets(folder, progress=_teller(emit), cancelled=control.should_stop)

        self._begin_then_open("Downloading the Oxford-IIIT pets", work, unit="MB")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what dropping it here would do."""
        if not event.mimeData().hasUrls():
            return
        event.acceptProposedAction()  # also where it cannot be used: only then does Qt tell when it leaves again
        path = _droppable(event)
        if self._task is not None:
            self.curtain.draw_over("Wait until the current work is done, or cancel it first", welcome=False)
        elif path is None:
            self.curtain.draw_over("Only one folder or one zip file can be dropped here", welcome=False)
        else:
            self.curtain.draw_over(f"Drop to open the photos in {path.name}", welcome=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to normal."""
        self.curtain.lift()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.curtain.lift()
        path = _droppable(event)
        if path is not None and self._task is None:
            event.acceptProposedAction()
            self._open_chosen(path)

    def _connect(self) -> None:
        welcome, view = self.welcome, self.view
        welcome.folder_requested.connect(self.choose_folder)
        welcome.zip_requested.connect(self.choose_zip)
        welcome.drawings_requested.connect(self.make_drawings)
        welcome.download_requested.connect(self.offer_download)
        welcome.recent_requested.connect(self._open_chosen)
        view.header.train_requested.connect(self._context.set_up_run)
        view.header.menu.aboutToShow.connect(self._fill_menu)
        view.show_requested.connect(show_in_folder)

    def _fill_menu(self) -> None:
        menu = self.view.header.menu
        menu.clear()
        for text, icon, act in (
            ("Choose folder…", "folder", self.choose_folder),
            ("Choose zip…", "zip", self.choose_zip),
            ("Make practice drawings…", "pencil", self.make_drawings),
            ("Download Oxford-IIIT Pets…", "download", self.offer_download),
        ):
            menu.addAction(theme.icon(icon), text, act)
        menu.addSeparator()
        if self.view.dataset is not None:
            root = Path(self.view.dataset.root)
            menu.addAction(theme.icon("reset"), "Check these again", lambda: self.open_dataset(root))
        recent = menu.addMenu("Recent")
        for path in self._context.settings.recent_datasets:
            text = self.fontMetrics().elidedText(str(path), Qt.TextElideMode.ElideMiddle, 420)
            recent.addAction(text, partial(self._open_chosen, path))
        recent.setEnabled(not recent.isEmpty())

    def _open_if_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.open_dataset(path)

    def _open_chosen(self, path: Path) -> None:
        self._context.settings.remember_folder("dataset", path.parent)
        self.open_dataset(path)

    def _begin(self, what: str, work: worker.Work, unit: Unit = "photos") -> worker.Task | None:
        if self._task is not None:
            self._context.say("Wait until the current work is done, or cancel it first.")
            return None
        self.problem.hide()
        self.work.begin(what)
        task = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self.work.advance(event.done, event.total, unit))
        task.failed.connect(self._fail)
        task.cancelled.connect(lambda: self._context.say("Cancelled."))
        task.finished.connect(self._end)
        self._task = task
        return task

    def _begin_then_open(self, what: str, work: worker.Work, unit: Unit = "photos") -> None:
        task = self._begin(what, work, unit)
        if task is not None:
            made: list[Path] = []
            task.succeeded.connect(made.append)
            # Once the work is over, and not before: there is one piece of work at a time.
            task.finished.connect(lambda: self._open_made(made))

    def _open_made(self, made: list[Path]) -> None:
        for path in made:
            self.open_dataset(path)

    def _end(self) -> None:
        self._task = None
        self.work.end()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _fail(self, error: ErrorRecord) -> None:
        self.problem.say("error", error.what, error.remedy)
        self.problem.show()
        if error.details:
            self._context.report(error)

    def _show_dataset(self, dataset: Dataset) -> None:
        self._context.settings.remember_dataset(Path(dataset.root))
        self._show_recent()
        self.view.show_dataset(dataset)
        self.welcome.hide()
        self.view.show()
        self.view.keyboard_start()
        self._context.choose_dataset(dataset)

    def _show_recent(self) -> None:
        self.welcome.show_recent(self._context.settings.recent_datasets)


def _teller(emit: worker.Emit) -> Progress:
    return lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total))


def _droppable(event: QDropEvent) -> Path | None:
    """Return the one folder or zip that is dropped, if it is that."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.is_dir() or path.suffix.lower() == ".zip" else None
