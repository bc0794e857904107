"""The table beside the grid: sorted by its headings, limited and searched, with the selection of the grid."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.photo_table import PhotoTable
from catdog_gui.classify.session.photo_columns import CLASS, FOLDER, NAME, PROBABILITY, REASON
from catdog_gui.classify.session.photo_list import NewPhoto
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import counted, settled
from trainer.core.results import Prediction

Photos = Callable[..., list[Path]]
NAMES = ("dog 10.png", "dog 2.png", "cat 1.png", "car.png", "broken.jpg", "both.png")


@pytest.fixture
def six(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos(*NAMES))
    settled(page, qtbot, len(NAMES))
    page.view.bar.query.looks.setCurrentIndex(1)
    assert page.view.table.isVisible()
    return page


def shown(page: ClassifyPage) -> list[str]:
    return [photo.name for photo in page.session.photos.shown]


def chosen(page: ClassifyPage) -> list[str]:
    return [photo.name for photo in page.view.several.selection.chosen]


def cell(page: ClassifyPage, name: str, column: int) -> str:
    photos = page.session.photos
    return str(photos.index(shown(page).index(name), column).data()).replace("\xa0", " ")


def click(page: ClassifyPage, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    table = page.view.table
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, place(table, shown(page).index(name)))


def place(table: PhotoTable, row: int, column: int = NAME) -> QPoint:
    return table.visualRect(table.model().index(row, column)).center()


def click_heading(table: PhotoTable, column: int) -> None:
    header = table.horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) // 2, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_each_column_says_its_part(six: ClassifyPage, tmp_path: Path) -> None:
    said = {name: [cell(six, name, column) for column in (CLASS, PROBABILITY, REASON)] for name in NAMES}
    assert said["dog 2.png"] == ["Dog", "97.0 %", ""]
    assert said["cat 1.png"] == ["Cat", "80.0 %", ""]
    assert said["both.png"] == ["Not sure", "dog 70.0 %", "It could be either: there seem to be both."]
    assert said["car.png"] == ["Not sure", "", "Neither cat nor dog, as far as it can tell."]
    assert said["broken.jpg"][:2] == ["Cannot be read", ""]
    assert said["broken.jpg"][2].startswith("This photo is cut off.")
    assert cell(six, "car.png", FOLDER) == str(tmp_path)


@pytest.mark.parametrize(
    ("column", "usual", "reversed_"),
    [
        (NAME, ["both.png", "broken.jpg", "car.png", "cat 1.png", "dog 2.png", "dog 10.png"], None),
        (
            CLASS,
            ["cat 1.png", "dog 10.png", "dog 2.png", "both.png", "car.png", "broken.jpg"],
            ["dog 10.png", "dog 2.png", "cat 1.png", "both.png", "car.png", "broken.jpg"],
        ),
        (
            PROBABILITY,
            ["dog 10.png", "dog 2.png", "cat 1.png", "both.png", "car.png", "broken.jpg"],
            ["cat 1.png", "dog 10.png", "dog 2.png", "both.png", "car.png", "broken.jpg"],
        ),
        (
            REASON,
            ["both.png", "car.png", "broken.jpg", "dog 10.png", "dog 2.png", "cat 1.png"],
            ["broken.jpg", "car.png", "both.png", "dog 10.png", "dog 2.png", "cat 1.png"],
        ),
    ],
)
def test_a_heading_sorts_both_ways_and_the_bar_says_so(
    six: ClassifyPage, column: int, usual: list[str], reversed_: list[str] | None
) -> None:
    table, query = six.view.table, six.view.bar.query
    click_heading(table, column)
    assert shown(six) == usual
    assert table.horizontalHeader().sortIndicatorSection() == column
    falling = table.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    assert falling == (column == PROBABILITY)  # the surest are first
    assert (query.order.currentText(), query.reverse.isChecked()) == (
        {NAME: "By name", CLASS: "By class", PROBABILITY: "By probability", REASON: "By reason"}[column],
        False,
    )
    click_heading(table, column)
    assert shown(six) == (usual[::-1] if reversed_ is None else reversed_)
    assert query.reverse.isChecked()
    query.order.setCurrentIndex(0)
    query.reverse.click()
    assert shown(six) == list(NAMES)
    assert not table.horizontalHeader().isSortIndicatorShown()


def test_photos_are_sorted_by_folder_and_then_by_name(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    page.add_files(photos("b/cat 1.png", "a/dog 10.png", "b/cat 0.png", "a/dog 9.png"))
    settled(page, qtbot, 4)
    page.view.show_as("table")
    click_heading(page.view.table, FOLDER)
    assert shown(page) == ["dog 9.png", "dog 10.png", "cat 0.png", "cat 1.png"]


def test_the_search_and_the_range_limit_what_is_shown(six: ClassifyPage, qtbot: QtBot) -> None:
    bar = six.view.bar.query
    qtbot.keyClick(six.view.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(bar.search, "DOG 1")
    assert shown(six) == ["dog 10.png"]
    assert counted(six).endswith("Shown: 1")
    assert bar.search.hasFocus()
    qtbot.keyClicks(bar.search, "7")
    assert six.view.table.accessibleDescription() == "There is no photo with “DOG 17” in its name."
    qtbot.keyClick(bar.search, Qt.Key.Key_Escape)
    assert shown(six) == list(NAMES)
    bar.low.setValue(80)
    assert shown(six) == ["dog 10.png", "dog 2.png", "cat 1.png"]
    bar.high.setValue(90)
    assert shown(six) == ["cat 1.png"]
    bar.low.setValue(95)  # the other end gives way
    assert (bar.high.value(), shown(six)) == (95, [])
    assert six.view.table.accessibleDescription().startswith("No photo is like that.")
    bar.high.setValue(70)
    assert (bar.low.value(), shown(six)) == (70, ["both.png"])
    bar.all.click()
    assert (bar.low.value(), bar.high.value(), shown(six)) == (0, 100, list(NAMES))
    assert bar.all.isHidden()


def test_switching_keeps_the_selection_and_the_current_photo(six: ClassifyPage, qtbot: QtBot) -> None:
    click(six, "dog 2.png")
    click(six, "car.png", Qt.KeyboardModifier.ControlModifier)
    assert chosen(six) == ["dog 2.png", "car.png"]
    six.view.bar.query.looks.setCurrentIndex(0)
    grid = six.view.grid
    assert grid.isVisible()
    assert sorted(index.row() for index in grid.selectedIndexes()) == [1, 3]
    assert grid.currentIndex().row() == 3
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    six.view.bar.query.looks.setCurrentIndex(1)
    table = six.view.table
    rows = {index.row() for index in table.selectionModel().selectedRows()}
    assert rows >= {4}  # whole rows, though the grid knows one column
    assert table.currentIndex().row() == 4


def test_sorting_and_limiting_keep_the_selection(six: ClassifyPage) -> None:
    click(six, "dog 2.png")
    click(six, "cat 1.png", Qt.KeyboardModifier.ControlModifier)
    click_heading(six.view.table, PROBABILITY)
    click_heading(six.view.table, NAME)
    assert set(chosen(six)) == {"dog 2.png", "cat 1.png"}
    six.view.bar.query.search.setText("dog")
    assert chosen(six) == ["dog 2.png"]


def test_the_keys_of_the_table(six: ClassifyPage, qtbot: QtBot) -> None:
    table = six.view.table
    click(six, "cat 1.png")
    for key, name in ((Qt.Key.Key_Down, "car.png"), (Qt.Key.Key_Home, "dog 10.png"), (Qt.Key.Key_End, "both.png")):
        qtbot.keyClick(table, key)
        assert chosen(six) == [name]
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(chosen(six)) == len(NAMES)
    qtbot.keyClick(table, Qt.Key.Key_Home)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert six.view.large.isVisible()
    assert six.view.large.name.text() == "dog 10.png"
    qtbot.keyClick(six.view.large, Qt.Key.Key_Escape)
    assert table.isVisible()  # and not the grid
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert shown(six) == list(NAMES[1:])


def test_a_click_selects_and_a_double_click_opens(six: ClassifyPage) -> None:
    click(six, "car.png")
    assert not six.view.on_large
    QTest.mouseDClick(six.view.table.viewport(), Qt.MouseButton.LeftButton, pos=place(six.view.table, 3))
    assert six.view.large.name.text() == "car.png"


def test_the_look_is_remembered(six: ClassifyPage, context: Context, qtbot: QtBot) -> None:
    again = ClassifyPage(context)
    qtbot.addWidget(again)
    assert again.view.several.look == "table"
    assert again.view.bar.query.looks.currentIndex() == 1
    again.close_images()


def test_new_photos_are_found_and_marked_in_the_table(six: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    six.add_files(photos("dog 3.png", "dog 4.png"))
    settled(six, qtbot, len(NAMES) + 2)
    assert six.view.table.isVisible()
    assert chosen(six) == ["dog 3.png"]


def test_headings_stand_where_reading_begins(six: ClassifyPage) -> None:
    six.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    table = six.view.table
    assert place(table, 0, NAME).x() > place(table, 0, FOLDER).x()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_table_is_drawn_in_both_themes(six: ClassifyPage, qapp: QApplication, choice: theme.ThemeChoice) -> None:
    theme.apply(qapp, choice)
    click(six, "cat 1.png")
    QApplication.processEvents()
    picture = six.grab().toImage()
    shots = os.environ.get("CATDOG_SHOTS")
    if shots:
        picture.save(f"{shots}/table-{choice}.png")
    table = six.view.table
    where = table.viewport().mapTo(six, table.visualRect(six.session.photos.index(2, CLASS)).topLeft())
    room = table.visualRect(six.session.photos.index(2, CLASS)).size()
    cat = theme.colours().classes[0]
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(where.x(), where.x() + room.width())
        for y in range(where.y(), where.y() + room.height())
    }
    assert cat in colours


def verdict(dog: float) -> Prediction:
    name = "dog" if dog >= 0.5 else "cat"
    return Prediction(path="", class_name=name, probability=dog, probabilities={"cat": 1 - dog, "dog": dog})


class Stalls:
    """What the window's thread computes in one go while something is done, in milliseconds.

    Its processor time, not the clock's: what else the machine does says nothing about the window.
    """

    TICK_S = 0.005

    def __init__(self) -> None:
        self.gaps: list[float] = []

    def measure(self, steps: list[Callable[[], object]], ticks: int = 12) -> float:
        """Do these, with so many ticks for each, and return what 99 in 100 ticks take less than."""
        for step in steps:
            self._time(step)  # apart from what it sets off, between which the window answers
            for _ in range(ticks - 1):
                time.sleep(self.TICK_S)
                self._time(QApplication.processEvents)
        return sorted(self.gaps)[int(0.99 * len(self.gaps))]

    def _time(self, step: Callable[[], object]) -> None:
        before = time.thread_time()
        step()
        self.gaps.append(1000 * (time.thread_time() - before))


@pytest.mark.slow  # times mean something there: no measuring of coverage, no other tests besides
@pytest.mark.parametrize("look", ["table", "grid"])
def test_ten_thousand_rows_stay_fluid(
    page: ClassifyPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    session, view = page.session, page.view
    monkeypatch.setattr(session.classifier, "classify", lambda _questions: None)
    random.seed(3)
    folders = [Path(f"/photos/{number}") for number in range(50)]
    new = [NewPhoto(f"IMG_{n * 7919 % 10_000}.jpg", folders[n % 50] / f"{n}.jpg", str(n)) for n in range(10_000)]
    session.photos.add(new)
    session.added.emit()
    view.show_as("table" if look == "table" else "grid")
    page.resize(QSize(1200, 800))
    for number in range(6_000):
        session.photos.set_verdict(number, verdict(random.random()), ("cat", "dog"), 0.01)
    bar, numbers = view.bar.query, iter(range(6_000, 10_000))

    def arrive() -> None:
        for _ in range(40):
            session.photos.set_verdict(next(numbers), verdict(random.random()), ("cat", "dog"), 0.01)

    def tidy() -> None:
        session.photos.tidy()
        session.tidied.emit()

    scroll = view.several.view.verticalScrollBar()
    steps: list[Callable[[], object]] = []
    for order in range(bar.order.count()):
        steps += [
            lambda order=order: bar.order.setCurrentIndex(order),
            bar.reverse.click,
            arrive,
            tidy,
            *[lambda by=by: scroll.setValue(scroll.value() + by) for by in (300, 900, 5_000, 60_000)],
        ]
    steps += [lambda: bar.filter.setCurrentIndex(1), arrive, tidy, lambda: bar.filter.setCurrentIndex(0)]
    steps += [lambda words=words: bar.search.setText(words) for words in ("1", "12", "123", "12", "")]
    steps += [lambda: bar.low.setValue(80), lambda: bar.high.setValue(90), bar.all.click]
    view.several.view.selectAll()
    stalls = Stalls()
    p99 = stalls.measure(steps)
    longest = max(stalls.gaps)
    print(f"{look}: p99 {p99:.0f} ms, longest {longest:.0f} ms, {len(stalls.gaps)} ticks")
    assert p99 < 50 * _SLOW
    assert longest < 250 * _SLOW


_SLOW = 3
"""How much slower than usual a machine may be that does other things besides."""
