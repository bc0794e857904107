"""Photos are left out and put back; the dataset of the last session is there again."""

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context
from tests.gui.data.test_data_page import open_and_wait
from tests.gui.seen import texts
from trainer.core.dataset_choice import DatasetChoice
from trainer.dataset import scan as scanning
from trainer.dataset.records import Dataset
from trainer.drawings.drawing import draw


@pytest.fixture
def torn(drawings: Path, tmp_path: Path) -> Path:
    """Return a folder with two photos in both classes."""
    root = tmp_path / "set"
    shutil.copytree(drawings, root)
    for number in range(2):
        shutil.copy(sorted((root / "cats").iterdir())[number], root / "dogs" / f"a cat {number}.jpg")
    return root


def names(dataset: Dataset | None) -> set[str]:
    assert dataset is not None
    return {photo.path for photo in dataset.photos}


def wait(page: DataPage, context: Context, left_out: int, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: context.current_dataset is not None and len(context.current_dataset.left_out) == left_out)
    qtbot.waitUntil(lambda: not page.scans.busy)


def snapshot(root: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


def test_a_photo_in_both_classes_is_left_out_and_put_back(
    page: DataPage, torn: Path, context: Context, qtbot: QtBot
) -> None:
    before = snapshot(torn)
    open_and_wait(page, torn, qtbot)
    copies = page.view.copies
    assert copies.isVisible()
    assert "2 photos are in both classes" in copies.warning.text.text()
    first, second = sorted(path.relative_to(torn).as_posix() for path in (torn / "cats").iterdir())[:2]
    assert f"{first}   =   dogs/a cat 0.jpg" in texts(copies)
    assert copies.one[1].text() == "Leave out the one in dog"
    copies.one[1].click()
    wait(page, context, 1, qtbot)
    assert "dogs/a cat 0.jpg" not in names(context.current_dataset)
    assert "1 photo is in both classes" in copies.warning.text.text()
    assert not copies.all.isVisible()
    copies.both.click()
    wait(page, context, 3, qtbot)
    assert not names(context.current_dataset) & {"dogs/a cat 0.jpg", "dogs/a cat 1.jpg", second}
    assert not copies.isVisible()
    card = page.view.left_out
    assert card.title.text() == "Left out by you: 3 photos"
    card.list.setCurrentIndex(card.model.index(0))
    card.put_back.click()
    wait(page, context, 2, qtbot)
    assert second in names(context.current_dataset)
    assert context.settings.last_dataset == context.current_dataset.choice  # type: ignore[union-attr]
    card.put_all_back.click()
    wait(page, context, 0, qtbot)
    assert len(names(context.current_dataset)) == 82
    assert not card.isVisible()
    assert snapshot(torn) == before


def test_all_of_them_are_left_out_at_once(page: DataPage, torn: Path, context: Context, qtbot: QtBot) -> None:
    open_and_wait(page, torn, qtbot)
    page.view.copies.all.click()
    wait(page, context, 4, qtbot)
    assert not page.view.copies.isVisible()


def test_any_photo_is_left_out_with_delete(page: DataPage, drawings: Path, context: Context, qtbot: QtBot) -> None:
    open_and_wait(page, drawings, qtbot)
    strip = page.view.strips[0]
    page.activateWindow()
    strip.setFocus()
    strip.setCurrentIndex(strip.tiles.index(2))
    path = strip.tiles.tile(strip.tiles.index(2)).path
    with qtbot.waitSignal(context.said) as said:
        QTest.keyClick(strip, Qt.Key.Key_Delete)
    assert said.args == ["1 photo is left out. It can be put back below."]
    wait(page, context, 1, qtbot)
    assert path not in names(context.current_dataset)


def test_a_class_is_never_left_out_as_a_whole(page: DataPage, drawings: Path, context: Context, qtbot: QtBot) -> None:
    open_and_wait(page, drawings, qtbot)
    before = context.current_dataset
    cats = tuple(path for path in names(before) if path.startswith("cats"))
    page.view.left_out_changed.emit(cats)
    qtbot.waitUntil(page.problem.isVisible)
    assert "no photo of the class cat" in page.problem.text.text()
    assert "left out" in page.problem.remedy.text()
    assert context.current_dataset is before
    assert context.settings.last_dataset == DatasetChoice.of(drawings)


def test_leaving_out_reads_no_photo_again(
    page: DataPage, torn: Path, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_and_wait(page, torn, qtbot)

    def refuse(_data: bytes, _size: int) -> tuple[int, int]:
        raise AssertionError("read again")

    monkeypatch.setattr(scanning, "open_small", refuse)
    page.view.copies.both.click()
    wait(page, context, 2, qtbot)
    assert not page.problem.isVisible()


def test_what_was_left_out_stays_so_when_the_dataset_is_opened_again(
    page: DataPage, torn: Path, drawings: Path, context: Context, qtbot: QtBot
) -> None:
    open_and_wait(page, torn, qtbot)
    page.view.copies.all.click()
    wait(page, context, 4, qtbot)
    open_and_wait(page, drawings, qtbot)
    assert page.view.dataset is not None
    assert page.view.dataset.left_out == ()
    open_and_wait(page, torn, qtbot)
    assert len(page.view.dataset.left_out) == 4


def test_copies_in_train_and_test_are_a_warning_with_a_way_out(
    page: DataPage, drawings: Path, tmp_path: Path, context: Context, qtbot: QtBot
) -> None:
    for split in ("train", "test"):
        shutil.copytree(drawings, tmp_path / "set" / split)
    for seed, photo in enumerate((tmp_path / "set" / "train").rglob("*5.jpg")):
        draw("cat" if photo.parent.name == "cats" else "dog", 1000 + seed, (200, 150)).save(photo)
    open_and_wait(page, tmp_path / "set", qtbot)
    (mend,) = [b for b in page.view.findChildren(type(page.work.cancel)) if b.text().startswith("Leave out the copies")]
    mend.click()
    wait(page, context, 72, qtbot)
    assert context.current_dataset is not None
    assert context.current_dataset.split_counts()["test"] == {"cat": 40, "dog": 40}
    assert context.current_dataset.split_counts()["train"] == {"cat": 4, "dog": 4}


def restart(before: Context) -> Context:
    """Return a context as after a restart: with the same settings."""
    context = Context(before.settings, before)
    context.run_controller = before.run_controller
    return context


def page_of(context: Context, qtbot: QtBot) -> DataPage:
    page = DataPage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.close_photos())
    page.show()
    return page


def test_the_last_dataset_is_there_after_a_restart(
    page: DataPage, torn: Path, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_dataset(DatasetChoice(root=str(torn), class_folders=("cats", "dogs")))
    wait(page, context, 0, qtbot)
    page.view.copies.all.click()
    wait(page, context, 4, qtbot)
    last = context.current_dataset
    context = restart(context)
    again = page_of(context, qtbot)
    monkeypatch.setattr(scanning, "open_small", lambda _data, _size: pytest.fail("read again"))
    again.restore_last()
    assert again.problem.text.text() == "Opening the photos that you used last: cats, dogs"
    with qtbot.waitSignal(context.dataset_chosen):
        pass
    assert context.current_dataset == last
    assert again.view.isVisible()
    assert not again.problem.isVisible()


def test_a_photo_that_changed_since_is_read_again(page: DataPage, torn: Path, context: Context, qtbot: QtBot) -> None:
    open_and_wait(page, torn, qtbot)
    changed = torn / "dogs" / "a cat 0.jpg"
    shutil.copy(next((torn / "dogs").iterdir()), changed)
    os.utime(changed, ns=(1, 1))
    context = restart(context)
    again = page_of(context, qtbot)
    with qtbot.waitSignal(context.dataset_chosen):
        again.restore_last()
    assert "1 photo is in both classes" in again.view.copies.warning.text.text()


@pytest.mark.parametrize("now", ["gone", "empty", "three classes"])
def test_a_dataset_that_is_none_any_more_is_told_mildly(
    page: DataPage, torn: Path, context: Context, qtbot: QtBot, now: str
) -> None:
    open_and_wait(page, torn, qtbot)
    if now == "three classes":
        shutil.copytree(torn / "dogs", torn / "wolves")
    else:
        shutil.rmtree(torn)
    if now == "empty":
        torn.mkdir()
    reported: list[object] = []
    context = restart(context)
    context.error_reported.connect(reported.append)
    again = page_of(context, qtbot)
    again.restore_last()
    qtbot.waitUntil(lambda: "no longer" in again.problem.text.text())
    assert str(torn) in again.problem.text.text()
    assert again.problem.property("notice") == "info"
    assert again.welcome.isVisible()
    assert reported == []


def test_looking_up_the_last_dataset_gives_way_to_another(
    page: DataPage, torn: Path, drawings: Path, context: Context, qtbot: QtBot
) -> None:
    open_and_wait(page, torn, qtbot)
    context = restart(context)
    again = page_of(context, qtbot)
    again.restore_last()
    open_and_wait(again, drawings, qtbot)
    assert context.current_dataset is not None
    assert context.current_dataset.root == str(drawings)
    assert not again.problem.isVisible()


def test_nothing_was_used_before(page: DataPage) -> None:
    page.restore_last()
    assert not page.problem.isVisible()
