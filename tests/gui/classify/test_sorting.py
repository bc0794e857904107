"""Photos are sorted into folders from the window, seen beforehand, and put back."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.sorting import watch_dialog
from catdog_gui.classify.sorting.sort_dialog import SortDialog
from catdog_gui.classify.sorting.undo_dialog import UndoDialog
from catdog_gui.classify.sorting.watch_dialog import WatchDialog
from tests.gui.classify.by_name import FakePredictor, settled
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import child
from tests.sorting.faults import tree
from trainer.core.results import Prediction
from trainer.sorting import watch as room
from trainer.sorting.journal import list_journals

Photos = Callable[..., list[Path]]
NAMES = ("dog 10.png", "dog 2.png", "cat 1.png", "car.png", "broken.jpg")


@pytest.fixture
def heap(tmp_path: Path) -> Path:
    return tmp_path / "heap"


@pytest.fixture
def sorted_page(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos(*(f"heap/{name}" for name in NAMES)))
    settled(page, qtbot, len(NAMES))
    return page


def open_dialog(page: ClassifyPage, to: Path, qtbot: QtBot) -> SortDialog:
    page.view.sorting.sort(())
    dialog = child(page, SortDialog)
    dialog.form.folder.edit.setText(str(to))
    qtbot.waitUntil(dialog.go.isEnabled)
    return dialog


def test_photos_are_previewed_copied_and_put_back(
    sorted_page: ClassifyPage, heap: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    before, to = tree(heap), tmp_path / "sorted"
    dialog = open_dialog(sorted_page, to, qtbot)
    words = dialog.preview.text()
    assert "dogs: 2" in words
    assert "cats: 1" in words
    assert "not sure: 1" in words
    assert "broken.jpg" in words
    assert "Room:" in words
    assert dialog.go.text() == "Copy 4 photos"
    assert not to.exists()
    dialog.go.click()
    qtbot.waitUntil(dialog.undo.isVisible)
    qtbot.waitUntil(dialog.undo.isEnabled)
    assert sorted(tree(to)) == ["cats/cat 1.png", "dogs/dog 10.png", "dogs/dog 2.png", "not sure/car.png"]
    assert "4 photos were sorted." in dialog.outcome.text()
    assert tree(heap) == before
    dialog.undo.click()
    qtbot.waitUntil(lambda: dialog.go.isVisible() and dialog.go.isEnabled())
    assert "4 files are as they were before." in dialog.outcome.text()
    assert not to.exists()
    dialog.leave.click()


def test_options_change_the_preview_and_a_move_is_followed(
    sorted_page: ClassifyPage, heap: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    before, to = tree(heap), tmp_path / "sorted"
    dialog = open_dialog(sorted_page, to, qtbot)
    dialog.form.action.setCurrentIndex(2)
    dialog.form.by.setCurrentIndex(1)
    dialog.form.keywords.setChecked(True)
    qtbot.waitUntil(lambda: "dogs/95 to 99 %" in dialog.preview.text() and dialog.go.isEnabled())
    assert dialog.go.text() == "Move 4 photos"
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.undo.isVisible() and dialog.undo.isEnabled())
    assert sorted(tree(heap)) == ["broken.jpg"]
    places = {photo.name: photo.path for photo in sorted_page.session.photos}
    assert places["cat 1.png"] == to / "cats" / "below 95 %" / "cat 1.png"
    assert (to / "cats" / "below 95 %" / "cat 1.png.xmp").is_file()
    assert sorted_page.session.photos.find(str(places["cat 1.png"])) is not None
    dialog.leave.click()
    sorted_page.view.sorting.take_back()
    again = child(sorted_page, UndoDialog)
    assert "4 photos moved into" in again.list.item(0).text()
    again.go.click()
    qtbot.waitUntil(lambda: "as they were before" in again.words.text())
    qtbot.waitUntil(lambda: not again.go.isEnabled())
    assert "put back" in again.list.item(0).text()
    assert tree(heap) == before
    assert {photo.path for photo in sorted_page.session.photos} == {heap / name for name in NAMES}
    again.leave.click()


def test_selected_photos_alone_are_sorted_where_there_are_several(
    sorted_page: ClassifyPage, tmp_path: Path, qtbot: QtBot
) -> None:
    selected = [photo for photo in sorted_page.session.photos if photo.name.startswith("dog")]
    menu = QMenu(sorted_page)
    sorted_page.view.sorting.fill_menu(menu, selected)
    assert [action.text() for action in menu.actions()] == [
        "Sort the selected photos into folders…",
        "Take a sorting back…",
        "Watch a folder…",
    ]
    menu.actions()[0].trigger()
    dialog = child(sorted_page, SortDialog)
    dialog.form.folder.edit.setText(str(tmp_path / "sorted"))
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.go.text() == "Copy 2 photos"
    dialog.leave.click()


def test_what_cannot_be_is_refused_in_place(
    sorted_page: ClassifyPage, heap: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = open_dialog(sorted_page, tmp_path / "sorted", qtbot)
    for wrong in (str(heap / "car.png"), "relative", ""):
        dialog.form.folder.edit.setText(wrong)
        assert not dialog.go.isEnabled()
        assert dialog.refusal.text()
    locked = tmp_path / "locked"
    locked.write_bytes(b"")  # a file where a folder would have to be
    dialog.form.folder.edit.setText(str(locked / "deeper"))
    qtbot.waitUntil(lambda: dialog.go.isEnabled() or bool(dialog.refusal.text()))
    if dialog.go.isEnabled():
        dialog.go.click()
        qtbot.waitUntil(lambda: "locked" in dialog.outcome.text())
        qtbot.waitUntil(dialog.leave.isEnabled)
    assert len(tree(heap)) == 5
    dialog.leave.click()


def test_nothing_sorted_says_so(page: ClassifyPage) -> None:
    page.view.sorting.take_back()
    dialog = child(page, UndoDialog)
    assert dialog.words.text() == "Nothing was sorted yet."
    assert not dialog.go.isEnabled()
    dialog.leave.click()


def test_a_folder_is_watched_until_the_switch_is_off(
    page: ClassifyPage,
    photos: Photos,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class WithPaths(FakePredictor):
        def predict(self, photos: Iterable[Path | bytes], **given: Any) -> Iterator[Prediction]:
            for photo in photos:
                yield msgspec.structs.replace(self.verdict(Path(str(photo)).name), path=str(photo))

    monkeypatch.setattr(watch_dialog, "load_predictor", lambda *_args, **_kwargs: WithPaths())
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(room, "STILL_SECONDS", 0.1)
    photos("heap/cat 1.png")
    page.view.sorting.watch()
    dialog = child(page, WatchDialog)
    dialog.folder.edit.setText(str(tmp_path / "heap"))
    dialog.form.folder.edit.setText(str(tmp_path / "sorted"))
    dialog.switch.setChecked(True)
    qtbot.waitUntil((tmp_path / "sorted" / "cats" / "cat 1.png").exists)
    photos("heap/dog 2.png")
    qtbot.waitUntil(lambda: dialog.lately.count() == 2)
    assert dialog.lately.item(0).text().startswith("dog 2.png: dog, 97")
    assert "2 photos were sorted" in dialog.words.text()
    assert not dialog.form.isEnabled()
    dialog.switch.setChecked(False)
    qtbot.waitUntil(lambda: not dialog.running)
    qtbot.waitUntil(dialog.form.isEnabled)
    assert list_journals()[0].state == "sorted"
    dialog.folder.edit.setText(str(tmp_path / "none"))
    dialog.switch.setChecked(True)
    qtbot.waitUntil(lambda: "There is no folder" in dialog.words.text())
    qtbot.waitUntil(lambda: not dialog.switch.isChecked())
    dialog.close()


def test_other_language(pseudo: None, sorted_page: ClassifyPage, tmp_path: Path, qtbot: QtBot) -> None:
    own = (
        *tmp_path.parts,
        "heap",
        "broken.jpg",
        "sorted",
        "png",
        "dogs",
        "cats",
        "not sure",
        "home",
        "root",
        "pictures",
        "Pictures",
    )
    dialog = open_dialog(sorted_page, tmp_path / "sorted", qtbot)
    assert untranslated(dialog, *own) == []
    assert cut_off(dialog) == []
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.undo.isVisible() and dialog.undo.isEnabled())
    assert untranslated(dialog, *own) == []
    assert cut_off(dialog) == []
    dialog.leave.click()
    sorted_page.view.sorting.take_back()
    again = child(sorted_page, UndoDialog)
    assert untranslated(again, *own) == []
    assert cut_off(again) == []
    again.leave.click()
    sorted_page.view.sorting.watch()
    watching = child(sorted_page, WatchDialog)
    assert untranslated(watching, *own) == []
    assert cut_off(watching) == []
    watching.close()
