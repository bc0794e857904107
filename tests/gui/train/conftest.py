"""The Train page, as small as a window may be."""

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.train.page import TrainPage


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> TrainPage:
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.resize(720, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page
