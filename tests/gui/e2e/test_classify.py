"""The photos on the Classify page, in a real window: found when opened, taken out and back, filtered, judged anew."""

import shutil
from pathlib import Path

import pytest

from tests.gui.e2e.classify_journeys import another_model, filtered, found_again, taken_out
from tests.gui.e2e.conftest import Travel
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def things(many_drawings: Path, tmp_path: Path) -> Path:
    """Return a folder with forty drawings in `many`, and beside it three more, a broken one and another model."""
    folder = tmp_path / "things"
    (folder / "many").mkdir(parents=True)
    drawings = sorted(many_drawings.rglob("*.jpg"))
    for number, drawing in enumerate(drawings[:20] + drawings[-20:]):
        shutil.copy(drawing, folder / "many" / f"photo {number:02}.jpg")
    for name, drawing in zip(("one", "two a", "two b"), drawings[20:], strict=False):
        shutil.copy(drawing, folder / f"{name}.jpg")
    (folder / "broken.jpg").write_bytes(drawings[30].read_bytes()[:700])
    model = starter_model()
    if model is None:
        pytest.skip("this copy of CatDog has no starter model")
    shutil.copy(model, folder / "other.safetensors")
    return folder


def test_what_a_second_start_opens_is_found_and_never_listed_twice(travel: Travel, things: Path) -> None:
    facts = travel(found_again, str(things / "many"), CATDOG_E2E_PHOTOS=str(things))
    assert not {"one.jpg", "two a.jpg"} & set(facts["at first"])
    assert facts["one alone"] == ["one.jpg", "41 of 41"]
    assert "one.jpg" in facts["back in the grid"]
    seen, marks = facts["two more"]
    assert {"two a.jpg", "two b.jpg"} <= set(seen)
    assert marks == {"two a.jpg": "New", "two b.jpg": "New"}
    assert facts["a second time"] == ["one.jpg", 43, "Already here: 1 photo"]
    assert facts["the folder again"] == [43, "Already here: 40 photos"]
    assert facts["its first in sight"]


def test_what_is_removed_comes_back_with_its_verdicts(travel: Travel, things: Path) -> None:
    facts = travel(taken_out, str(things / "many"), CATDOG_E2E_PHOTOS=str(things))
    assert facts["all are back"]
    assert facts["after clearing"]
    assert facts["files"] == 40


def test_a_filter_is_set_by_keyboard_and_makes_way(travel: Travel, things: Path) -> None:
    facts = travel(filtered, str(things / "many"), CATDOG_E2E_PHOTOS=str(things))
    assert facts["reached by Tab"]
    assert facts["unreadable"] == ["broken.jpg"]
    assert facts["entry"] == "Cannot be read: 1"
    assert facts["one class"] == [0, "No photo is of the class Cat."]
    assert facts["not sure"] == 40
    assert facts["pages within it"] == "2 of 40"
    assert facts["lifted"] == "all"
    assert "two a.jpg" in facts["and found"]


def test_another_model_is_used_once_the_user_says_so(travel: Travel, things: Path) -> None:
    facts = travel(another_model, str(things / "many"), CATDOG_E2E_PHOTOS=str(things))
    words = facts["says"]
    assert {"In use", "New"} <= set(words)
    assert any(word.startswith("Tells apart:") for word in words)
    assert "The 40 photos on the Classify page will be classified again with it." in words
    assert facts["Return keeps it"]
    assert facts["photos"] == 40
    assert facts["no question for the same"]
