"""A disk that is really full, in the middle of a run in the window: it waits, is told to go on, and loses nothing."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RunController
from catdog_gui.train.page import TrainPage
from tests.training.kills import differences
from trainer.core.control import RunControl
from trainer.core.results import RunResult
from trainer.dataset.scan import scan
from trainer.storage.run_folder import RunFolder
from trainer.training.checkpoint import read


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 32 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux":
        pytest.skip("mounts a file system as Linux does")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "catdog-test", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("may not mount a file system here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, leaving: int) -> Path:
    """Write a file that leaves so many bytes of a disk, and return it."""
    ballast = disk / "ballast"
    piece = b"x" * 4096
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(piece)
        except OSError:
            file.truncate(file.tell() - leaving)
    return ballast


def train_page(context: Context, photos: Path, runs: Path, qtbot: QtBot) -> TrainPage:
    context.settings.runs_folder = runs
    context.run_controller = RunController(context.settings, context)
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.show()
    context.choose_dataset(scan(photos))
    page.setup.recipes.cards["classic"].click()
    page.setup.usual.set_values({"epochs": 3, "batch_size": 16})
    page.setup.more.set_values({"image_size": 48, "threads": 1})
    return page


def test_a_full_disk_pauses_a_run_which_goes_on_to_the_same_end(
    context: Context, drawings: Path, small_disk: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[RunControl] = []
    wait = RunControl.wait_while_paused
    monkeypatch.setattr(RunControl, "wait_while_paused", lambda control: waits.append(control) or wait(control))
    never_paused = train_page(context, drawings, tmp_path / "runs", qtbot)
    with qtbot.waitSignal(context.run_controller.ended, timeout=120_000) as ended:
        never_paused.setup.start.click()
    whole: RunResult = ended.args[0]
    assert whole.status == "completed", whole.error
    folder = RunFolder(Path(whole.run_folder or ""))
    checkpoint, model = folder.checkpoint.stat().st_size, folder.model.stat().st_size

    # Enough for the files of one epoch, and not for those of the next one beside them.
    ballast = fill(small_disk, leaving=model + checkpoint + checkpoint // 2)
    page = train_page(context, drawings, small_disk / "runs", qtbot)
    header = page.run_view.header
    page.setup.start.click()
    qtbot.waitUntil(lambda: header.pause.text() == "Continue", timeout=120_000)
    assert header.title.text() == "Paused"
    assert header.facts.text().startswith("The disk is full: free ")
    [run] = (small_disk / "runs").iterdir()
    saved = read(RunFolder(run).checkpoint)
    assert saved.progress.epoch > 1
    header.pause.click()  # nothing was freed: it says so again
    qtbot.waitUntil(lambda: len(waits) == 2 and header.pause.text() == "Continue", timeout=120_000)
    assert header.facts.text().startswith("The disk is full: free ")
    assert read(RunFolder(run).checkpoint).sha256 == saved.sha256
    ballast.unlink()
    with qtbot.waitSignal(context.run_controller.ended, timeout=120_000) as ended:
        header.pause.click()
    paused: RunResult = ended.args[0]
    assert paused.status == "completed", paused.error and paused.error.sentence
    assert (paused.best_epoch, paused.evaluation) == (whole.best_epoch, whole.evaluation)
    assert differences(RunFolder(run), folder) == []
    assert not list(run.glob(".*.part"))
