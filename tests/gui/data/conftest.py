"""The Data page in a window of the usual small size, less the sidebar."""

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> DataPage:
    """Return the page, shown."""
    page = DataPage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.close_photos())
    page.resize(720, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page
