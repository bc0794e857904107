"""How robust a model is: measured on demand, kept in its run's folder, with a picture of each harm."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from catdog_gui import worker
from catdog_gui.evaluate.robustness.harm_tiles import PICTURE, HarmTiles
from catdog_gui.evaluate.robustness.robustness_words import harm_words, untouched_words, which_words
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.images import to_qimage
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import TrainerError
from trainer.core.events import Noted, StageProgressed
from trainer.core.results import ErrorRecord
from trainer.core.robustness import HARMS, Robustness


class Subject(NamedTuple):
    """What is measured: a model on a split of a dataset; without a split, the engine chooses."""

    model: Path
    dataset: DatasetChoice
    split: str | None


class RobustnessCard(Card):
    """`asked` is the page's to answer with `measure`: it knows which model and which photos are chosen."""

    asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Photos that are not so good"), parent)
        self._context = context
        self._task: worker.Task | None = None
        self._subject: Subject | None = None
        self.found: Robustness | None = None
        self.go = QPushButton(tr("How robust?"))
        self.go.setToolTip(tr("Measure how much worse it gets on photos that are blurred, dark, turned or small"))
        self.go.clicked.connect(self.asked)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.detail.setProperty("role", "muted")
        self.work = WorkBar()
        self.work.cancel_requested.connect(self.cancel)
        self.problem = Notice("error", "")
        self.problem.hide()
        self.tiles = HarmTiles(1 + len(HARMS))
        self._pictures = Latest(self)
        self._pictures.succeeded.connect(self._show_pictures)
        self._lay_out()
        self._show_found(None, "")

    def show_model(self, kept: Robustness | None, dataset: DatasetChoice | None) -> None:
        """Show what is known of another model, and the dataset of its run, if it has one."""
        self.cancel()
        self._subject = None
        self._show_found(kept, dataset.root if dataset is not None else "")

    def measure(self, subject: Subject) -> None:
        """Measure it, in the background."""
        if self._task is not None:
            return
        self.problem.hide()
        self.go.setEnabled(False)
        self.work.begin(tr("Harming photos of {dataset}", dataset=subject.dataset.name))
        settings = self._context.settings
        work = _measurement(subject, device=settings.device, threads=settings.threads)
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._advance)
        self._subject = subject
        self._task.succeeded.connect(lambda found: self._finish(found, subject))
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(lambda: self._context.say(tr("Cancelled.")))
        self._task.finished.connect(self._end)

    def cancel(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()

    @property
    def busy(self) -> bool:
        """Whether it is being measured."""
        return self._task is not None

    def _show_found(self, found: Robustness | None, root: str) -> None:
        """Show what was measured on photos of the dataset at this path; None: nothing was yet."""
        self.found = found
        self.problem.hide()
        self.tiles.setVisible(found is not None)
        self.detail.setVisible(found is not None)
        self.go.setText(tr("How robust?") if found is None else tr("Measure again"))
        if found is None:
            self.words.setText(tr("How does the model fare on photos that are blurred, dark, turned or small?"))
            return
        self.words.setText(translated(found.sentence))
        self.detail.setText(
            tr(
                "{photos} The same photos with and without: red is clearly worse. “Not sure” counts as the likelier "
                "class.",
                photos=which_words(found),
            )
        )
        self.tiles.show_words([untouched_words(found), *(harm_words(one, found) for one in found.harms)])
        self.tiles.show_pictures(None)
        self._pictures.ask(lambda: (found, _harmed_pictures(root, found.example)))

    def _advance(self, event: StageProgressed | Noted) -> None:
        if isinstance(event, StageProgressed):
            self.work.advance(event.done, event.total, "")

    def _finish(self, found: Robustness, subject: Subject) -> None:
        if subject is self._subject:  # no other model was chosen meanwhile
            self._show_found(found, subject.dataset.root)

    def _fail(self, error: ErrorRecord) -> None:
        self.problem.say("error", translated(error.what), translated(error.remedy))
        self.problem.show()
        if error.details:
            self._context.report(error)

    def _end(self) -> None:
        self._task = None
        self.work.end()
        self.go.setEnabled(True)

    def _show_pictures(self, made: tuple[Robustness, list[QImage]]) -> None:
        found, images = made
        if found is self.found:
            self.tiles.show_pictures(images)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.go, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        for part in (self.problem, self.work, self.detail, self.tiles):
            self.body.addWidget(part)


def _measurement(subject: Subject, *, device: str, threads: int) -> worker.Work:
    """Return the work of measuring, and of keeping what was found."""

    def work(emit: worker.Emit, control: RunControl) -> Robustness:
        from trainer.inference.robustness import (  # noqa: PLC0415 - brings torch along
            keep_robustness,
            measure_robustness,
        )

        found = measure_robustness(
            subject.model,
            subject.dataset,
            split=subject.split,
            device=device,
            threads=threads,
            progress=lambda done, total: emit(StageProgressed(stage="evaluate", done=done, total=total)),
            cancelled=control.should_stop,
        )
        keep_robustness(subject.model, found)
        return found

    return work


def _harmed_pictures(root: str, path: str) -> list[QImage]:
    """Return a photo as it is and with each harm; where it is gone, a practice drawing. For a worker thread."""
    from PIL import Image  # noqa: PLC0415 - as Pillow is everywhere in the window

    from trainer.drawings.drawing import draw  # noqa: PLC0415
    from trainer.inference.harms import harmed, open_example  # noqa: PLC0415

    photos = DatasetPhotos(root)
    try:
        photo = open_example(photos.read(path))
    except (TrainerError, OSError):
        photo = draw("cat", 1)
    finally:
        photos.close()
    images = []
    for one in (photo, *(harmed(photo, harm) for harm in HARMS)):
        one.thumbnail((2 * PICTURE.width(), 2 * PICTURE.width()), Image.Resampling.BILINEAR)
        images.append(to_qimage(one.tobytes(), one.width, one.height))
    return images
