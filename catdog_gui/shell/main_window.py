"""The window: composes the sidebar, the pages, the menus and the bars, and switches between pages."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDropEvent, QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from catdog_gui.classify.session.photo_intake import Intake
from catdog_gui.dialogs.window_dialogs import Dialogs
from catdog_gui.look import theme
from catdog_gui.look.resources import resource
from catdog_gui.shell.close_question import CloseQuestion
from catdog_gui.shell.menus import Menus
from catdog_gui.shell.page_room import PageRoom
from catdog_gui.shell.page_stack import PAGES, PageStack
from catdog_gui.shell.placement import place
from catdog_gui.shell.sidebar import Sidebar
from catdog_gui.shell.toast import Toast
from catdog_gui.shell.window_drops import WindowDrops
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.widgets.error_bar import ErrorBar

_NARROW = 800
"""In a window narrower than this, the sidebar shows icons alone."""


class MainWindow(QMainWindow):
    """Composition and navigation only."""

    def __init__(self, context: Context, errors: ErrorCenter) -> None:
        super().__init__()
        self.context = context
        self.setWindowTitle("CatDog")
        self.setWindowIcon(QIcon(str(resource("icons", "catdog.svg"))))
        self.sidebar = Sidebar(PAGES)
        self.pages = PageStack(context)
        self.error_bar = ErrorBar()
        self.menus = Menus(self.menuBar(), PAGES, context.settings.theme)
        self.dialogs = Dialogs(self, context, errors)
        self.close_question = CloseQuestion(self, context)
        self.drops = WindowDrops(self, self.pages)
        self.toast = Toast(self)
        self._arrange()
        self._connect(errors)
        self._restore()

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        page = next(known for known in PAGES if known == name)
        self.sidebar.show_current(page)
        self.drops.show_page(page)
        self.pages.show_page(page)

    def bring_to_front(self) -> None:
        """Show the window above the others, as far as the desktop allows."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first while a run is going on; remember the window."""
        if not self.close_question.may_close():
            event.ignore()
            return
        settings = self.context.settings
        settings.geometry = self.saveGeometry()
        settings.page = self.pages.current_name
        settings.sync()
        self.pages.classify.close_images()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the pages room in a narrow window."""
        self.sidebar.show_narrow(narrow=event.size().width() < _NARROW)
        super().resizeEvent(event)

    def _restore(self) -> None:
        place(self, self.context.settings.geometry)
        page = self.context.settings.page
        self.show_page(page if page in PAGES else "classify")

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(PageRoom(self.pages), 1)
        bar = QVBoxLayout()
        bar.setContentsMargins(theme.XL, 0, theme.XL, theme.M)
        bar.addWidget(self.toast)
        bar.addWidget(self.error_bar)
        right.addLayout(bar)
        self._middle = QWidget()
        row = QHBoxLayout(self._middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(right, 1)
        self.setCentralWidget(self._middle)

    def _connect(self, errors: ErrorCenter) -> None:
        context, menus, classify = self.context, self.menus, self.pages.classify
        self.sidebar.chosen.connect(self.show_page)
        context.page_requested.connect(self.show_page)
        context.resume_offered.connect(self.sidebar.hint_at_run)
        context.said.connect(self.toast.say)
        context.error_reported.connect(errors.report)
        errors.recorded.connect(self.error_bar.show_error)
        self._connect_drops()
        menus.photos_wanted.connect(self._on_classify(classify.open_photos))
        menus.folder_wanted.connect(self._on_classify(classify.open_folder))
        menus.camera_wanted.connect(self._on_classify(classify.use_camera))
        menus.model_wanted.connect(self._on_classify(classify.open_model))
        menus.undo_wanted.connect(self._on_classify(classify.undo))
        classify.undo_changed.connect(menus.show_undo)
        menus.paste_wanted.connect(self._on_classify(classify.paste))
        menus.clear_wanted.connect(self._on_classify(classify.clear))
        menus.page_wanted.connect(self.show_page)
        menus.theme_wanted.connect(self.dialogs.set_theme)
        menus.full_screen_wanted.connect(lambda on: self.showFullScreen() if on else self.showNormal())
        menus.preferences_wanted.connect(self.dialogs.show_preferences)
        menus.quit_wanted.connect(self.close)
        menus.manual_wanted.connect(self.dialogs.show_manual)
        menus.shortcuts_wanted.connect(self.dialogs.show_shortcuts)
        menus.errors_wanted.connect(self.dialogs.show_errors)
        menus.about_wanted.connect(self.dialogs.show_about)
        self.dialogs.theme_chosen.connect(lambda choice: menus.theme_actions[choice].setChecked(True))

    def _connect_drops(self) -> None:
        drops, pages = self.drops, self.pages
        drops.watch(pages.classify)
        pages.made.connect(lambda _name, page: drops.watch(page))
        drops.model_dropped.connect(pages.classify.propose_model)
        drops.photos_dropped.connect(self._classify)
        drops.dataset_dropped.connect(self._open_dataset)

    def _classify(self, intake: Intake) -> None:
        self.show_page("classify")
        self.pages.classify.session.take(intake)

    def _open_dataset(self, event: QDropEvent) -> None:
        self.show_page("data")
        page = self.pages.page("data")
        if page is not None:
            page.dropEvent(event)  # it knows folders, zips, and two folders for two classes

    def _on_classify(self, do: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            self.show_page("classify")
            do()

        return go
