"""A run with the real engine in the Train page: from Start to the model in use."""

from pathlib import Path

from msgspec.structs import replace
from PIL import Image
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RunController
from catdog_gui.train.page import TrainPage
from trainer.core.config import AugmentConfig
from trainer.dataset.scan import scan


def test_two_epochs_from_start_to_use(context: Context, drawings: Path, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.runs_folder = tmp_path / "runs"
    controller = context.run_controller = RunController(context.settings, context)
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.show()
    context.choose_dataset(scan(drawings))
    page.setup.recipes.cards["classic"].click()
    controller.draft.set_augment(AugmentConfig.level("off"))
    page.setup.usual.set_values({"epochs": 2, "batch_size": 16})
    page.setup.more.set_values({"image_size": 48, "threads": 1})
    with qtbot.waitSignal(controller.ended, timeout=120_000) as ended:
        page.setup.start.click()
    result = ended.args[0]
    assert result.status == "completed", result.error
    for plot in page.run_view.plots:
        assert [x for x, _ in plot.points("train")] == [1, 2]
        assert [x for x, _ in plot.points("validation")] == [1, 2]
    assert page.run_view.summary.isVisible()
    assert page.run_view.summary.accuracy.value.text().endswith("%")
    page.run_view.summary.use.click()
    assert context.current_model == Path(result.model)
    assert context.current_model.is_relative_to(tmp_path / "runs")


def test_transfer_from_start_to_a_verdict_and_a_not_sure(
    context: Context, drawings: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    controller = context.run_controller = RunController(context.settings, context)
    context.settings.runs_folder = tmp_path / "runs"
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.show()
    titles: list[str] = []
    seen: list[int] = []
    controller.state_changed.connect(lambda _state: titles.append(page.run_view.header.title.text()))
    controller.state_changed.connect(lambda _state: seen.append(page.run_view.seen.count))
    context.choose_dataset(scan(drawings))
    page.setup.recipes.cards["transfer"].click()
    page.setup.usual.set_values({"epochs": 8})
    page.setup.more.set_values({"image_size": 96, "threads": 1})
    with qtbot.waitSignal(controller.ended, timeout=120_000) as ended:
        page.setup.start.click()
    assert ended.args[0].status == "completed", ended.args[0].error
    assert "Looking at every photo" in titles
    assert max(seen) > 0 == seen[-1]
    page.run_view.summary.use.click()
    pattern = tmp_path / "pattern.png"
    squares = Image.new("L", (10, 10))
    squares.putdata([255 * ((place // 10 + place) % 2) for place in range(100)])
    squares.resize((200, 200), Image.Resampling.NEAREST).save(pattern)
    classify = ClassifyPage(context)
    qtbot.addWidget(classify)
    classify.add_files([*sorted(drawings.rglob("cat*.jpg"))[:9], pattern])
    photos = classify.session.photos
    qtbot.waitUntil(lambda: len(photos) == 10 and all(photo.prediction for photo in photos), timeout=60_000)
    assert [photo.verdict for photo in photos].count("Cat") >= 7
    assert photos[-1].verdict == "Not sure"
    assert "Neither" in photos[-1].doubt
    classify.close_images()


def test_a_dataset_that_is_gone_ends_the_run_with_its_reason(
    context: Context, drawings: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    controller = context.run_controller = RunController(context.settings, context)
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.show()
    context.choose_dataset(replace(scan(drawings), root=str(tmp_path / "gone")))
    with qtbot.waitSignal(controller.ended, timeout=60_000) as ended:
        page.setup.start.click()
    assert ended.args[0].status == "failed"
    assert "gone" in page.run_view.summary.words.text()
    assert not page.run_view.summary.use.isVisible()
