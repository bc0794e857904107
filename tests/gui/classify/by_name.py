"""A model that answers by the photo's name, and what a user does with photos and sees of them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from trainer.core.errors import CancelledError
from trainer.core.results import Prediction

if TYPE_CHECKING:
    import numpy as np
    import torch


class FakePredictor:
    """Says dog where the name has "dog" in it; "broken" cannot be read, "car" is neither; other images are cats."""

    digest = ""
    description = SimpleNamespace(classes=("cat", "dog"), preprocessing=SimpleNamespace(image_size=16))

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.gate = threading.Event()
        self.gate.set()

    def predict(self, photos: Iterable[Path | bytes], *, cancelled: Callable[[], bool]) -> Iterator[Prediction]:
        for photo in photos:
            while not self.gate.wait(0.01):
                if cancelled():
                    raise CancelledError("Cancelled.")
            self.asked.append(photo)
            yield self.verdict(photo.name if isinstance(photo, Path) else "")

    def class_activation(self, pixels: "np.ndarray") -> "torch.Tensor":
        """Dogs are seen at the left, cats at the right."""
        import torch

        return torch.tensor([1.0, 1.0, -1.0, -1.0]).expand(len(pixels), 4, 4)

    def verdict(self, name: str) -> Prediction:
        if "broken" in name:
            error = "This photo is cut off. Copy it again from the camera or the web."
            return Prediction(path=name, class_name=None, probability=None, probabilities=None, error=error)
        if "car" in name:
            shares, why = {"cat": 0.004, "dog": 0.996}, "Neither cat nor dog, as far as it can tell."
            return Prediction(path=name, class_name=None, probability=0.996, probabilities=shares, reason=why)
        if "both" in name:
            shares, why = {"cat": 0.3, "dog": 0.7}, "It could be either: there seem to be both."
            return Prediction(
                path=name, class_name=None, probability=0.7, probabilities=shares, nearest_class="dog", reason=why
            )
        dog = 0.97 if "dog" in name else 0.2
        kind = "dog" if dog > 0.5 else "cat"
        return Prediction(path=name, class_name=kind, probability=dog, probabilities={"cat": 1 - dog, "dog": dog})


def fake_entry(path: Path) -> SimpleNamespace:
    test = SimpleNamespace(accuracy=0.97, accuracy_interval=(0.91, 0.99), photos=100)
    origin = SimpleNamespace(created="2026-01-02T03:04:05+00:00")
    description = SimpleNamespace(origin=origin, recipe="classic", test=test)
    return SimpleNamespace(
        path=path, title=path.stem, description=description, accuracy=0.97, learnt_from=700, is_starter=False
    )


def settled(page: ClassifyPage, qtbot: QtBot, number: int) -> None:
    """Wait until so many photos have a verdict."""
    done = lambda: sum(photo.prediction is not None for photo in page.session.photos) == number  # noqa: E731
    qtbot.waitUntil(lambda: done() and not page.session.classifier.busy, timeout=10_000)


def counted(page: ClassifyPage) -> str:
    """Return what the bar above the photos counts."""
    return page.view.bar.count.text().replace("\xa0", " ")


def urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def hover(widget: QWidget, mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


def drop(widget: QWidget, mime: QMimeData) -> QDropEvent:
    hover(widget, mime)
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event
