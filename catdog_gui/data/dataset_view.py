"""A scanned dataset: numbers, split and health, photos of each class, what augmentation does, what was left out."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from catdog_gui.data.augment_card import AugmentCard
from catdog_gui.data.class_bars import ALL, ClassBars
from catdog_gui.data.copies_card import CopiesCard
from catdog_gui.data.dataset_header import DatasetHeader
from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.left_out_card import LeftOutCard
from catdog_gui.data.problem_list import ProblemList
from catdog_gui.data.split_editor import SplitEditor
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import photo_count
from catdog_gui.state.context import Context
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from catdog_gui.widgets.reflow import Reflow
from trainer.core.config import SplitConfig
from trainer.core.results import ErrorRecord
from trainer.dataset.copies import Copies, find_copies
from trainer.dataset.records import SPLITS, Dataset
from trainer.dataset.split import cut

# Narrower than this, the split's four fields do not fit beside the bars.
_TWO_COLUMNS = 760


class DatasetView(QWidget):
    """Shows one dataset, and edits the draft's split and augmentation."""

    show_requested = Signal(object)
    """Path of a file to show in its folder."""
    left_out_changed = Signal(object)
    """The photos that are to be left out from now on: paths, as a tuple."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        draft = self._draft = context.run_controller.draft
        self._dataset: Dataset | None = None
        self._photos: DatasetPhotos | None = None
        self.header = DatasetHeader()
        self._notes = QVBoxLayout()
        self._notes.setSpacing(theme.S)
        self.bars = ClassBars()
        self.split = SplitEditor()
        self.split_problem = Notice("warning", "")
        self.split_problem.hide()
        self.split.changed.connect(lambda: draft.set_split(self.split.split(), self.split.seed.value()))
        self.strips = (PhotoTiles("", strip=True), PhotoTiles("", strip=True))
        self._strip_titles = (QLabel(), QLabel())
        self.copies = CopiesCard()
        self.copies.leave_out_requested.connect(self._leave_out)
        self.health = HealthCard(context)
        self.health.leave_out_requested.connect(self._leave_out)
        self.left_out = LeftOutCard()
        self.left_out.put_back_requested.connect(self._put_back)
        self.augment = AugmentCard(draft)
        self.problems = ProblemList()
        self.problems.show_requested.connect(self.show_requested)
        self._problem_card = Card(" ")
        self._problem_card.body.addWidget(_muted(tr("They do not count, and nothing has to be done.")))
        self._problem_card.body.addWidget(self.problems)
        self._cuts = Latest(self, settle_ms=60)
        self._cuts.succeeded.connect(self._show_counts)
        self._cuts.failed.connect(self._refuse_cut)
        draft.changed.connect(self._follow_draft)
        self._lay_out()

    @property
    def dataset(self) -> Dataset | None:
        """What is shown."""
        return self._dataset

    def show_dataset(self, dataset: Dataset) -> None:
        """Show another dataset."""
        if self._photos is not None:
            self._photos.close()
        self._dataset, self._photos = dataset, DatasetPhotos(dataset.root)
        self.header.show_dataset(dataset)
        self._show_copies(dataset)
        self.split_problem.hide()
        self.split.set_fixed(folders_decide(dataset), _shares(dataset))
        self._show_strips(dataset)
        self.problems.show_problems(Path(dataset.root), dataset.problems)
        self._problem_card.setVisible(bool(dataset.problems))
        title = tr_n(len(dataset.problems), "Cannot be used: %n file", "Cannot be used: %n files")
        self._problem_card.title.setText(title)
        self._problem_card.setAccessibleName(title)
        self.left_out.show_left_out(dataset.left_out)
        self.health.show_dataset(dataset, self._photos)
        # Bars at once, by what the folders say; the cut follows from its thread.
        self.bars.show_counts(dataset.classes, dataset.split_counts() or {ALL: dataset.class_counts()})
        self._follow_draft()

    def close_photos(self) -> None:
        """Close the dataset's files."""
        self.health.close_photos()
        for strip in self.strips:
            strip.tiles.close()
        if self._photos is not None:
            self._photos.close()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(self.header)
        layout.addLayout(self._notes)
        layout.addWidget(self.copies)
        numbers, split = Card(tr("Photos")), Card(tr("Split"))
        numbers.body.addWidget(self.bars)
        numbers.body.addStretch(1)
        split.body.addWidget(self.split)
        split.body.addWidget(self.split_problem)
        split.body.addStretch(1)
        layout.addWidget(Reflow(numbers, split, breakpoint_px=_TWO_COLUMNS))
        layout.addWidget(self._strips_card())
        layout.addWidget(self.health)
        layout.addWidget(self.augment)
        layout.addWidget(self.left_out)
        layout.addWidget(self._problem_card)
        layout.addStretch(1)

    def _strips_card(self) -> Card:
        card = Card(tr("Photos of each class"))
        hint = QLabel(tr("Click one to see below what the network sees of it."))
        hint.setProperty("role", "small")
        hint.setWordWrap(True)
        card.body.addWidget(hint)
        for title, strip in zip(self._strip_titles, self.strips, strict=True):
            title.setProperty("role", "subheading")
            card.body.addWidget(title)
            card.body.addWidget(strip)
            strip.tile_chosen.connect(self._augment)
            self._add_actions(strip)
        return card

    def _add_actions(self, strip: PhotoTiles) -> None:
        """Give a strip its context menu, and Delete."""
        strip.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        leave_out = QAction(tr("Leave out"), strip)
        leave_out.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        leave_out.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        leave_out.triggered.connect(lambda: self._leave_out(_current(strip)))
        show = QAction(tr("Show in folder"), strip)
        show.triggered.connect(lambda: self._show_current(strip))
        strip.addActions([leave_out, show])

    def _show_current(self, strip: PhotoTiles) -> None:
        for path in _current(strip) if self._photos is not None else ():
            file = self._photos.file_of(path) if self._photos is not None else None
            if file is not None:
                self.show_requested.emit(file)

    def _leave_out(self, paths: tuple[str, ...]) -> None:
        if self._dataset is not None and paths:
            self.left_out_changed.emit((*self._dataset.left_out, *paths))

    def _put_back(self, paths: tuple[str, ...]) -> None:
        if self._dataset is not None:
            self.left_out_changed.emit(tuple(path for path in self._dataset.left_out if path not in set(paths)))

    def _show_copies(self, dataset: Dataset) -> None:
        copies = find_copies(dataset.photos)
        self.copies.show_copies(self._photos, dataset.classes, copies.in_both_classes)
        while (entry := self._notes.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.deleteLater()
        if copies.in_several_splits:
            self._notes.addWidget(self._leak(copies))
        elif copies.groups and not copies.in_both_classes:
            self._notes.addWidget(Notice("info", translated(copies.notes()[0])))

    def _leak(self, copies: Copies) -> Notice:
        """Return the warning that the test is no test, with the way to mend that."""
        notice = Notice("warning", translated(copies.notes()[-1]))
        mend = notice.add_button(tr("Leave out the copies to train on"))
        mend.clicked.connect(lambda: self._leave_out(copies.outside_the_test))
        return notice

    def _show_strips(self, dataset: Dataset) -> None:
        counts = dataset.class_counts()
        for index, (name, title, strip) in enumerate(
            zip(dataset.classes, self._strip_titles, self.strips, strict=True)
        ):
            title.setText(tr("{name}: {photos}", name=name, photos=photo_count(counts[name])))
            strip.setAccessibleName(tr("Photos of the class {name}", name=name))
            tiles = [
                Tile(photo.path, photo.path.rsplit("/", 1)[-1])
                for photo in dataset.photos
                if photo.class_index == index
            ]
            strip.show_tiles(self._photos, tiles)
        self._augment(Tile(dataset.photos[0].path, ""))

    def _augment(self, tile: Tile) -> None:
        photos = self._photos
        if photos is not None:
            self.augment.show_photo(lambda: photos.read(tile.path))

    def _follow_draft(self) -> None:
        self.split.set_split(self._draft.split, self._draft.seed)
        dataset, split, seed = self._dataset, self._draft.split, self._draft.seed
        if dataset is not None:
            self._cuts.ask(lambda: _cut_counts(dataset, split, seed))

    def _show_counts(self, outcome: tuple[Dataset, dict[str, dict[str, int]]]) -> None:
        dataset, counts = outcome
        if dataset is self._dataset:
            self.split_problem.hide()
            self.bars.show_counts(dataset.classes, counts)

    def _refuse_cut(self, error: ErrorRecord) -> None:
        self.split_problem.say("warning", translated(error.what), translated(error.remedy))
        self.split_problem.show()

    def keyboard_start(self) -> None:
        """Focus the button for the next step."""
        self.header.train.setFocus(Qt.FocusReason.OtherFocusReason)


def _current(strip: PhotoTiles) -> tuple[str, ...]:
    """Return the path of the photo that is selected in a strip, if any."""
    index = strip.currentIndex()
    return (strip.tiles.tile(index).path,) if index.isValid() else ()


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setProperty("role", "muted")
    return label


def _cut_counts(dataset: Dataset, split: SplitConfig, seed: int) -> tuple[Dataset, dict[str, dict[str, int]]]:
    """Return the dataset and its photos per split and class after cutting. In another thread."""
    return dataset, cut(dataset, split.fractions, seed).split_counts()


def folders_decide(dataset: Dataset) -> str:
    """Return a sentence where the folders name all three splits, so that there is nothing to choose; else nothing."""
    if set(dataset.split_counts()) == set(SPLITS):
        return tr("The folders decide: they are named train, validation and test.")
    return ""


def _shares(dataset: Dataset) -> tuple[int, int, int]:
    """Return the sizes of the splits that the folders name, in percent of all photos."""
    train, validation, _ = (round(100 * len(dataset.of_split(split)) / len(dataset.photos)) for split in SPLITS)
    return train, validation, 100 - train - validation
