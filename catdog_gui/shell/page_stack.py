"""The pages, each made when it is first needed."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.look.language import mark, tr
from catdog_gui.state.context import Context, PageName

PAGES: Final[dict[PageName, str]] = {
    "classify": mark("Classify"),
    "data": mark("Data"),
    "train": mark("Train"),
    "evaluate": mark("Evaluate"),
    "models": mark("Models"),
}


def load_pages() -> dict[PageName, Callable[[Context], QWidget]]:
    """Import the pages other than Classify, and return what makes each.

    They bring pyqtgraph, numpy and Pillow along: the first call takes a while and belongs into a worker thread.
    """
    from catdog_gui.data.page import DataPage  # noqa: PLC0415 - after the first paint
    from catdog_gui.evaluate.page import EvaluatePage  # noqa: PLC0415 - after the first paint
    from catdog_gui.models.page import ModelsPage  # noqa: PLC0415 - after the first paint
    from catdog_gui.train.page import TrainPage  # noqa: PLC0415 - after the first paint

    return {"data": DataPage, "train": TrainPage, "evaluate": EvaluatePage, "models": ModelsPage}


class PageStack(QStackedWidget):
    """The Classify page is there from the beginning; the others wait for `allow_others`, then come one by one."""

    made = Signal(str, object)
    """A page was made: its name and the page."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._allowed = False
        self._pages: dict[PageName, QWidget] = {}
        self._wanted: PageName = "classify"
        self.classify = ClassifyPage(context)
        self._pages["classify"] = self.classify
        self.addWidget(self.classify)
        self._wait = QLabel(tr("Just a moment…"))
        self._wait.setProperty("role", "muted")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self._wait)

    def page(self, name: PageName) -> QWidget | None:
        """Return a page, or None where it was not made yet."""
        return self._pages.get(name)

    @property
    def current_name(self) -> PageName:
        """Name of the page that is shown, or will be as soon as it can."""
        return self._wanted

    def show_page(self, name: PageName) -> None:
        """Show a page, making it where that is allowed by now."""
        self._wanted = name
        if name not in self._pages and self._allowed:
            self._make(name)
        self.setCurrentWidget(self._pages.get(name, self._wait))

    def allow_others(self) -> None:
        """Make the page that is waited for: what the others import is there now."""
        self._allowed = True
        self.show_page(self._wanted)

    def make_next(self) -> bool:
        """Make one page that is not there yet. False where all are."""
        missing = [name for name in PAGES if name not in self._pages]
        if missing:
            self._make(missing[0])
        return bool(missing)

    def _make(self, name: PageName) -> None:
        page = load_pages()[name](self._context)
        self._pages[name] = page
        self.addWidget(page)
        self.made.emit(name, page)
