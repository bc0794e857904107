"""What a first-time user stumbled over: lists that hid their last choice, and a wheel that a strip held fast."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox
from pytestqt.qtbot import QtBot

from catdog_gui.widgets.photos.photo_tiles import PhotoTiles


def wheel(x: int, y: int) -> QWheelEvent:
    return QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(x, y),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def test_an_open_list_shows_all_its_choices(qtbot: QtBot) -> None:
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItems(["As added", "By class", "By probability"])
    with qtbot.waitExposed(combo):
        combo.show()
    combo.showPopup()
    view = combo.view()
    last = view.visualRect(combo.model().index(2, 0))
    assert last.height() >= 24
    assert view.viewport().rect().contains(last)
    combo.hidePopup()


def test_a_strip_leaves_the_wheel_to_the_page(qtbot: QtBot) -> None:
    tiles = PhotoTiles("photos", strip=True)
    qtbot.addWidget(tiles)
    tiles.horizontalScrollBar().setRange(0, 500)
    event = wheel(0, -120)
    QApplication.sendEvent(tiles.viewport(), event)
    assert tiles.horizontalScrollBar().value() == 0
    assert not event.isAccepted()


def test_buttons_of_dialogs_have_no_stock_icons(qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Close).icon().isNull()
