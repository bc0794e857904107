"""Takes the pictures of README and of the manual: every page, in light and dark, with practice drawings.

    python -m tests.gui.screenshots [FOLDER]

Those of README go into resources/screenshots, and smaller copies into resources/manual; with a FOLDER, all into that.

Draws cats and dogs, trains on them in a home of its own, and uses the pages as a person would. Nothing of the user's is
read or changed, and no display is needed. Takes about two minutes.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "1.5"
os.environ["CATDOG_HOME"] = tempfile.mkdtemp(prefix="catdog-screenshots-")

from PIL import Image, ImageOps
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from catdog_gui.shell.main_window import MainWindow
from catdog_gui.start import app as program
from catdog_gui.start import startup
from tests.gui.seen import shows_photo

Condition = Callable[[], bool]
ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots"
MANUAL = FOLDER if len(sys.argv) > 1 else ROOT / "resources" / "manual"
SIZE = 1080, 720
DRAWINGS, EPOCHS = 480, 5
# A window in which the whole card of health has room.
_TALL = 1400


class Photographer(QObject):
    """Goes through the steps as the conditions that they yield come true."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.home = Path(os.environ["CATDOG_HOME"])
        self._steps = self._work()
        self._condition: Condition = lambda: True
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._advance)
        self._timer.start()
        window.resize(*SIZE)

    def _advance(self) -> None:
        if self._condition():
            try:
                self._condition = next(self._steps)
            except StopIteration:
                self._timer.stop()
                self.window.close()

    def _work(self) -> Iterator[Condition]:
        from trainer.drawings.samples import draw_dataset

        folder = self.home / "practice drawings"
        draw_dataset(folder, count=DRAWINGS)
        yield from self._choose(folder)
        yield from self._train()
        yield from self._classify(folder)
        yield from self._sort()
        yield from self._label(folder)
        yield from self._check(folder)
        self._page("data").open_dataset(folder)  # type: ignore[attr-defined]
        yield lambda: not self._page("data").scans.busy  # type: ignore[attr-defined]
        for theme in ("light", "dark"):
            self.window.dialogs.set_theme(theme)
            yield from self._take_all(theme)

    def _choose(self, folder: Path) -> Iterator[Condition]:
        page = self._page("data")
        page.open_dataset(folder)  # type: ignore[attr-defined]
        yield lambda: self.window.context.current_dataset is not None

    def _train(self) -> Iterator[Condition]:
        page = self._page("train")
        page.setup.recipes.cards["classic"].click()  # type: ignore[attr-defined]
        page.setup.usual.set_values({"epochs": EPOCHS, "batch_size": 16})  # type: ignore[attr-defined]
        page.setup.more.set_values(  # type: ignore[attr-defined]
            {"learning_rate": 0.0005, "optimiser": "adam", "image_size": 64}
        )
        next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Augmentation light").click()
        page.setup.start.click()  # type: ignore[attr-defined]
        runs = self.window.context.run_controller
        yield lambda: len(runs.state.history) >= EPOCHS - 1 and runs.state.batch is not None
        for theme in ("light", "dark"):
            self.window.dialogs.set_theme(theme)
            self._shot(f"train-{theme}")
        yield lambda: not runs.running
        assert runs.state.result is not None
        assert runs.state.result.model is not None
        self.window.context.use_model(Path(runs.state.result.model))

    def _classify(self, folder: Path) -> Iterator[Condition]:
        page = self.window.pages.classify
        self._page("classify")
        cats, dogs = sorted(folder.rglob("cat*.jpg"))[-8:], sorted(folder.rglob("dog*.jpg"))[-8:]
        page.add_files([photo for pair in zip(cats, dogs, strict=True) for photo in pair])
        yield lambda: all(photo.prediction for photo in page.session.photos) and len(page.session.photos) == 16

    def _sort(self) -> Iterator[Condition]:
        """Take the dialog that sorts, before anything is sorted."""
        from catdog_gui.classify.sorting.sort_dialog import SortDialog

        view = self.window.pages.classify.view
        for theme in ("light", "dark"):
            self.window.dialogs.set_theme(theme)
            view.sorting.sort(())
            dialog = view.findChildren(SortDialog)[-1]
            dialog.form.folder.edit.setText("/home/me/Pictures/sorted")
            yield dialog.go.isEnabled
            self._shot(f"sort-{theme}", dialog)
            dialog.leave.click()

    def _label(self, drawings: Path) -> Iterator[Condition]:
        """Label some of a heap in no order."""
        heap = self.home / "holiday"
        heap.mkdir()
        for number, path in enumerate(sorted(drawings.rglob("*.jpg"))[:: DRAWINGS // 80]):
            shutil.copy(path, heap / f"{'dog' if 'dog' in path.name else 'cat'}{number:03}.jpg")
        labels = self._page("data").labels  # type: ignore[attr-defined]
        labels.session.open([heap])
        yield lambda: labels.session.is_open
        for name, label in (("cat", "first"), ("dog", "second")):
            chosen = [each.digest for each in labels.session.file.photos.values() if Path(each.path).name[:3] == name]
            labels.session.say(label, chosen[:12])
        yield lambda: labels.session.suggestions.estimate is not None
        labels.view.refresh()
        for theme in ("light", "dark"):
            self.window.dialogs.set_theme(theme)
            yield from self._settle()
            self._shot(f"label-{theme}")
        labels.leave()

    def _check(self, drawings: Path) -> Iterator[Condition]:
        """Check the health of drawings of which some are in the wrong folder, and one comes twice. For README alone."""
        folder = self.home / "mixed"
        shutil.copytree(drawings, folder)
        for number in (7, 21, 40):
            (folder / "dogs" / f"dog.{number:04}.jpg").rename(folder / "cats" / f"IMG_{number:04}.jpg")
        with Image.open(folder / "cats" / "cat.0003.jpg") as image:
            ImageOps.mirror(image).resize((160, 120)).save(folder / "cats" / "IMG_0003.jpg")
        page = self._page("data")
        page.open_dataset(folder)  # type: ignore[attr-defined]
        card = page.view.health  # type: ignore[attr-defined]
        yield lambda: self._shows(folder)
        card.check.click()
        yield lambda: not card.session.busy
        for theme in ("light", "dark"):
            self.window.dialogs.set_theme(theme)
            self.window.resize(SIZE[0], _TALL)  # thumbnails are made of what is in view
            self._scroll_to(card)
            yield from self._settle()
            self._shot(f"health-{theme}", card, manual=False)
            self.window.resize(*SIZE)
        self._scroll_to(page.view.health, top=True)  # type: ignore[attr-defined]

    def _shows(self, folder: Path) -> bool:
        dataset = self.window.context.current_dataset
        return dataset is not None and dataset.root == str(folder)

    @staticmethod
    def _scroll_to(widget: QWidget, *, top: bool = False) -> None:
        """Scroll the page until the widget is at its upper edge, or to the page's own top."""
        parent = widget.parentWidget()
        while not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        place = 0 if top else widget.mapTo(parent.widget(), widget.rect().topLeft()).y()
        parent.verticalScrollBar().setValue(place)

    def _take_all(self, theme: str) -> Iterator[Condition]:
        self._page("classify")
        classify = self.window.pages.classify
        view = classify.view
        view.show_grid()
        view.grid.scrollToTop()
        yield from self._settle()
        self._shot(f"classify-{theme}")
        view.open(max(classify.session.photos, key=lambda photo: photo.confidence or 0))
        yield lambda: shows_photo(view.large.preview)
        self._shot(f"verdict-{theme}")
        for name in ("data", "evaluate", "models"):
            self._page(name)
            yield from self._settle()
            self._shot(f"{name}-{theme}")

    def _settle(self) -> Iterator[Condition]:
        """Wait for the thumbnails: until the page looks the same for half a second."""
        seen: list[bytes] = []

        def same() -> bool:
            image = self.window.grab().toImage()
            seen.append(bytes(image.constBits()))
            return len(seen) > 10 and len(set(seen[-10:])) == 1

        yield same

    def _page(self, name: str) -> QObject:
        self.window.show_page(name)
        page = self.window.pages.page(self.window.pages.current_name)
        assert page is not None
        return page

    def _shot(self, name: str, widget: QWidget | None = None, *, manual: bool = True) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        image = (widget or self.window).grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = [bytes(image.constScanLine(y))[: 3 * image.width()] for y in range(image.height())]
        picture = Image.frombytes("RGB", (image.width(), image.height()), b"".join(rows))
        # 256 colours are enough for drawings, and take a third of the space in the repository.
        picture.quantize(256, kmeans=2, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
        if not manual:
            return
        # The manual shows them at half that size; sharp on a screen at 200 %.
        size = SIZE if widget is None else (widget.width(), widget.height())
        picture.resize(size, Image.Resampling.LANCZOS).save(MANUAL / f"{name}.webp", quality=50, method=6)
        print(FOLDER / f"{name}.png")


class Photographed(startup.Startup):
    """The shipped start; the pictures begin when everything is there."""

    def __init__(self, window: MainWindow, *others: object) -> None:
        super().__init__(window, *others)  # type: ignore[arg-type]
        self.finished.connect(lambda: Photographer(window))


if __name__ == "__main__":
    program.Startup = Photographed  # type: ignore[misc]
    code = program.main([])
    shutil.rmtree(os.environ["CATDOG_HOME"], ignore_errors=True)
    sys.exit(code)
