"""Why a verdict: a heat map over the large photo, computed where the user asks for it."""

from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from catdog_gui.classify.session.classifier import Classifier
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.photo_preview import PhotoPreview
from trainer.core.results import ErrorRecord, Prediction

_OPACITY = 60
_MOST = 90
"""Per cent: the photo below stays in sight."""


class Heat(NamedTuple):
    """A heat map as it is drawn over a photo."""

    image: QImage
    found: bool
    """Whether it has any warm places."""


class HeatControl(QWidget):
    """A button that shows the heat map, and below it, while it is shown, what it means and how strong it is."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(tr("Why?"))
        self.button.setCheckable(True)
        self.button.setIcon(theme.icon("eye"))
        self.button.setToolTip(tr("Show what in the photo speaks for the verdict (H)"))
        self.button.setAccessibleName(tr("Why? Show what in the photo speaks for the verdict"))
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, _MOST)
        self.opacity.setValue(_OPACITY)
        self.opacity.setToolTip(tr("How much the heat map hides of the photo"))
        self.opacity.setAccessibleName(tr("Opacity of the heat map"))
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addWidget(self.button)
        row.addWidget(self.opacity, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.XS)
        layout.addLayout(row)
        layout.addWidget(self.words)
        self.button.toggled.connect(self._toggle)
        self.opacity.valueChanged.connect(self.changed)
        self._toggle(on=False)

    @property
    def wanted(self) -> bool:
        """Whether the user wants to see it."""
        return self.button.isChecked()

    def say(self, words: str) -> None:
        """Say what is shown."""
        self.words.setText(words)
        self.words.setVisible(self.wanted and bool(words))

    def _toggle(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.opacity.setVisible(on)
        self.say(self.words.text())
        self.changed.emit()


class HeatOverlay(QObject):
    """Draws the heat map of the photo that is shown over it, as long as the user wants to see it."""

    def __init__(self, control: HeatControl, preview: PhotoPreview, classifier: Classifier, parent: QObject) -> None:
        super().__init__(parent)
        self._control, self._preview, self._classifier = control, preview, classifier
        self._prediction: Prediction | None = None
        self._photo: SessionPhoto | None = None
        self._heat: Heat | None = None
        self._asked = False
        """Whether it is on its way, or could not be made."""
        self._work = Latest(self)
        self._work.succeeded.connect(self._take)
        self._work.failed.connect(self._refuse)
        control.changed.connect(self._draw)

    def show_photo(self, photo: SessionPhoto) -> None:
        """Explain this photo from now on, or the verdict that it has now."""
        if photo is not self._photo or photo.prediction is not self._prediction:
            self._photo, self._prediction = photo, photo.prediction
            self._heat, self._asked = None, False
            self._work.forget()
        self._control.setVisible(self._class_name is not None)
        self._draw()

    def close(self) -> None:
        """Compute no more."""
        self._work.forget()

    @property
    def _class_name(self) -> str | None:
        """What is explained; None where nothing is: nothing speaks for a class that the photo does not have."""
        return self._prediction.closest_class if self._prediction is not None else None

    def _draw(self) -> None:
        control, heat, class_name = self._control, self._heat, self._class_name
        if not control.wanted or class_name is None or heat is None:
            self._preview.show_heat(None, 0.0)
        else:
            self._preview.show_heat(heat.image, control.opacity.value() / 100)
            control.say(
                tr("The warmer a place, the more it speaks for {class_name}.", class_name=class_name)
                if heat.found
                else tr("No place in the photo speaks for {class_name}.", class_name=class_name)
            )
        if not control.wanted:
            self._asked = False  # who asks again tries again
        elif heat is None and not self._asked and self._photo is not None and class_name is not None:
            self._ask(self._photo, class_name)

    def _ask(self, photo: SessionPhoto, class_name: str) -> None:
        self._asked = True
        self._control.say(tr("One moment…"))
        explain, source, prediction = self._classifier.explainer(), photo.source, self._prediction
        self._work.ask(lambda: (prediction, *explain(source, class_name)))

    def _take(self, outcome: tuple[Prediction, bytes, int]) -> None:
        prediction, pixels, side = outcome
        if prediction is self._prediction:
            image = QImage(pixels, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()
            self._heat = Heat(image, found=any(pixels[3::4]))
            self._draw()

    def _refuse(self, error: ErrorRecord) -> None:
        self._control.say(translated(error.what))
