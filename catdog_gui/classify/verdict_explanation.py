"""Explains the verdict on the photo that is shown large."""

from PySide6.QtCore import QObject

from catdog_gui.classify.session.classifier import Classifier, as_photo
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.classify.verdict_view import VerdictView
from catdog_gui.widgets.why.heat_overlay import HeatOverlay
from catdog_gui.widgets.why.subject import Subject
from trainer.core.results import Prediction


class VerdictExplanation(QObject):
    """Follows the large view, and has the heat map and the row below the photo follow its verdicts."""

    def __init__(self, view: VerdictView, classifier: Classifier, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._classifier = view, classifier
        self._photo: SessionPhoto | None = None
        self._prediction: Prediction | None = None
        self._subject: Subject | None = None
        self.heat = HeatOverlay(view.why, view.preview, self)
        view.refreshed.connect(self._follow)

    def close(self) -> None:
        """Compute no more."""
        self.heat.close()
        self._view.like_these.close_images()

    def _follow(self, photo: SessionPhoto) -> None:
        """Explain this photo from now on, or the verdict that it has now."""
        if photo is not self._photo or photo.prediction is not self._prediction:
            self._photo, self._prediction = photo, photo.prediction
            self._subject = self._of(photo)
        self.heat.explain(self._subject)
        self._view.like_these.explain(self._subject)

    def _of(self, photo: SessionPhoto) -> Subject | None:
        """Return what is explained: nothing speaks for a class that the photo does not have."""
        class_name = photo.prediction.closest_class if photo.prediction is not None else None
        if class_name is None:
            return None
        return Subject(lambda: as_photo(photo.source), class_name, photo.classes, self._classifier.explainer())
