"""Photos of an untidy folder are labelled on the Data page: looked at, grouped, suggested, accepted, used."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from catdog_gui.data.labelling.label_dialog import LabelDialog
from catdog_gui.data.labelling.shelf import SHELVES
from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context
from tests.gui.data.test_data_page import TestDrop
from tests.gui.data.test_other_language import look
from tests.gui.seen import button, child
from trainer.dataset.label_file import LabelFile, list_label_files, read_labels
from trainer.dataset.scan import scan
from trainer.drawings.samples import draw_dataset
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.usefixtures("_with_starter")


@pytest.fixture
def _with_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    from trainer.labelling import eye

    path = Path(__file__).parents[3] / "resources" / "models" / "starter.safetensors"
    if not path.is_file():
        pytest.skip("this copy has no starter model")
    monkeypatch.setattr(eye, "starter_model", lambda: path)
    assert starter_model() is None or starter_model() != Path()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("heap")
    draw_dataset(root / "drawn", count=40)
    (root / "heap").mkdir()
    for path in (root / "drawn").rglob("*.jpg"):
        shutil.copy2(path, root / "heap" / f"{path.parent.name}-{path.name}")
    return root / "heap"


@pytest.fixture
def heap(mixed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mixed, tmp_path / "heap"))


@pytest.fixture
def labelling(page: DataPage, heap: Path, qtbot: QtBot) -> DataPage:
    """Return the page with the heap's photos, whose classes no model knows."""
    begin(page, [heap], qtbot)
    return page


def begin(page: DataPage, paths: list[Path], qtbot: QtBot, classes: tuple[str, str] = ("kitten", "puppy")) -> None:
    page.labels.ask(paths)
    dialog = child(page, LabelDialog)
    if dialog.first.isEnabled():
        dialog.first.setText(classes[0])
        dialog.second.setText(classes[1])
    with qtbot.waitSignal(page.labels.session.opened, timeout=60_000):
        dialog.go.click()
    qtbot.waitUntil(page.labels.bar.isHidden)


def settle(page: DataPage, qtbot: QtBot, labels: int) -> None:
    """Wait until so many photos have a label and the suggestions follow."""
    session = page.labels.session
    qtbot.waitUntil(lambda: len(session.file.labels) == labels)
    qtbot.waitUntil(lambda: not set(session.suggestions.helpful) & set(session.file.labels))


def show_shelf(page: DataPage, shelf: str) -> None:
    page.labels.view.shelf.setCurrentIndex(list(SHELVES).index(shelf))  # type: ignore[arg-type]


def say_truth(page: DataPage, qtbot: QtBot, count: int) -> None:
    """Label so many photos with the keyboard, one after the other, as they are asked for."""
    grid, session = page.labels.view.grid, page.labels.session
    show_shelf(page, "next")
    for _ in range(count):
        assert grid.current is not None
        path = session.file.photos[grid.current].path
        before = len(session.file.labels)
        qtbot.keyClick(grid, Qt.Key.Key_2 if "dogs-" in path else Qt.Key.Key_1)
        settle(page, qtbot, before + 1)


def test_groups_are_named_with_one_key_each_and_taken_back(labelling: DataPage, qtbot: QtBot) -> None:
    view, session = labelling.labels.view, labelling.labels.session
    assert view.isVisible()
    assert not labelling.welcome.isVisible()
    assert view.shelf.currentData() == "groups"
    members = view.grid.chosen
    assert len(members) > 1
    assert f"Chosen: {len(members)} photos" in [label.text() for label in view.findChildren(QLabel)]
    qtbot.keyClick(view.grid, Qt.Key.Key_1)
    settle(labelling, qtbot, len(members))
    assert set(session.file.labels.values()) == {"first"}
    assert not set(view.grid.chosen) & set(members)  # the next group is chosen as a whole
    assert len(view.grid.chosen) == view.grid.tiles.rowCount()
    qtbot.keyClick(view.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(labelling, qtbot, 0)
    assert not view.buttons.undo.isEnabled()


def test_after_some_labels_it_suggests_says_how_good_and_is_accepted_in_bulk(
    labelling: DataPage, context: Context, qtbot: QtBot
) -> None:
    view, session = labelling.labels.view, labelling.labels.session
    say_truth(labelling, qtbot, 14)
    assert "right (" in view.header.quality.text()
    assert "more of these would help most" in view.header.quality.text()
    assert len(session.file.labels) == 14  # nothing was labelled by itself
    view.header.level.setCurrentIndex(view.header.level.count() - 1)
    total = sum(map(len, session.suggestions.above(session.file, 0.9).values()))
    assert view.header.accept.text().startswith(f"Accept all {total}")
    qtbot.mouseClick(view.header.accept, Qt.MouseButton.LeftButton)
    settle(labelling, qtbot, 14 + total)
    assert len(session.file.accepted) == total
    path = session.file.path
    with qtbot.waitSignal(context.dataset_chosen, timeout=30_000):
        qtbot.mouseClick(view.header.use, Qt.MouseButton.LeftButton)
    assert labelling.view.isVisible()
    dataset = context.current_dataset
    assert dataset is not None
    assert (dataset.root, dataset.layout) == (str(path), "labels")
    qtbot.waitUntil(labelling.work.isHidden)
    labelling.view.header.menu.aboutToShow.emit()
    assert "Go on labelling" in [action.text() for action in labelling.view.header.menu.actions()]


def test_many_are_chosen_by_dragging_and_labelled_by_a_click(labelling: DataPage, qtbot: QtBot) -> None:
    view = labelling.labels.view
    show_shelf(labelling, "next")
    view.grid.clearSelection()
    first, last = (view.grid.visualRect(view.grid.tiles.index(row)).center() for row in (0, 1))
    viewport = view.grid.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
    for step in range(1, 9):
        qtbot.mouseMove(viewport, first + (last - first) * step / 8 + QPoint(0, 3))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=last)
    assert len(view.grid.chosen) >= 2
    chosen = view.grid.chosen
    qtbot.mouseClick(view.buttons.buttons["neither"], Qt.MouseButton.LeftButton)
    settle(labelling, qtbot, len(chosen))
    show_shelf(labelling, "neither")
    assert sorted(view.grid._digests) == sorted(chosen)  # noqa: SLF001 - what is shown
    view.all.click()
    qtbot.keyClick(view.grid, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: view.stack.currentWidget() not in (view.grid, view.large))


def test_one_photo_is_labelled_large_and_the_next_one_follows(labelling: DataPage, qtbot: QtBot) -> None:
    view, session = labelling.labels.view, labelling.labels.session
    show_shelf(labelling, "next")
    view.grid.open_requested.emit()
    assert view.stack.currentWidget() is view.large
    first = view.grid.current
    qtbot.keyClick(view.large, Qt.Key.Key_1)
    settle(labelling, qtbot, 1)
    assert first in session.file.labels
    assert view.grid.current != first
    second = view.grid.current
    qtbot.keyClick(view.large, Qt.Key.Key_Right)
    assert view.grid.current != second
    qtbot.keyClick(view.large, Qt.Key.Key_Backspace)
    settle(labelling, qtbot, 0)
    qtbot.keyClick(view.large, Qt.Key.Key_Escape)
    assert view.stack.currentWidget() is view.grid


def test_the_same_folder_goes_on_where_it_was(labelling: DataPage, heap: Path, qtbot: QtBot) -> None:
    say_truth(labelling, qtbot, 2)
    labelling.labels.leave()
    assert labelling.welcome.isVisible()
    labelling.labels.ask([heap])
    dialog = child(labelling, LabelDialog)
    assert "labelled before, as heap" in dialog.known.text()
    assert dialog.first.text() == "kitten"
    dialog.reject()
    begin(labelling, [heap], qtbot)
    assert len(labelling.labels.session.file.labels) == 2
    labelling.labels.leave()
    labelling.labels.ask()
    dialog = child(labelling, LabelDialog)
    with qtbot.waitSignal(labelling.labels.session.opened, timeout=60_000):
        dialog.open_earlier.click()


def test_photos_and_untidy_folders_are_dropped_to_be_labelled(
    page: DataPage, heap: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    photo = next(heap.glob("*.jpg"))
    (tmp_path / "more").mkdir()
    shutil.copy(photo, tmp_path / "more" / "copy.jpg")
    TestDrop.hover(page, photo, photo)
    assert page.curtain.accessibleName() == "Drop to label these photos"
    TestDrop.drop(page, photo)
    dialog = child(page, LabelDialog)
    assert dialog.list.count() == 1
    with qtbot.waitSignal(page.labels.session.opened, timeout=60_000):
        dialog.go.click()
    TestDrop.hover(page, heap)
    assert page.curtain.accessibleName() == "Drop to add these to the photos to label"
    with qtbot.waitSignal(page.labels.session.opened, timeout=60_000):
        TestDrop.drop(page, heap)
    assert len(page.labels.session.file.photos) == 40
    TestDrop.hover(page, tmp_path / "none.pdf")
    assert page.curtain.accessibleName() == "Drop photos, or folders of them."


def test_a_folder_without_classes_is_offered_to_be_labelled(
    page: DataPage, tmp_path: Path, heap: Path, qtbot: QtBot
) -> None:
    (tmp_path / "none").mkdir()
    for number, path in enumerate(sorted(heap.iterdir())[:6]):
        shutil.copy(path, tmp_path / "none" / f"IMG_{number}.jpg")
    page.open_dataset(tmp_path / "none")
    qtbot.waitUntil(lambda: page.label_these.isVisible() or page.classes.isVisible())
    offer = page.classes.label if page.classes.isVisible() else page.label_these
    offer.click()
    assert child(page, LabelDialog).list.item(0).text() == str(tmp_path / "none")


def test_classes_that_cannot_be_are_refused_in_place(page: DataPage, heap: Path) -> None:
    page.labels.ask([heap])
    dialog = child(page, LabelDialog)
    dialog.second.setText("Cats")
    assert "Both classes are called cat" in dialog.refusal.text()
    assert not dialog.go.isEnabled()
    dialog.second.setText("ferret")
    assert dialog.go.isEnabled()
    dialog.reject()


def test_labels_in_use_elsewhere_are_told(page: DataPage, heap: Path, qtbot: QtBot) -> None:
    begin(page, [heap], qtbot)
    path = page.labels.session.file.path
    page.labels.leave()
    with LabelFile.open(path):
        page.labels.open(path)
        qtbot.waitUntil(page.problem.isVisible)
        assert "open in another window" in page.problem.text.text()
    assert page.welcome.isVisible()


def test_looking_can_be_cancelled_and_files_that_cannot_be_used_are_told(
    page: DataPage, heap: Path, context: Context, qtbot: QtBot
) -> None:
    (heap / "broken.jpg").write_bytes(b"no photo")
    with qtbot.waitSignal(page.labels.session.cancelled, timeout=60_000):
        page.labels.session.open([heap], ("kitten", "puppy"))
        page.labels.bar.cancel.click()
    qtbot.waitUntil(page.labels.bar.isHidden)
    assert not page.labels.session.is_open
    with qtbot.waitSignal(context.said, timeout=60_000) as said:
        page.labels.session.open([heap])
    assert "broken.jpg" in said.args[0]
    assert len(list_label_files()) == 1


def test_labels_become_folders_and_a_table(
    labelling: DataPage, tmp_path: Path, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_truth(labelling, qtbot, 4)
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "table"), ""))
    menu = labelling.labels.view.header.menu
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions()}
    for text in ("Copy into class folders…", "Save as a table…"):
        with qtbot.waitSignal(context.said, timeout=30_000):
            actions[text].trigger()
        qtbot.waitUntil(lambda: not labelling.labels.busy)
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 4
    assert len(scan(tmp_path / "table.csv").photos) == 4


def test_closing_brings_everything_to_the_disk(labelling: DataPage, qtbot: QtBot) -> None:
    say_truth(labelling, qtbot, 1)
    path = labelling.labels.session.file.path
    labelling.labels.leave()
    assert len(read_labels(path).labels) == 1
    LabelFile.open(path).close()


def test_other_language(pseudo: None, page: DataPage, heap: Path, qtbot: QtBot) -> None:
    page.resize(716, 600)
    page.labels.ask([heap])
    dialog = child(page, LabelDialog)
    look(dialog, "label dialog", *heap.parts, "heap", "cat", "dog")
    dialog.reject()
    begin(page, [heap], qtbot)
    own = (
        *heap.parts,
        "heap",
        "kitten",
        "puppy",
        "jpg",
        "cats-cat",
        "dogs-dog",
        *(path.stem for path in heap.iterdir()),
    )
    look(page, "groups", *own)
    say_truth(page, qtbot, 12)
    look(page, "suggested", *own)
    page.labels.view.grid.open_requested.emit()
    look(page, "large", *own)
    assert button(page, page.labels.view.large.back.text())
