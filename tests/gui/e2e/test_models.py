"""The Models page in a real window: two of one name, search, a run opened again, several deleted after one question."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMessageBox, QPushButton

from catdog_gui.models.kept_words import ACCURACY, NAME
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.run_details import RunDetails
from catdog_gui.models.two_lines import SECOND_ROLE
from tests.gui.e2e.conftest import Travel
from tests.gui.e2e.driver import Condition, Driver
from tests.gui.seen import child
from trainer.core.results import RunResult
from trainer.core.statistics import wilson_interval
from trainer.storage.model_description import METADATA_KEY, read_description, read_metadata
from trainer.storage.notes import write_note

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def home(finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a home with four runs of one name: one lucky with 4 photos, one good with 1,000, one noted, one spare."""
    home = tmp_path / "home"
    runs = home / "data" / "runs"
    for name in ("lucky", "good", "noted", "spare"):
        shutil.copytree(str(finished_run.run_folder), runs / name)
    say_tested(runs / "lucky" / "model.safetensors", 4, 4)
    say_tested(runs / "good" / "model.safetensors", 994, 1000)
    write_note(runs / "noted" / "model.safetensors", "with Anna's photos")
    return home


def say_tested(model: Path, right: int, photos: int) -> None:
    """Let the model's file say that it was tested like this."""
    description = read_description(model)
    assert description.test is not None
    interval = wilson_interval(right, photos)
    test = replace(description.test, photos=photos, accuracy=right / photos, accuracy_interval=interval)
    words = msgspec.json.encode(replace(description, test=test)).decode()
    content = model.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = {**read_metadata(model), METADATA_KEY: words}
    written = json.dumps(header).encode()
    model.write_bytes(len(written).to_bytes(8, "little") + written + content[8 + length :])


def test_models_and_runs_are_told_apart_opened_again_and_deleted_together(
    travel: Travel, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "share").mkdir()  # in which the system keeps its trash
    facts = travel(look_through_models, home=home, XDG_DATA_HOME=str(tmp_path / "share"))
    own = [row for row in facts["models"] if row["folder"] in {"lucky", "good"}]
    assert [row["folder"] for row in own] == ["good", "lucky"]
    assert own[0]["accuracy"] == ["99.4 %", "likely 98.7–99.7 %"]
    assert own[1]["accuracy"] == ["100.0 %", "likely 51.0–100.0 %"]
    assert own[0]["name"][0] == own[1]["name"][0]
    assert facts["found"] == ["noted"]
    assert facts["epochs"] == [2, 2]
    assert facts["question"].startswith("Move these 2 to the trash?")
    assert facts["left"] == ["good", "spare"]
    runs = home / "data" / "runs"
    assert {path.name for path in runs.iterdir()} == {"good", "spare"}


def rows(page: ModelsPage) -> list[dict[str, object]]:
    model = page.table.models
    pair = lambda row, column: [model.index(row, column).data(), model.index(row, column).data(SECOND_ROLE)]  # noqa: E731
    return [
        {"folder": model.kept(row).path.parent.name, "name": pair(row, NAME), "accuracy": pair(row, ACCURACY)}
        for row in range(model.rowCount())
    ]


def folders(page: ModelsPage) -> list[str]:
    return sorted(str(row["folder"]) for row in rows(page))


def click_row(d: Driver, page: ModelsPage, folder: str, *, more: bool = False) -> Condition:
    table = page.table
    row = next(number for number, one in enumerate(rows(page)) if one["folder"] == folder)
    spot = table.visualRect(table.models.index(row, NAME)).center()
    place = table.viewport().mapToGlobal(spot)
    move: list[str | int] = ["mousemove", place.x(), place.y(), "sleep", "0.08"]
    return d.xdotool(*move, *(["keydown", "ctrl", "click", 1, "keyup", "ctrl"] if more else ["click", 1]))


def look_through_models(d: Driver) -> Iterator[Condition]:
    """Sorted by what the test can tell; searched; a run's history; two deleted after one question."""
    window = d.window
    yield window.isActiveWindow
    yield d.key("ctrl+5")
    yield lambda: isinstance(window.pages.page("models"), ModelsPage)
    page = window.pages.page("models")
    assert isinstance(page, ModelsPage)
    yield lambda: page.table.models.rowCount() >= 4 and page.table.isVisible()
    d.facts["models"] = rows(page)
    d.shot("models")
    yield d.click(page.views, page.views.tabRect(1).center())
    yield lambda: len(rows(page)) == 4
    yield d.click(page.search)
    yield d.write("anna")
    yield lambda: folders(page) == ["noted"]
    d.facts["found"] = folders(page)
    yield click_row(d, page, "noted")
    yield d.click(d.find(QPushButton, "Details…"))
    yield d.dialog_is_there
    details = child(window, RunDetails)
    yield lambda: details.state is not None
    d.facts["epochs"] = [len(plot.points("validation")) for plot in details.plots]
    d.shot("a run opened again")
    yield d.key("Escape")
    yield lambda: d.dialog() is None and window.isActiveWindow()
    yield d.click(page.search)
    yield d.key("ctrl+a")
    yield d.key("BackSpace")
    yield lambda: len(rows(page)) == 4
    yield click_row(d, page, "lucky")
    yield lambda: [kept.path.parent.name for kept in page.table.all_chosen()] == ["lucky"]
    yield click_row(d, page, "noted", more=True)
    yield lambda: len(page.table.all_chosen()) == 2
    d.shot("two are selected")
    yield d.key("Delete")
    yield d.dialog_is_there
    box = d.dialog()
    assert isinstance(box, QMessageBox)
    d.facts["question"] = f"{box.text()} {box.informativeText()}"
    d.shot("the question")
    yield d.click(d.find(QPushButton, "Move to trash", box))
    yield lambda: folders(page) == ["good", "spare"]
    d.facts["left"] = folders(page)
    d.shot("two are gone")
    window.close()
