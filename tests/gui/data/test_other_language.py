"""Every state of the Data page in a longer language that is read from right to left."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.data.class_bars import ClassBars
from catdog_gui.data.dataset_work import OtherClasses
from catdog_gui.data.download_dialog import DownloadDialog
from catdog_gui.data.drawings_dialog import DrawingsDialog
from catdog_gui.data.page import DataPage
from catdog_gui.data.split_editor import SplitEditor
from catdog_gui.data.two_folders_dialog import TwoFoldersDialog
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from tests.gui.data.test_data_page import TestDrop, open_and_wait
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.recorded import dataset, problems
from tests.gui.seen import child
from trainer.core.dataset_choice import DatasetChoice
from trainer.dataset.found_classes import FoundClass
from trainer.dataset.pets import PETS
from trainer.dataset.photo import photo_error

# Names of files, folders, classes and products.
OWN = (
    "cats",
    "dogs",
    "cat",
    "dog",
    "wolves",
    "jpg",
    "set",
    "pets",
    "photos",
    "home",
    "lost",
    "tmp",
    "bad",
    "late",
    "MB",
)


@pytest.fixture
def seen(pseudo: None, page: DataPage) -> DataPage:
    """Return the page at the smallest size, less the sidebar, in the pseudo-language."""
    page.resize(716, 600)
    return page


def look(widget: QWidget, name: str, *own: str) -> None:
    """Assert that all is translated and nothing cut off; keep a picture where the environment asks for it."""
    assert cut_off(widget) == []
    if folder := os.environ.get("CATDOG_SHOTS"):
        widget.grab().save(f"{folder}/{name}.png")
    assert untranslated(widget, *OWN, *own) == []
    pages = [area for area in widget.findChildren(QScrollArea) if area.isVisible()]
    assert not any(area.horizontalScrollBar().maximum() for area in pages)


def torn(root: Path, drawings: Path) -> Path:
    shutil.copytree(drawings, root)
    for number in range(2):
        shutil.copy(sorted((root / "cats").iterdir())[number], root / "dogs" / f"cat late {number}.jpg")
    (root / "dogs" / "bad.jpg").write_bytes(b"bad")
    return root


def test_welcome(seen: DataPage, context: Context, tmp_path: Path) -> None:
    context.settings.remember_dataset(DatasetChoice.of(tmp_path))
    context.settings.remember_dataset(DatasetChoice(root=str(tmp_path), class_folders=("cats", "dogs")))
    seen.welcome.show_recent(context.settings.recent_datasets)
    look(seen, "welcome", *tmp_path.parts)


def test_scanning(seen: DataPage) -> None:
    seen.work.begin("⟦⟧")
    seen.work.advance(30, 4000)
    look(seen, "scanning")


def test_which_two(seen: DataPage) -> None:
    found = [FoundClass(name, (name,), 1200) for name in ("cats", "dogs", "wolves")]
    seen.scans.classes_found.emit(OtherClasses(Path("/home/set"), tuple(found)))
    look(seen, "which two")


def test_one_class(seen: DataPage) -> None:
    seen.scans.classes_found.emit(OtherClasses(Path("/home/set"), (FoundClass("cats", ("cats",), 120),)))
    look(seen, "one class")


def test_a_dataset_with_problems(seen: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_and_wait(seen, torn(tmp_path / "set", drawings), qtbot)
    seen.view.copies.one[0].click()
    qtbot.waitUntil(lambda: bool(seen.view.dataset and seen.view.dataset.left_out))
    qtbot.waitUntil(lambda: len(seen.view.augment.preview.images) == 8, timeout=30_000)
    own = (*tmp_path.parts, *(photo.path for photo in seen.view.dataset.photos))  # type: ignore[union-attr]
    seen.resize(716, seen.view.sizeHint().height() + 200)
    look(seen, "dataset", *own)
    menu = seen.view.header.menu
    menu.aboutToShow.emit()
    (recent,) = menu.findChildren(QMenu)[0].actions()
    look(seen.view.header, "menu", *own, recent.text())  # a path, shortened to its place


@pytest.mark.usefixtures("pseudo")
def test_every_kind_of_problem_and_layout_has_a_title(page: DataPage) -> None:
    kinds = [*(problem.kind for problem in problems(5)), "encrypted", "circular link", "broken link", "path too long"]
    reason = photo_error("truncated").what
    listed = tuple(replace(problems(1)[0], kind=kind, reason=reason) for kind in kinds)
    for layout in ("class folders", "split folders", "named files", "oxford pets"):
        page.view.show_dataset(replace(dataset(), problems=listed, layout=layout, unclassified=3))
    page.welcome.hide()
    page.view.show()
    look(page.view.header, "facts")
    look(page.view.problems, "problems")


def test_errors(seen: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 cut off")
    for path in (tmp_path / "lost", tmp_path / "empty", tmp_path / "bad.zip"):
        open_and_wait(seen, path, qtbot)
        assert seen.problem.isVisible()
        look(seen.problem, path.name, *tmp_path.parts, "empty", "zip", *_shapes())


def _shapes() -> tuple[str, ...]:
    return ("train", "test", "images", "annotations", "Abyssinian")


def test_hovering(seen: DataPage, drawings: Path, tmp_path: Path) -> None:
    for paths in (
        (drawings,),
        (drawings / "cats", drawings / "dogs"),
        (next(drawings.rglob("*.jpg")),),
        (tmp_path,) * 3,
    ):
        TestDrop.hover(seen, *paths)
        look(seen.curtain, "curtain", *tmp_path.parts, *drawings.parts)
        seen.curtain.lift()


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (DataPage.make_drawings, DrawingsDialog),
        (DataPage.offer_download, DownloadDialog),
        (DataPage.choose_two_folders, TwoFoldersDialog),
    ],
    ids=["drawings", "download", "two folders"],
)
def test_dialogs(seen: DataPage, ask: Callable[[DataPage], None], kind: type[QWidget]) -> None:
    ask(seen)
    dialog = child(seen, kind)
    look(dialog, kind.__name__, PETS.title, PETS.licence, PETS.page, *Path.home().parts, "Pictures", "CatDog")
    dialog.close()


def colour_at(widget: QWidget, x: int, y: int) -> QColor:
    return widget.grab().toImage().pixelColor(QPoint(x, y))


def test_what_is_painted_is_mirrored(qtbot: QtBot) -> None:
    bars, split = ClassBars(), SplitEditor()
    bars.show_counts(("cat", "dog"), {"train": {"cat": 90, "dog": 10}})
    for widget in (bars, split):
        qtbot.addWidget(widget)
        widget.resize(400, widget.sizeHint().height())
    cat, accent = (QColor(colour) for colour in (theme.colours().classes[0], theme.colours().accent))
    bar = next(each for each in split.findChildren(QWidget) if type(each).__name__ == "_ShareBar")
    for direction, place in (
        (QApplication.layoutDirection().LeftToRight, 0.3),
        (QApplication.layoutDirection().RightToLeft, 0.7),
    ):
        for widget in (bars, split, bar):
            widget.setLayoutDirection(direction)
        assert colour_at(bars, round(400 * place), 32) == cat
        assert colour_at(bar, round(bar.width() * (place - 0.2 if place < 0.5 else place + 0.2)), 5) == accent
