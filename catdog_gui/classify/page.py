"""The first page: photos in, verdicts out."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.classify.drop_zone import DropZone
from catdog_gui.classify.drops import PhotoDrops
from catdog_gui.classify.model_chooser import ModelChooser
from catdog_gui.classify.no_model import NoModel
from catdog_gui.classify.session.photo_intake import Intake, Offer, take
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.state.context import Context
from catdog_gui.widgets.current_stack import CurrentStack
from trainer.core.results import ErrorRecord
from trainer.dataset.names import PHOTO_ENDINGS
from trainer.storage import starter

if TYPE_CHECKING:
    from catdog_gui.classify.session.photo_session import PhotoSession
    from catdog_gui.classify.session_view import SessionView
    from trainer.storage.model_list import ModelEntry

_HEADING = mark("Drop photos here")
_HINT = mark("or whole folders, or an image from a web page.\nCtrl+V pastes one that you copied.")
_STARTER_HINT = mark("The starter model, which comes with CatDog, tells cats from dogs. You can train your own.")


class ClassifyPage(QWidget):
    """The choice of a model above; below it the drop zone, the session's photos, or how to get a model."""

    undo_changed = Signal(int)
    """How many photos an undo would bring back to the list."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: list[ModelEntry] = []
        self._made: tuple[PhotoSession, SessionView] | None = None
        self.chooser = ModelChooser()
        self.no_model = NoModel()
        self.zone = DropZone(tr(_HEADING), tr(_HINT))
        self.stack = CurrentStack()
        self._arrange()
        self.overlay = DropZone("", "", self)
        self.overlay.hide()
        self._drops = PhotoDrops(self)
        self._connect()
        if self._uses_starter():
            self.chooser.show_starter()  # what its file says can wait until the window is there
            self._show_hint()
        else:
            self._refresh_chooser()
        self._show_state()

    def add_files(self, files: list[Path]) -> None:
        """Classify these photos and the photos below these folders."""
        self.session.add_files(files)

    def paste(self) -> None:
        """Classify what is on the clipboard."""
        self._take(take(QGuiApplication.clipboard().mimeData() or QMimeData()))  # none where it is empty

    def clear(self) -> None:
        """Forget the session's photos."""
        if self._made is not None:
            self._made[0].clear()

    def undo(self) -> None:
        """Put back the photos that were removed from the list last."""
        if self._made is not None:
            self._made[0].undo()

    def _take(self, intake: Intake) -> None:
        self.session.take(intake)

    def open_photos(self) -> None:
        """Let the user choose photos in a dialog."""
        endings = " ".join(f"*{ending} *{ending.upper()}" for ending in sorted(PHOTO_ENDINGS))
        folder = str(self._context.settings.last_folder("photos"))
        names, _ = QFileDialog.getOpenFileNames(
            self, tr("Open photos"), folder, f"{tr('Photos')} ({endings});;{tr('All files')} (*)"
        )
        if names:
            self._context.settings.remember_folder("photos", Path(names[0]).parent)
            self.add_files([Path(name) for name in names])

    def open_folder(self) -> None:
        """Let the user choose a folder of photos."""
        folder = str(self._context.settings.last_folder("photos"))
        name = QFileDialog.getExistingDirectory(self, tr("Open a folder of photos"), folder)
        if name:
            self._context.settings.remember_folder("photos", Path(name))
            self.add_files([Path(name)])

    def use_camera(self) -> None:
        """Open the page of the model in use, which has the camera, in the browser."""
        from catdog_gui.classify.camera import open_camera  # noqa: PLC0415 - the first paint does without

        open_camera(self._context, self)

    def open_model(self) -> None:
        """Let the user choose a model file."""
        folder = str(self._context.settings.last_folder("model"))
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Open a model file"), folder, f"{tr('CatDog models')} (*.safetensors);;{tr('All files')} (*)"
        )
        if name:
            self._context.settings.remember_folder("model", Path(name).parent)
            self.propose_model(Path(name))

    def propose_model(self, path: Path, *, ask: bool = True) -> None:
        """Use a model file, asking first where it would replace another. A file that is none is refused."""
        from catdog_gui.widgets.model_question import propose_model  # noqa: PLC0415 - the first paint does without

        propose_model(self, self._context, path, ask=ask)

    def close_images(self) -> None:
        """Stop loading images in the background."""
        if self._made is not None:
            self._made[1].close_images()

    @property
    def session(self) -> "PhotoSession":
        """The session's photos."""
        return self._views()[0]

    @property
    def view(self) -> "SessionView":
        """What shows them."""
        return self._views()[1]

    def prepare(self) -> None:
        """Make what the first photo will need: called after the first paint, which does not need it."""
        self._views()
        if self._uses_starter():
            self._refresh_chooser()

    def _views(self) -> "tuple[PhotoSession, SessionView]":
        if self._made is None:
            from catdog_gui.classify import session_view  # noqa: PLC0415 - after the first paint
            from catdog_gui.classify.session import photo_session  # noqa: PLC0415 - after the first paint

            session = photo_session.PhotoSession(self._context, self)
            view = session_view.SessionView(session, self._context)
            view.add_wanted.connect(self.open_photos)
            view.said.connect(self._context.say)
            view.failed.connect(self._context.report)
            session.added.connect(self._show_state)
            session.undo_changed.connect(self.undo_changed)
            self.stack.addWidget(view)
            self._made = session, view
        return self._made

    def _show_state(self) -> None:
        """Show the photos, or invite some, or say how to get a model."""
        self._context.photo_count = len(self._made[0].photos) if self._made is not None else 0
        if self._made is not None and len(self._made[0].photos):
            self.stack.setCurrentWidget(self._made[1])
        else:
            self.stack.setCurrentWidget(self.zone if self._context.current_model else self.no_model)

    def _on_model_changed(self, _path: Path | None) -> None:
        self._refresh_chooser()
        self._show_state()

    def _refresh_chooser(self) -> None:
        from trainer.storage.model_list import describe_model  # noqa: PLC0415 - the first paint does without

        path = self._context.current_model
        current = None
        if path is not None:
            try:
                current = describe_model(path)
            except Exception as error:  # noqa: BLE001 - a damaged file must not keep the page from being shown
                self._context.report(ErrorRecord.of(error))
        self.chooser.show_models(self._known, current)
        self._show_hint()

    def _uses_starter(self) -> bool:
        current = self._context.current_model
        return current is not None and current == starter.starter_model()

    def _show_hint(self) -> None:
        """Invite photos, and introduce the starter model where that is in use."""
        hints = [tr(_HINT), tr(_STARTER_HINT)] if self._uses_starter() else [tr(_HINT)]
        self.zone.say(tr(_HEADING), "\n\n".join(hints))

    def _list_models(self) -> None:
        from trainer.storage.model_list import list_models  # noqa: PLC0415 - the first paint does without

        self._known = list_models(self._context.settings.runs_folder)
        self._refresh_chooser()

    def _on_hover(self, offer: Offer | None) -> None:
        on_zone = self.stack.currentWidget() is self.zone
        self.zone.show_offer(offer if on_zone else None)
        self.overlay.setVisible(offer is not None and not on_zone)
        if offer is not None and not on_zone:
            self.overlay.show_offer(offer)
            self.overlay.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlay over everything."""
        self.overlay.setGeometry(self.rect().adjusted(theme.S, theme.S, -theme.S, -theme.S))
        super().resizeEvent(event)

    def _connect(self) -> None:
        context = self._context
        context.model_changed.connect(self._on_model_changed)
        context.models_changed.connect(self._refresh_chooser)
        self.chooser.about_to_open.connect(self._list_models)
        self.chooser.chosen.connect(context.use_model)
        self.chooser.open_wanted.connect(self.open_model)
        self.chooser.manage_wanted.connect(lambda: context.show_page("models"))
        self.no_model.train_wanted.connect(lambda: context.show_page("data"))
        self.no_model.open_wanted.connect(self.open_model)
        self._drops.hovering.connect(self._on_hover)
        self._drops.dropped.connect(self._take)

    def _arrange(self) -> None:
        title = QLabel(tr("Classify"))
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.chooser)
        self._add_zone_buttons()
        for view in (self.zone, self.no_model):
            self.stack.addWidget(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        layout.setSpacing(theme.M)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)

    def _add_zone_buttons(self) -> None:
        photos = QPushButton(tr("Open photos…"))
        photos.setProperty("kind", "primary")
        photos.setProperty("size", "large")
        photos.clicked.connect(self.open_photos)
        folder = QPushButton(tr("Open a folder…"))
        folder.setProperty("size", "large")
        folder.clicked.connect(self.open_folder)
        camera = QPushButton(tr("Use the camera…"))
        camera.setProperty("size", "large")
        camera.setToolTip(tr("Opens a page in the browser, which works without a network and sends nothing anywhere."))
        camera.clicked.connect(self.use_camera)
        for button in (photos, folder, camera):
            self.zone.add_button(button)
