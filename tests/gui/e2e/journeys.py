"""What a person does with CatDog, step by step, with a picture of the screen at each."""

import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from catdog_gui.data.page import DataPage
from catdog_gui.dialogs.preferences import Preferences
from catdog_gui.train.page import TrainPage
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child, shows_photo


def photos() -> Path:
    """The drawings that the test made."""
    return Path(os.environ["CATDOG_E2E_PHOTOS"])


def first_hour(d: Driver) -> Iterator[Condition]:
    """From the first start to right verdicts on photos dragged in from another program."""
    window, pages = d.window, d.window.pages
    classify = pages.classify
    yield window.isActiveWindow
    window.move(0, 0)  # leaves room for the other program's window at the right
    yield lambda: window.x() < 10
    d.shot("first start")
    if classify.no_model.isVisible():
        yield d.click(d.find(QPushButton, "Train a model"))
    else:
        yield d.key("ctrl+2")
    yield lambda: pages.current_name == "data"
    yield from choose_folder(d)
    yield d.key("ctrl+3")
    yield lambda: pages.current_name == "train"
    yield from train_two_epochs(d)
    yield d.click(d.find(QPushButton, "Use this model"))
    yield lambda: window.context.settings.current_model is not None
    yield d.key("ctrl+1")
    yield lambda: pages.current_name == "classify"
    d.shot("a model and no photos")
    yield from drag_photos(d)
    yield from other_pages(d)
    d.facts["verdicts"] = {photo.name: photo.verdict for photo in classify.session.photos}
    d.facts["reasons"] = {photo.name: photo.reason for photo in classify.session.photos if photo.reason}
    window.close()


def choose_folder(d: Driver) -> Iterator[Condition]:
    d.shot("data without photos")
    yield d.click(d.find(QPushButton, "Choose folder"))
    yield d.dialog_is_there
    yield d.write(str(photos()))
    d.shot("choosing a folder")
    yield d.key("Return")
    yield lambda: d.window.context.current_dataset is not None
    page = d.window.pages.page("data")
    assert isinstance(page, DataPage)
    dataset = d.window.context.current_dataset
    assert dataset is not None
    d.facts["photos"] = dataset.class_counts()
    d.shot("data")


def train_two_epochs(d: Driver) -> Iterator[Condition]:
    page = d.window.pages.page("train")
    assert isinstance(page, TrainPage)
    # Settings with which a network learns the drawings in two epochs.
    page.setup.recipes.cards["classic"].click()
    page.setup.usual.set_values({"epochs": 2, "batch_size": 8})
    page.setup.more.set_values({"learning_rate": 0.001, "optimiser": "adam", "image_size": 64, "dropout": 0.0})
    yield d.click(d.find(QPushButton, "Augmentation off"))
    d.shot("train settings")
    yield d.click(page.setup.start)
    runs = d.window.context.run_controller
    yield lambda: runs.running and runs.state.batch is not None
    d.shot("training")
    yield lambda: not runs.running
    d.facts["run"] = runs.state.phase
    d.facts["epochs"] = len(runs.state.history)
    d.facts["points"] = {
        plot.measure: [len(plot.points("train")), len(plot.points("validation"))] for plot in page.run_view.plots
    }
    yield page.run_view.summary.isVisible
    d.shot("trained")


def drag_photos(d: Driver) -> Iterator[Condition]:
    classify = d.window.pages.classify
    test = sorted(photos().rglob("cat*.jpg"))[-4:] + sorted(photos().rglob("dog*.jpg"))[-4:]
    note = photos().parent / "notes.pdf"
    note.write_bytes(b"%PDF")
    yield d.source(note)
    yield d.drag_to(classify.zone, let_go=False)
    yield lambda: classify.zone.offer is not None
    d.facts["refused"] = classify.zone.heading.text()
    d.shot("hovering with a file that is no photo")
    yield d.xdotool("mousemove", 1250, 700, "mouseup", 1)
    yield lambda: classify.zone.offer is None
    yield d.source(*test)
    yield d.drag_to(classify.zone, let_go=False)
    yield lambda: classify.zone.offer is not None
    d.facts["offered"] = classify.zone.heading.text()
    d.shot("hovering with photos")
    yield d.xdotool("mouseup", 1)
    yield lambda: judged(d, len(test))
    d.shot("verdicts")
    broken = photos().parent / "broken.jpg"
    broken.write_bytes(test[0].read_bytes()[:700])
    yield d.source(broken)
    yield d.drag_to(classify.view.grid)
    yield lambda: judged(d, len(test) + 1)
    yield classify.view.large.isVisible  # a photo that comes alone opens large
    d.shot("with a broken photo")
    yield d.click(classify.view.large.back)
    yield classify.view.grid.isVisible
    grid = classify.view.grid
    grid.scrollToTop()
    yield d.click(grid.viewport(), grid.visualRect(classify.session.photos.index(1, 0)).center())
    yield lambda: classify.view.large.isVisible() and shows_photo(classify.view.large.preview)
    d.shot("one large")
    yield d.key("Right")
    yield lambda: classify.view.large.place.text().startswith("3 of")
    yield d.key("Escape")
    yield classify.view.grid.isVisible


def judged(d: Driver, number: int) -> bool:
    session = d.window.pages.classify.session
    done = sum(photo.prediction is not None for photo in session.photos)
    return done == number and not session.classifier.busy


def other_pages(d: Driver) -> Iterator[Condition]:
    for number, name in ((4, "evaluate"), (5, "models"), (1, "classify")):
        yield d.key(f"ctrl+{number}")
        yield lambda name=name: d.window.pages.current_name == name
        d.shot(f"page {name}")
    yield d.key("alt+h")
    d.shot("help menu")
    yield d.key("Escape")


def close_during_a_run(d: Driver) -> Iterator[Condition]:
    """The window is closed while a run goes on: first by mistake, then for good."""
    window, runs = d.window, d.window.context.run_controller
    from trainer.core.recipes import recipe

    runs.start(recipe("classic").config(str(photos()), epochs=50, batch_size=8, image_size=64, learning_rate=0.001))
    window.show_page("train")
    yield lambda: len(runs.state.history) >= 1
    yield d.key("ctrl+q")
    yield d.dialog_is_there
    d.shot("asked while training")
    yield d.click(d.find(QPushButton, "Continue training", d.dialog()))
    yield lambda: d.dialog() is None and window.isActiveWindow()
    d.facts["went on"] = runs.running and window.isVisible()
    runs.ended.connect(lambda result: d.facts.update(phase=result.status, model=result.model))
    yield d.key("ctrl+q")
    yield d.dialog_is_there
    yield d.click(d.find(QPushButton, "Stop and keep the best", d.dialog()))
    yield lambda: not window.isVisible()  # and with it the program ends


def look_around(d: Driver) -> Iterator[Condition]:
    """Every page at the size, theme and scale that the environment asks for."""
    width, height = map(int, os.environ.get("CATDOG_E2E_SIZE", "900x600").split("x"))
    d.window.resize(width, height)
    yield lambda: d.window.width() == width
    for name in ("classify", "data", "train", "evaluate", "models"):
        d.window.show_page(name)
        yield lambda: d.window.pages.currentWidget() is not None
        d.shot(name)
    d.window.dialogs.show_preferences()
    dialog = child(d.window, Preferences)
    yield lambda: not dialog.cache.text().startswith("Measuring")
    d.shot("preferences")
    d.facts["size"] = [d.window.width(), d.window.height()]
    dialog.close()
    d.window.close()
