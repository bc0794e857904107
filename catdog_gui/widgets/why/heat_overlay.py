"""Why a verdict: a heat map over the large photo, computed where the user asks for it."""

from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.photo_preview import PhotoPreview
from catdog_gui.widgets.why.heat_control import HeatControl
from catdog_gui.widgets.why.subject import Subject
from trainer.core.results import ErrorRecord


class Heat(NamedTuple):
    """A heat map as it is drawn over a photo."""

    image: QImage
    found: bool
    """Whether it has any warm places."""


class HeatOverlay(QObject):
    """Draws the heat map of the photo that is shown over it, as long as the user wants to see it."""

    def __init__(self, control: HeatControl, preview: PhotoPreview, parent: QObject) -> None:
        super().__init__(parent)
        self._control, self._preview = control, preview
        self._subject: Subject | None = None
        self._heat: Heat | None = None
        self._asked = False
        """Whether it is on its way, or could not be made."""
        self._work = Latest(self)
        self._work.succeeded.connect(self._take)
        self._work.failed.connect(self._refuse)
        control.changed.connect(self._draw)

    def explain(self, subject: Subject | None) -> None:
        """Explain this verdict from now on; with None there is nothing to explain, and no button to ask for it."""
        if subject is not self._subject:
            self._subject = subject
            self._heat, self._asked = None, False
            self._work.forget()
            self._control.say("")
        self._control.setVisible(subject is not None)
        self._draw()

    def close(self) -> None:
        """Compute no more."""
        self._work.forget()

    def _draw(self) -> None:
        control, heat, subject = self._control, self._heat, self._subject
        if not control.wanted or subject is None or heat is None:
            self._preview.show_heat(None, 0.0)
        else:
            self._preview.show_heat(heat.image, control.opacity.value() / 100)
            control.say(
                tr("The warmer a place, the more it speaks for {class_name}.", class_name=subject.class_name)
                if heat.found
                else tr("No place in the photo speaks for {class_name}.", class_name=subject.class_name)
            )
        if not control.wanted:
            self._asked = False  # who asks again tries again
        elif heat is None and not self._asked and subject is not None:
            self._ask(subject)

    def _ask(self, subject: Subject) -> None:
        self._asked = True
        self._control.say(tr("One moment…"))
        self._work.ask(lambda: (subject, *subject.explainer.heat(subject.photo(), subject.class_name)))

    def _take(self, outcome: tuple[Subject, bytes, int]) -> None:
        subject, pixels, side = outcome
        if subject is self._subject:
            image = QImage(pixels, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()
            self._heat = Heat(image, found=any(pixels[3::4]))
            self._draw()

    def _refuse(self, error: ErrorRecord) -> None:
        self._control.say(translated(error.what))
