"""The Data page: scanning, what is shown of a dataset, drawings, a download, drops, and every error."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from catdog_gui.data.download_dialog import DownloadDialog
from catdog_gui.data.drawings_dialog import DrawingsDialog
from catdog_gui.data.page import DataPage
from catdog_gui.data.split_shares import LEAST, Shares, move
from catdog_gui.state.context import Context
from catdog_gui.widgets.notice import Notice
from tests.gui.recorded import dataset, problems
from tests.gui.seen import button, texts
from trainer.core.config import AugmentConfig, SplitConfig
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError
from trainer.dataset import pets as download
from trainer.dataset.pets import PETS
from trainer.dataset.records import SPLITS
from trainer.drawings import samples
from trainer.files.download import DownloadError


@pytest.fixture
def scanned(page: DataPage, drawings: Path, qtbot: QtBot) -> DataPage:
    """Return the page with the drawings on it."""
    open_and_wait(page, drawings, qtbot)
    return page


def open_and_wait(page: DataPage, path: Path, qtbot: QtBot) -> None:
    page.open_dataset(path)
    qtbot.waitUntil(page.work.isHidden, timeout=30_000)


def images(page: DataPage) -> int:
    model = page.view.strips[0].tiles
    return sum(model.image(model.index(row)) is not None for row in range(5))


def test_a_folder_is_scanned_and_shown(page: DataPage, context: Context, drawings: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.dataset_chosen) as chosen:
        page.open_dataset(drawings)
        assert page.work.isVisible()
    found = chosen.args[0]
    assert len(found.photos) == 80
    assert context.current_dataset is found
    qtbot.waitUntil(page.work.isHidden)
    assert page.view.isVisible()
    assert not page.welcome.isVisible()
    assert not page.work.isVisible()
    qtbot.waitUntil(lambda: "Training: cat 28, dog 28" in page.view.bars.accessibleDescription())
    for strip, name in zip(page.view.strips, ("cat", "dog"), strict=True):
        assert strip.tiles.rowCount() == 40
        assert strip.accessibleName() == f"Photos of the class {name}"
    qtbot.waitUntil(lambda: images(page) == 5)
    assert not page.view.problems.isVisible()


def test_the_split_follows_its_shares_and_seed(scanned: DataPage, context: Context, qtbot: QtBot) -> None:
    scanned.view.split.fields[0].setValue(50)
    draft = context.run_controller.draft
    assert draft.split == SplitConfig(train=0.5, validation=0.25, test=0.25)
    qtbot.waitUntil(lambda: "Training: cat 20, dog 20" in scanned.view.bars.accessibleDescription())
    scanned.view.split.seed.setValue(5)
    assert draft.seed == 5


def test_a_split_that_fails_is_said_once_and_no_longer_when_it_works(page: DataPage, qtbot: QtBot) -> None:
    # Four copies of one cat stay together: with half of the photos for training, a split lacks cats.
    found = dataset(count=12)
    copies = {photo.path for photo in found.photos[:4]}
    same = tuple(replace(photo, digest="same") if photo.path in copies else photo for photo in found.photos)
    page.welcome.hide()
    page.view.show()
    page.view.show_dataset(replace(found, photos=same))
    split = page.view.split

    def warnings() -> list[Notice]:
        return [
            notice for notice in page.findChildren(Notice) if notice.isVisible() and "class cat" in notice.text.text()
        ]

    qtbot.waitUntil(lambda: "Validation" in page.view.bars.accessibleDescription())
    assert warnings() == []
    for _ in range(2):
        split.fields[0].setValue(50)
        qtbot.waitUntil(lambda: len(warnings()) == 1)
        split.fields[0].setValue(70)
        qtbot.waitUntil(lambda: warnings() == [])
    split.fields[0].setValue(50)
    qtbot.waitUntil(lambda: len(warnings()) == 1)
    page.view.show_dataset(dataset())
    assert warnings() == []


def test_where_the_folders_say_the_split_there_is_nothing_to_choose(page: DataPage) -> None:
    page.view.show_dataset(dataset(splits=("train", "train", "validation", "test")))
    page.welcome.hide()
    page.view.show()
    split = page.view.split
    note, shares = texts(split)
    assert "The folders decide" in note
    assert shares == "Training 50 %, validation 25 %, test 25 %"
    page.view.show_dataset(dataset())
    assert all(field.isVisible() for field in (*split.fields, split.seed))
    assert not {note, shares} & set(texts(split))


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("value", [-5, 0, 5, 33, 70, 90, 200])
@pytest.mark.parametrize("start", [(70, 15, 15), (5, 5, 90), (90, 5, 5), (34, 33, 33), (5, 90, 5)])
def test_shares_stay_a_whole(start: Shares, which: int, value: int) -> None:
    moved = move(start, which, value)
    assert sum(moved) == 100
    assert min(moved) >= LEAST
    assert moved[which] == min(max(value, LEAST), 90)
    SplitConfig(**{name: share / 100 for name, share in zip(SPLITS, moved, strict=True)})


def test_files_left_out_are_listed_by_kind_and_can_be_shown(
    page: DataPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    page.view.show_requested.disconnect()
    page.view.show_requested.connect(shown.append)
    page.view.show_dataset(replace(dataset(str(tmp_path)), problems=problems(5)))
    tree = page.view.problems
    kinds = [tree.model.item(row).text() for row in range(tree.model.rowCount())]
    assert kinds == ["Cut off (3)", "Not a photo (2)"]
    first = tree.model.item(0).child(0)
    assert (first.text(), tree.model.item(0).child(0, 1).text()) == ("cats/bad.0.jpg", "This photo is damaged.")
    assert not tree.button.isEnabled()
    tree.tree.setCurrentIndex(first.index())
    tree.button.click()
    assert shown == [tmp_path / "cats" / "bad.0.jpg"]


def test_ten_thousand_photos_and_problems_are_no_burden(page: DataPage, qtbot: QtBot) -> None:
    page.view.show_dataset(replace(dataset(count=10_000), problems=problems(10_000)))
    strip = page.view.strips[0].tiles
    assert strip.rowCount() == 5000
    assert page.view.problems.model.item(0).rowCount() == 5000
    page.welcome.hide()
    page.view.show()
    qtbot.waitUntil(lambda: strip.failure(strip.index(0)) is not None)  # the photos do not exist
    # Only what is in sight was asked for.
    assert sum(strip.failure(strip.index(row)) is not None for row in range(5000)) < 100


def test_the_augmentation_is_previewed_live(scanned: DataPage, context: Context, qtbot: QtBot) -> None:
    context.run_controller.draft.set_recipe("classic")
    preview = scanned.view.augment.preview
    # The first that is shown may have been made before the recipe was chosen, whose variants are all the same.
    qtbot.waitUntil(lambda: len(preview.images) == 8 and preview.images[0] != preview.images[1], timeout=30_000)
    before = preview.images
    assert "strong" in scanned.view.augment.level.text()
    with qtbot.waitSignal(context.page_requested) as asked:
        scanned.view.augment.change.click()
    assert asked.args == ["train"]
    context.run_controller.draft.set_augment(AugmentConfig.level("off"))
    assert "off" in scanned.view.augment.level.text()
    qtbot.waitUntil(lambda: preview.images is not before, timeout=30_000)
    assert all(image == preview.images[0] for image in preview.images)
    dogs = scanned.view.strips[1]
    dogs.tile_chosen.emit(dogs.tiles.tile(dogs.tiles.index(3)))
    qtbot.waitUntil(lambda: preview.images[0] != before[0], timeout=30_000)


def test_a_zip_works_like_a_folder(page: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot) -> None:
    archive = tmp_path / "pets.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for photo in sorted(drawings.rglob("*.jpg")):
            file.write(photo, photo.relative_to(drawings))
    open_and_wait(page, archive, qtbot)
    qtbot.waitUntil(lambda: images(page) == 5)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["missing", "empty"])
def test_what_is_no_dataset_is_said(page: DataPage, tmp_path: Path, qtbot: QtBot, make: Callable[[Path], None]) -> None:
    make(tmp_path / "photos")
    open_and_wait(page, tmp_path / "photos", qtbot)
    assert page.problem.isVisible()
    assert page.problem.text.text()
    assert page.problem.remedy.text()
    assert page.welcome.isVisible()


def test_a_scan_can_be_cancelled(page: DataPage, drawings: Path, context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.said) as said:
        page.open_dataset(drawings)
        page.work.cancel.click()
        assert not page.work.cancel.isEnabled()
    assert said.args == ["Cancelled."]
    qtbot.waitUntil(page.work.isHidden)
    assert context.current_dataset is None
    assert not page.problem.isVisible()


def test_recent_datasets_are_offered(page: DataPage, context: Context, drawings: Path, qtbot: QtBot) -> None:
    open_and_wait(page, drawings, qtbot)
    assert context.settings.recent_datasets == [DatasetChoice.of(drawings)]
    again = DataPage(context)
    qtbot.addWidget(again, before_close_func=lambda page: page.view.close_photos())
    again.show()
    with qtbot.waitSignal(context.dataset_chosen):
        qtbot.mouseClick(button(again, f"Open {drawings}"), Qt.MouseButton.LeftButton)
    again.view.header.menu.aboutToShow.emit()
    assert [action.text() for action in again.view.header.menu.actions() if action.text()] == [
        "Choose folder…",
        "Choose two folders…",
        "Choose zip or table…",
        "Label photos…",
        "Make practice drawings…",
        "Download Oxford-IIIT Pets…",
        "Check these again",
        "Recent",
    ]
    qtbot.waitUntil(again.work.isHidden)


def test_drawings_are_made_and_opened(
    page: DataPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.make_drawings()
    (dialog,) = page.findChildren(DrawingsDialog)
    dialog.number.setValue(40)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    dialog.place.edit.setText(str(tmp_path / "full"))
    assert not dialog.go.isEnabled()
    assert "not empty" in dialog.refusal.text()
    dialog.place.edit.setText(str(tmp_path / "practice"))
    assert not dialog.refusal.isVisible()
    dialog.go.click()
    qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
    assert page.view.dataset is not None
    assert len(page.view.dataset.photos) == 40
    qtbot.waitUntil(page.work.isHidden)


def test_return_in_the_number_of_drawings_draws_them(page: DataPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.make_drawings()
    (dialog,) = page.findChildren(DrawingsDialog)
    dialog.number.setValue(20)
    dialog.place.edit.setText(str(tmp_path / "practice"))
    qtbot.keyClick(dialog.number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
    qtbot.waitUntil(page.work.isHidden)
    assert len(list((tmp_path / "practice").rglob("*.jpg"))) == 20


def test_a_failed_drawing_is_said_and_nothing_opened(
    page: DataPage, tmp_path: Path, qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no such luck")

    monkeypatch.setattr(samples, "draw_dataset", refuse)
    with qtbot.waitSignal(context.error_reported) as reported:
        page.scans.draw(tmp_path, 40)
    assert "no such luck" in reported.args[0].details
    assert page.problem.isVisible()
    assert page.view.dataset is None
    qtbot.waitUntil(page.work.isHidden)


def test_the_download_says_its_size_and_licence_first(page: DataPage, qtbot: QtBot) -> None:
    page.offer_download()
    (dialog,) = page.findChildren(DownloadDialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "811 MB" in texts
    assert PETS.licence in texts
    dialog.reject()
    assert page.work.isHidden()


def test_offline_the_download_says_so_and_can_be_tried_again(
    page: DataPage, drawings: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(folder: Path, **_kwargs: object) -> Path:
        raise DownloadError("www.robots.ox.ac.uk could not be reached.", remedy="Check the connection.")

    monkeypatch.setattr(download, "download_pets", offline)
    page.scans.download(drawings)
    qtbot.waitUntil(page.problem.isVisible)
    assert page.problem.text.text() == "www.robots.ox.ac.uk could not be reached."
    qtbot.waitUntil(page.work.isHidden)
    monkeypatch.setattr(download, "download_pets", lambda folder, **_kwargs: drawings)
    page.scans.download(drawings)
    qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
    assert not page.problem.isVisible()
    qtbot.waitUntil(page.work.isHidden)


def test_a_cancelled_download_is_no_error(page: DataPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(folder: Path, *, progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
        progress(100, 811)
        while not cancelled():
            pass
        raise CancelledError("The download was cancelled.")

    monkeypatch.setattr(download, "download_pets", wait)
    page.scans.download(Path("/nowhere"))
    qtbot.waitUntil(lambda: "100 of 811 MB" in texts(page.work))
    page.work.cancel.click()
    qtbot.waitUntil(page.work.isHidden)
    assert not page.problem.isVisible()


def test_a_folder_is_chosen_in_a_dialog_that_remembers(
    page: DataPage, context: Context, drawings: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_in: list[str] = []

    def choose(_parent: object, _title: str, start: str) -> str:
        begun_in.append(start)
        return str(drawings) if len(begun_in) == 1 else ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    page.welcome.folder.click()
    qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
    qtbot.waitUntil(page.work.isHidden)
    page.choose_folder()
    assert begun_in[1] == str(drawings.parent)
    assert page.work.isHidden()


class TestDrop:
    """A folder, two folders or a zip may be dropped; anything else is told why not."""

    @staticmethod
    def hover(page: DataPage, *paths: Path) -> QDragEnterEvent:
        event = QDragEnterEvent(
            QPoint(50, 50), Qt.DropAction.CopyAction, mime(*paths), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
        )
        QApplication.sendEvent(page, event)
        return event

    @staticmethod
    def drop(page: DataPage, *paths: Path) -> None:
        event = QDropEvent(
            QPointF(50, 50), Qt.DropAction.CopyAction, mime(*paths), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
        )
        QApplication.sendEvent(page, event)

    def test_a_folder_is_opened(self, page: DataPage, drawings: Path, qtbot: QtBot) -> None:
        self.hover(page, drawings)
        assert page.curtain.isVisible()
        assert "Drop to open the photos" in page.curtain.accessibleName()
        self.drop(page, drawings)
        assert not page.curtain.isVisible()
        qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
        qtbot.waitUntil(page.work.isHidden)

    def test_two_folders_are_the_two_classes(
        self, page: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot
    ) -> None:
        cats, dogs = drawings / "cats", tmp_path / "elsewhere" / "dogs"
        shutil.copytree(drawings / "dogs", dogs)
        self.hover(page, dogs, cats)
        assert page.curtain.accessibleName() == "Drop to open dogs and cats as the two classes"
        self.drop(page, dogs, cats)
        qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
        assert page.view.dataset is not None
        assert page.view.dataset.class_counts() == {"cat": 40, "dog": 40}
        assert {photo.class_index for photo in page.view.dataset.photos if "dogs/" in photo.path} == {1}
        qtbot.waitUntil(page.work.isHidden)

    def test_anything_else_is_told_what_to_do_instead(
        self, page: DataPage, drawings: Path, tmp_path: Path, context: Context, qtbot: QtBot
    ) -> None:
        photo = next(drawings.rglob("*.jpg"))
        (tmp_path / "notes.pdf").write_bytes(b"%PDF")
        for paths, words in (
            ((drawings, drawings / "cats"), "lies inside"),
            ((photo, tmp_path / "notes.pdf"), "Drop photos, a folder or zip of them, or two folders"),
            ((tmp_path / "notes.pdf",), "Drop photos, a folder or zip of them, or two folders"),
        ):
            self.hover(page, *paths)
            assert words in page.curtain.accessibleName()
            with qtbot.waitSignal(context.said) as said:
                self.drop(page, *paths)
            assert words in said.args[0]
            assert page.work.isHidden()
            assert not page.curtain.isVisible()

    def test_while_a_scan_goes_on_it_has_to_be_cancelled_first(
        self, page: DataPage, drawings: Path, context: Context, qtbot: QtBot
    ) -> None:
        page.open_dataset(drawings)
        self.hover(page, drawings / "cats", drawings / "dogs")
        assert page.curtain.accessibleName() == "Wait until the current work is done, or cancel it first."
        with qtbot.waitSignal(context.said):
            self.drop(page, drawings / "cats", drawings / "dogs")
        page.work.cancel.click()
        qtbot.waitUntil(page.work.isHidden)
        assert page.view.dataset is None
        self.hover(page, drawings / "cats", drawings / "dogs")
        self.drop(page, drawings / "cats", drawings / "dogs")
        qtbot.waitUntil(lambda: page.view.dataset is not None, timeout=30_000)
        qtbot.waitUntil(page.work.isHidden)


KEPT: list[QMimeData] = []


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    KEPT.append(data)  # an event does not own its data
    return data


def test_it_fits_into_the_smallest_window(scanned: DataPage) -> None:
    assert scanned.view.minimumSizeHint().width() <= 660
    assert scanned.welcome.minimumSizeHint().width() <= 660
