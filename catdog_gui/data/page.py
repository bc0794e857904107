"""The Data page: choose a dataset, see what is in it, set its split, and leave photos out."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from catdog_gui.data.class_choice import ClassChoice
from catdog_gui.data.dataset_view import DatasetView
from catdog_gui.data.dataset_welcome import DatasetWelcome, recent_path
from catdog_gui.data.dataset_work import BUSY, DatasetWork, OtherClasses, same_photos
from catdog_gui.data.download_dialog import DownloadDialog
from catdog_gui.data.drawings_dialog import DrawingsDialog
from catdog_gui.data.drop_curtain import DropCurtain
from catdog_gui.data.drop_offer import DropOffer, label_offer, offer_of, other_class_offer
from catdog_gui.data.labelling.label_mode import LabelMode
from catdog_gui.data.two_folders_dialog import TwoFoldersDialog
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.state.context import Context
from catdog_gui.widgets import choose_dataset
from catdog_gui.widgets.local_paths import local_paths
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.page_layout import lay_out_page
from catdog_gui.widgets.show_in_folder import show_in_folder
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError
from trainer.core.results import ErrorRecord
from trainer.dataset.records import Dataset, Photo
from trainer.files.kinds import is_folder


class DataPage(QWidget):
    """Shows the ways to a dataset, the question which classes are meant, or the dataset."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAcceptDrops(True)
        self._scanned: Path | None = None
        """What was looked at last."""
        self.work = WorkBar()
        self.scans = DatasetWork(self.work, self)
        self.problem = Notice("error", "")
        self.problem.hide()
        self.welcome = DatasetWelcome()
        self.classes = ClassChoice()
        self.view = DatasetView(context)
        self.labels = LabelMode(context, self)
        self.label_these = self.problem.add_button(tr("Label these photos…"))
        self.label_these.hide()
        self.curtain = DropCurtain(self)
        self._connect()
        lay_out_page(self, tr("Data"), (self.problem, self.work, self.labels.bar), self._parts)
        self._show(self.welcome)
        self._show_recent()

    def open_dataset(self, dataset: DatasetChoice | Path) -> None:
        """Look at a dataset and show it, without the photos that were left out of it before."""
        self._scan(self._context.settings.with_left_out(DatasetChoice.of(dataset)))

    def restore_last(self) -> None:
        """Show the dataset of the last session again, as soon as it was looked at. For once after the start."""
        last = self._context.settings.last_dataset
        if last is None or self._context.current_dataset is not None or self.scans.busy:
            return
        self.problem.say("info", tr("Opening the photos that you used last: {name}", name=last.name))
        self.problem.show()
        self.scans.restore(last)

    def choose_folder(self) -> None:
        """Let the user choose a folder."""
        self._open_if_chosen(choose_dataset.choose_folder(self, self._context.settings))

    def choose_two_folders(self) -> None:
        """Let the user choose two folders, one for each class."""
        dialog = TwoFoldersDialog(self._context.settings.last_folder("dataset"), self)
        dialog.chosen.connect(self._open_chosen)
        dialog.open()

    def choose_zip(self) -> None:
        """Let the user choose a zip file."""
        self._open_if_chosen(choose_dataset.choose_zip(self, self._context.settings))

    def make_drawings(self) -> None:
        """Ask how many practice drawings are wanted, and where; draw them and open them."""
        dialog = DrawingsDialog(self)
        dialog.accepted.connect(lambda: self.scans.draw(dialog.folder(), dialog.count()))
        dialog.open()

    def offer_download(self) -> None:
        """Say what would be downloaded, and download it where the user agrees."""
        dialog = DownloadDialog(self)
        dialog.accepted.connect(lambda: self.scans.download(dialog.folder()))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what dropping it here would do."""
        if not event.mimeData().hasUrls():
            return
        event.acceptProposedAction()  # also where it cannot be used: only then does Qt tell when it leaves again
        offer = self._offer(event.mimeData())
        self.curtain.draw_over(offer.words, welcome=offer.welcome)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to normal."""
        self.curtain.lift()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, or say again why that cannot be."""
        self.curtain.lift()
        offer = self._offer(event.mimeData())
        if not offer.welcome:
            self._context.say(offer.words)
            return
        event.acceptProposedAction()
        if offer.choice is not None:
            self._open_chosen(offer.choice)
        elif self.labels.session.is_open:
            self.labels.add(offer.to_label)
        else:
            self.labels.ask(offer.to_label)

    def _offer(self, data: QMimeData) -> DropOffer:
        paths = local_paths(data)
        if self.scans.busy or self.labels.busy:
            return DropOffer(None, tr(BUSY))
        if self.labels.session.is_open:
            return label_offer(paths)
        if self.classes.waits_for_other_class and len(paths) == 1 and is_folder(paths[0]):
            try:
                return other_class_offer(self.classes.with_other(paths[0]), paths[0].name)
            except DatasetError:  # such as a folder around the first one: a dataset of its own, perhaps
                return offer_of(paths)
        return offer_of(paths)

    def _connect(self) -> None:
        welcome, view, scans = self.welcome, self.view, self.scans
        welcome.folder_requested.connect(self.choose_folder)
        welcome.two_folders_requested.connect(self.choose_two_folders)
        welcome.zip_requested.connect(self.choose_zip)
        welcome.label_requested.connect(self.labels.ask)
        welcome.drawings_requested.connect(self.make_drawings)
        welcome.download_requested.connect(self.offer_download)
        welcome.recent_requested.connect(self._open_chosen)
        self.classes.chosen.connect(self.open_dataset)
        self.classes.other_class_requested.connect(self._choose_other_class)
        self.classes.dismissed.connect(self._dismiss_classes)
        self.classes.label_requested.connect(lambda root: self.labels.ask([root]))
        self.label_these.clicked.connect(self._label_these)
        self._connect_labels()
        view.header.train_requested.connect(self._context.set_up_run)
        view.augment.change_requested.connect(self._context.set_up_run)
        view.header.menu.aboutToShow.connect(self._fill_menu)
        view.show_requested.connect(show_in_folder)
        view.left_out_changed.connect(self._leave_out)
        scans.began.connect(self.problem.hide)
        scans.said.connect(self._context.say)
        scans.found.connect(self._show_dataset)
        scans.restored.connect(self._show_restored)
        scans.not_restored.connect(self._on_not_restored)
        scans.classes_found.connect(self._show_classes)
        scans.failed.connect(self._fail)

    def _fill_menu(self) -> None:
        menu = self.view.header.menu
        menu.clear()
        for text, icon, act in (
            (tr("Choose folder…"), "folder", self.choose_folder),
            (tr("Choose two folders…"), "layers", self.choose_two_folders),
            (tr("Choose zip or table…"), "zip", self.choose_zip),
            (tr("Label photos…"), "pencil", self.labels.ask),
            (tr("Make practice drawings…"), "image", self.make_drawings),
            (tr("Download Oxford-IIIT Pets…"), "download", self.offer_download),
        ):
            menu.addAction(theme.icon(icon), text, act)
        menu.addSeparator()
        if self.view.dataset is not None:
            choice = self.view.dataset.choice
            menu.addAction(theme.icon("reset"), tr("Check these again"), lambda: self._scan(choice))
            if self.view.dataset.layout == "labels":
                menu.addAction(theme.icon("pencil"), tr("Go on labelling"), lambda: self.labels.open(Path(choice.root)))
        recent = menu.addMenu(tr("Recent"))
        for choice in self._context.settings.recent_datasets:
            path = recent_path(choice).replace("\n", "  +  ")
            text = self.fontMetrics().elidedText(path, Qt.TextElideMode.ElideMiddle, 420)
            recent.addAction(text.replace("&", "&&"), partial(self._open_chosen, choice))
        recent.setEnabled(not recent.isEmpty())

    def _open_if_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.open_dataset(path)

    def _open_chosen(self, choice: DatasetChoice) -> None:
        place = Path(choice.root)
        self._context.settings.remember_folder("dataset", place if choice.class_folders else place.parent)
        self.open_dataset(choice)

    def _choose_other_class(self) -> None:
        folder = choose_dataset.choose_folder(self, self._context.settings)
        if folder is None:
            return
        try:
            self.open_dataset(self.classes.with_other(folder))
        except DatasetError as error:
            self._fail(ErrorRecord.of(error))

    def _dismiss_classes(self) -> None:
        self._show(self.welcome)

    def _scan(self, choice: DatasetChoice, known: Sequence[Photo] = ()) -> None:
        self._scanned = Path(choice.root)
        self.scans.scan(choice, known)

    def _leave_out(self, paths: tuple[str, ...]) -> None:
        dataset = self.view.dataset
        if dataset is None:
            return
        self._scan(replace(dataset.choice, left_out=paths), dataset.photos)

    def _connect_labels(self) -> None:
        labels = self.labels
        labels.entered.connect(lambda: self._show(labels.view))
        labels.left.connect(lambda: self._show(self.view if self.view.dataset is not None else self.welcome))
        labels.use_requested.connect(self.open_dataset)
        labels.failed.connect(self._fail)
        labels.session.opened.connect(self.problem.hide)

    def _label_these(self) -> None:
        self.problem.hide()
        if self._scanned is not None:
            self.labels.ask([self._scanned])

    def _fail(self, error: ErrorRecord) -> None:
        there = self._scanned is not None and is_folder(self._scanned) and str(self._scanned) == error.path
        self.label_these.setVisible(there)
        self.problem.say("error", translated(error.what), translated(error.remedy))
        self.problem.show()
        if error.details:
            self._context.report(error)

    def _show_classes(self, found: OtherClasses) -> None:
        self.classes.show_classes(found)
        self._show(self.classes)
        self.classes.keyboard_start()

    def _show_dataset(self, dataset: Dataset) -> None:
        before = self.view.dataset
        same = same_photos(before, dataset)
        self._take(dataset)
        if before is None or not same:
            self.view.keyboard_start()
        elif (more := len(dataset.left_out) - len(before.left_out)) > 0:
            self._context.say(
                tr_n(
                    more,
                    "%n photo is left out. It can be put back below.",
                    "%n photos are left out. They can be put back below.",
                )
            )

    def _show_restored(self, dataset: Dataset) -> None:
        self.problem.hide()
        if self._context.current_dataset is None:
            self._take(dataset)

    def _on_not_restored(self) -> None:
        last = self._context.settings.last_dataset
        if last is not None:
            name = recent_path(last).replace("\n", "  +  ")
            self.problem.say("info", tr("The photos that you used last are no longer there: {path}", path=name))

    def _take(self, dataset: Dataset) -> None:
        self._context.settings.remember_dataset(dataset.choice)
        self._show_recent()
        self.view.show_dataset(dataset)
        self._show(self.view)
        self._context.choose_dataset(dataset)

    def _show(self, part: QWidget) -> None:
        for each in self._parts:
            each.setVisible(each is part)
        if part is not self.classes:
            self.classes.forget()

    @property
    def _parts(self) -> tuple[QWidget, ...]:
        """What is shown, one at a time."""
        return (self.welcome, self.classes, self.view, self.labels.view)

    def _show_recent(self) -> None:
        self.welcome.show_recent(self._context.settings.recent_datasets)
