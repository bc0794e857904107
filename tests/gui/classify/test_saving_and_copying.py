"""Verdicts leave the window: as a table in a file, as rows and files on the clipboard, as files that are dragged."""

import csv
import os
import threading
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.session.photo_intake import Intake
from catdog_gui.look.language import tr
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, hover, settled, urls
from tests.gui.pseudo import cut_off, untranslated
from trainer.core.results import ErrorRecord

Photos = Callable[..., list[Path]]
NAMES = ("dog 1.png", "=cat 1.png", "both.png", "broken.jpg")

FAR = QPoint(60, 5)


@pytest.fixture
def four(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos(*NAMES))
    settled(page, qtbot, len(NAMES))
    page.view.show_as("table")
    return page


@pytest.fixture
def file_dialog(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], list[str]]:
    """Return what lets the file dialog answer with a path, and the list of the titles that it was shown with."""

    def answer(path: Path | None) -> list[str]:
        titles: list[str] = []

        def execute(dialog: QFileDialog) -> int:
            titles.append(dialog.windowTitle().replace("\xa0", " "))
            if path is not None:
                dialog.selectFile(str(path))
            return int(path is not None)

        monkeypatch.setattr(QFileDialog, "exec", execute)
        return titles

    return answer


def select(page: ClassifyPage, *rows: int) -> None:
    selection, photos = page.view.several.selection, page.session.photos
    selection.choose(photos.index(rows[0], 0))
    for row in rows[1:]:
        selection.select(photos.index(row, 0), selection.SelectionFlag.Select)


def more_menu(page: ClassifyPage) -> QMenu:
    menu = page.view.bar.menu
    menu.aboutToShow.emit()
    return menu


def press(menu: QMenu, words: str) -> None:
    (entry,) = [action for action in menu.actions() if action.text().replace("\xa0", " ").startswith(words)]
    entry.trigger()


def saved(page: ClassifyPage, context: Context, qtbot: QtBot, form: str) -> str:
    with qtbot.waitSignal(context.said, timeout=10_000) as said:
        press(more_menu(page), form)
    qtbot.waitUntil(lambda: not page.view.saving.busy)
    assert said.args is not None
    return str(said.args[0])


def test_all_that_is_shown_is_saved_as_the_command_line_does(
    four: ClassifyPage, context: Context, qtbot: QtBot, tmp_path: Path, file_dialog: Callable[..., list[str]]
) -> None:
    four.session.take(Intake(image=QImage(8, 8, QImage.Format.Format_RGB32)))  # has no file
    settled(four, qtbot, 5)
    titles = file_dialog(tmp_path / "table")
    assert saved(four, context, qtbot, "Save as CSV") == f"5 rows are in {tmp_path / 'table.csv'}"
    assert titles == ["Save as CSV… (all 5 shown)"]
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "path", "class", "probability", "probability_cat", "probability_dog", "nearest_class", "reason", "error",
    ]  # fmt: skip
    assert [row["path"] for row in rows] == [*(str(tmp_path / name) for name in NAMES), "Photo 1"]
    assert [row["class"] for row in rows] == ["dog", "cat", "", "", "cat"]
    assert (rows[0]["probability"], rows[2]["nearest_class"]) == ("0.97", "dog")
    assert rows[3]["error"].startswith("This photo is cut off.")
    assert context.settings.last_folder("table") == tmp_path


def test_several_selected_photos_are_saved_alone(
    four: ClassifyPage, context: Context, qtbot: QtBot, tmp_path: Path, file_dialog: Callable[..., list[str]]
) -> None:
    titles = file_dialog(tmp_path / "table.xlsx")
    select(four, 1, 2)
    assert saved(four, context, qtbot, "Save as spreadsheet") == f"2 rows are in {tmp_path / 'table.xlsx'}"
    assert titles == ["Save as spreadsheet (XLSX)… (the 2 selected)"]
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").active
    assert [sheet[f"B{row}"].value for row in (2, 3)] == [str(tmp_path / name) for name in NAMES[1:3]]
    assert len(sheet._images) == 2  # noqa: SLF001 - there is no other way to them


def test_the_search_and_filter_decide_what_is_saved(
    four: ClassifyPage, context: Context, qtbot: QtBot, tmp_path: Path, file_dialog: Callable[..., list[str]]
) -> None:
    titles = file_dialog(tmp_path / "table.csv")
    four.view.bar.query.search.setText("dog")
    saved(four, context, qtbot, "Save as CSV")
    assert titles == ["Save as CSV… (the one shown)"]
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 2


def test_nothing_is_written_where_the_dialog_is_closed(
    four: ClassifyPage, tmp_path: Path, file_dialog: Callable[..., list[str]]
) -> None:
    before = sorted(tmp_path.iterdir())
    file_dialog(None)
    press(more_menu(four), "Save as CSV")
    assert not four.view.saving.busy
    assert sorted(tmp_path.iterdir()) == before


def test_a_table_that_cannot_be_written_is_reported(
    four: ClassifyPage, context: Context, qtbot: QtBot, tmp_path: Path, file_dialog: Callable[..., list[str]]
) -> None:
    reported: list[ErrorRecord] = []
    context.error_reported.connect(reported.append)
    (tmp_path / "folder.csv").mkdir()
    file_dialog(tmp_path / "folder.csv" / "dog 1.png" / "t.csv")
    (tmp_path / "folder.csv" / "dog 1.png").touch()
    press(more_menu(four), "Save as CSV")
    qtbot.waitUntil(lambda: len(reported) == 1)
    assert "t.csv" in reported[0].what
    qtbot.waitUntil(lambda: not four.view.saving.busy)


def test_a_spreadsheet_can_be_cancelled(
    four: ClassifyPage,
    qtbot: QtBot,
    tmp_path: Path,
    file_dialog: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from trainer.inference import verdict_workbook

    made = verdict_workbook._thumbnail  # noqa: SLF001 - held up here, so that there is time to cancel

    def slow(photo: Path | bytes) -> bytes | None:
        waiting.wait(5)
        return made(photo)

    waiting = threading.Event()
    monkeypatch.setattr(verdict_workbook, "_thumbnail", slow)
    target = tmp_path / "table.xlsx"
    target.write_bytes(b"before")
    file_dialog(target)
    press(more_menu(four), "Save as spreadsheet")
    bar = four.view.saving.bar
    qtbot.waitUntil(bar.isVisible)
    saving = [action for action in more_menu(four).actions() if action.text().startswith("Save")]
    assert len(saving) == 2
    assert not any(action.isEnabled() for action in saving)  # one at a time
    bar.cancel.click()
    waiting.set()
    qtbot.waitUntil(lambda: not four.view.saving.busy)
    assert target.read_bytes() == b"before"
    assert not bar.isVisible()


def test_copied_photos_are_files_and_rows(four: ClassifyPage, qtbot: QtBot, tmp_path: Path) -> None:
    select(four, 1, 2)
    qtbot.keyClick(four.view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in mime.urls()] == [str(tmp_path / name) for name in NAMES[1:3]]
    rows = [line.split("\t") for line in mime.text().replace("\xa0", " ").split("\n")]
    assert rows == [
        ["'=cat 1.png", "Cat", "80.0 %", "", str(tmp_path)],  # no formula
        ["both.png", "Not sure", "dog 70.0 %", "It could be either: there seem to be both.", str(tmp_path)],
    ]


def test_the_menu_of_photos_offers_the_same(four: ClassifyPage) -> None:
    photos = four.session.photos
    menu = four.view.photo_actions.show_menu(photos.shown[:2], four)
    words = [action.text().replace("\xa0", " ") for action in menu.actions()]
    assert "Save as CSV… (the 2 selected)" in words
    menu.deleteLater()
    menu = four.view.photo_actions.show_menu(photos.shown[:1], four)
    assert "Save as CSV… (all 4 shown)" in [action.text().replace("\xa0", " ") for action in menu.actions()]
    menu.deleteLater()


def test_menus_and_progress_speak_other_languages(pseudo: None, four: ClassifyPage) -> None:
    menu = more_menu(four)
    assert untranslated(menu) == []
    assert len(menu.actions()) == 7  # three of sorting, one to learn, a line, two of saving
    four.resize(716, 600)
    bar = four.view.saving.bar
    bar.begin(tr("Writing the table…"))
    bar.advance(1200, 4000)
    QApplication.processEvents()
    shots = os.environ.get("CATDOG_SHOTS")
    if shots:
        four.grab().save(f"{shots}/saving.png")
    assert untranslated(bar) == []
    assert cut_off(four) == []


class Dragged:
    """Stands in for the drag itself, which the offscreen platform has none of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: list[list[str]] = []
        self.sizes: list[tuple[int, int]] = []
        dragged = self

        def execute(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
            assert actions == Qt.DropAction.CopyAction
            dragged.files.append([url.toLocalFile() for url in drag.mimeData().urls()])
            dragged.sizes.append(drag.pixmap().size().toTuple())
            return Qt.DropAction.CopyAction

        monkeypatch.setattr(QDrag, "exec", execute)


def draw(view: QAbstractItemView, start: QPoint, by: QPoint = FAR) -> None:
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        # QTest.mouseMove presses no button.
        spot = QPointF(start + by * step / 5)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            spot,
            port.mapToGlobal(spot),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(port, move)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + by)


@pytest.mark.parametrize("look", ["grid", "table"])
def test_selected_photos_are_dragged_out(
    four: ClassifyPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    four.view.show_as("grid" if look == "grid" else "table")
    QApplication.processEvents()
    view, photos = four.view.several.view, four.session.photos
    dragged = Dragged(monkeypatch)
    select(four, 0, 2)
    draw(view, view.visualRect(photos.index(2, 0)).center())
    assert dragged.files == [[str(tmp_path / NAMES[0]), str(tmp_path / NAMES[2])]]
    assert dragged.sizes[0][0] > dragged.sizes[0][1] > 20
    assert [photo.name for photo in four.view.several.selection.chosen] == [NAMES[0], NAMES[2]]  # as before
    assert not four.view.on_large
    draw(view, view.visualRect(photos.index(1, 0)).center())  # not selected: it is dragged alone
    assert dragged.files[1:] == [[str(tmp_path / NAMES[1])]]


def test_a_small_tremble_is_a_click(four: ClassifyPage, monkeypatch: pytest.MonkeyPatch) -> None:
    four.view.show_as("grid")
    QApplication.processEvents()
    dragged = Dragged(monkeypatch)
    grid = four.view.grid
    draw(grid, grid.visualRect(four.session.photos.index(1, 0)).center(), QPoint(3, 0))
    assert dragged.files == []
    assert four.view.large.name.text() == NAMES[1]


def test_photos_without_a_file_are_not_dragged(
    page: ClassifyPage, context: Context, qtbot: QtBot, predictor: FakePredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shade in (1, 2):
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        image.fill(shade)
        page.session.take(Intake(image=image))
    settled(page, qtbot, 2)
    page.view.show_as("table")
    said: list[str] = []
    context.said.connect(said.append)
    dragged = Dragged(monkeypatch)
    draw(page.view.table, page.view.table.visualRect(page.session.photos.index(0, 0)).center())
    assert dragged.files == []
    assert said == ["A photo that was pasted has no file that could be dragged."]


def test_what_is_dragged_out_of_the_window_is_not_dropped_on_it(
    four: ClassifyPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mime: QMimeData = urls(tmp_path / "dog 1.png")
    monkeypatch.setattr(QDropEvent, "source", lambda _event: four.view.table)
    assert issubclass(QDragEnterEvent, QDropEvent)
    event = hover(four, mime)
    assert not event.isAccepted()
    assert not four.overlay.isVisible()
    assert mime.urls() == [QUrl.fromLocalFile(str(tmp_path / "dog 1.png"))]


def test_a_photo_by_a_link_to_it_is_one_card(
    four: ClassifyPage, qtbot: QtBot, tmp_path: Path, context: Context
) -> None:
    (tmp_path / "album").mkdir()
    link = tmp_path / "album" / "link.png"
    link.symlink_to(tmp_path / "dog 1.png")
    with qtbot.waitSignal(context.said) as said:
        four.add_files([link, tmp_path / "dog 1.png", link.parent])
    assert said.args == ["Already here: 1 photo"]
    assert len(four.session.photos) == len(NAMES)
