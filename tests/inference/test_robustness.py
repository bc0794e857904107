"""Robustness: what each harm does to a photo, what it does to a model, and that both are counted by pairs."""

import io
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from trainer.core.errors import CancelledError, CheckpointError, DatasetError, SettingError
from trainer.core.results import RunResult
from trainer.core.robustness import HARMS, Answer, Harm, Robustness, judge_harms
from trainer.core.statistics import mcnemar_p_value, wilson_interval
from trainer.inference import robustness as module
from trainer.inference.evaluate import evaluate_model
from trainer.inference.harms import LARGEST, harmed, open_example
from trainer.inference.robustness import keep_robustness, measure_robustness
from trainer.storage.run_folder import RunFolder

RIGHT, WRONG, UNSURE = Answer(right=True, sure=True), Answer(right=False, sure=True), Answer(right=True, sure=False)


@pytest.fixture
def photo(drawings: Path) -> Image.Image:
    return open_example(next(drawings.rglob("cat*.jpg")).read_bytes())


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


@pytest.mark.parametrize("kind", ["blur", "jpeg", "darkness", "grey"])
def test_a_stronger_harm_changes_a_photo_more(photo: Image.Image, kind: str) -> None:
    changes = [difference(photo, harmed(photo, harm)) for harm in HARMS if harm.kind == kind]
    assert changes == sorted(changes)
    assert changes[0] > 0.3


def test_each_harm_is_what_it_is_called(photo: Image.Image) -> None:
    before = np.asarray(photo, dtype=float)
    assert np.asarray(harmed(photo, Harm("darkness", 0.25))).mean() == pytest.approx(before.mean() / 4, abs=1)
    grey = np.asarray(harmed(photo, Harm("grey", 0)))
    assert (grey == grey[:, :, :1]).all()
    assert max(harmed(photo, Harm("size", 64)).size) == 64
    turned = harmed(photo, Harm("rotation", 90))
    assert turned.size == photo.size[::-1]
    assert (np.rot90(np.asarray(turned), -1) == np.asarray(photo)).all()
    tilted = harmed(photo, Harm("rotation", 45))
    assert tilted.size == photo.size
    assert np.asarray(tilted)[0, 0] == pytest.approx(before.mean((0, 1)), abs=1)
    blurred = np.asarray(harmed(photo, Harm("blur", 0.02)), dtype=float)
    assert blurred.mean() == pytest.approx(before.mean(), abs=1)
    assert np.abs(np.diff(blurred, axis=1)).max() < np.abs(np.diff(before, axis=1)).max() / 3
    assert {harmed(photo, harm).mode for harm in HARMS} == {"RGB"}
    assert len({str(harm.title) for harm in HARMS}) == len(HARMS)
    assert (np.asarray(photo) == before).all()  # the photo itself stays as it was


def test_the_photo_of_any_camera_is_harmed_at_the_same_size() -> None:
    file = io.BytesIO()
    Image.new("RGB", (3000, 1500), "red").save(file, "PNG")
    assert open_example(file.getvalue()).size == (LARGEST, LARGEST // 2)


def test_the_counts_are_by_pairs() -> None:
    blur, grey, small = HARMS[0], HARMS[-1], Harm("size", 32)
    untouched = [RIGHT] * 40 + [WRONG] * 10
    harms = {
        blur: [RIGHT] * 20 + [WRONG] * 15 + [UNSURE] * 5 + [WRONG] * 10,
        grey: [*untouched[:-1], RIGHT],
        small: untouched,
    }
    blurred, greyed, smaller = judge_harms(untouched, harms)
    assert (blurred.right, blurred.only_untouched, blurred.only_harmed) == (25, 15, 0)
    assert (blurred.not_sure, blurred.wrong_verdicts) == (5, 25)
    assert blurred.accuracy_interval == wilson_interval(25, 50)
    assert blurred.p_value == mcnemar_p_value(15, 0)
    assert (blurred.is_clear, greyed.is_clear, smaller.is_clear) == (True, False, False)
    assert (greyed.only_harmed, smaller.p_value) == (1, 1)


def test_harms_that_are_tried_together_have_to_be_clearer() -> None:
    """Six pairs alone have p = 0.03; among 17 harms, one of them has that by chance."""
    untouched, worse = [RIGHT] * 20, [WRONG] * 6 + [RIGHT] * 14
    (alone,) = judge_harms(untouched, {HARMS[0]: worse})
    assert alone.is_clear
    many = judge_harms(untouched, {harm: worse if harm == HARMS[0] else untouched for harm in HARMS})
    assert not any(one.is_clear for one in many)


def test_a_model_is_judged_by_its_test_photos(
    finished_run: RunResult, finished_model: Path, drawings: Path, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    found = measure_robustness(finished_model, drawings, threads=2, progress=lambda *step: steps.append(step))
    known = evaluate_model(finished_model, drawings)
    assert (found.split, found.photos, found.drawn_from) == ("test", known.photos, known.photos)
    # Drawings are small, so that as they are they are what the evaluation saw.
    assert (found.right, found.not_sure) == (len(known.right), known.not_sure)
    assert [one.harm for one in found.harms] == list(HARMS)
    assert all(one.only_untouched - one.only_harmed == found.right - one.right for one in found.harms)
    assert steps == sorted(steps)
    assert steps[-1] == (1000, 1000)
    assert (drawings / found.example).is_file()
    again = measure_robustness(finished_model, drawings, count=5, seed=1)
    assert (again.photos, again.drawn_from) == (5, known.photos)
    assert again == measure_robustness(finished_model, drawings, count=5, seed=1, threads=1)


def test_it_is_kept_in_the_runs_folder_as_long_as_the_model_is_that_one(
    finished_model: Path, drawings: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished_model.parent, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    assert folder.read_robustness() is None
    found = measure_robustness(folder.model, drawings, count=2)
    keep_robustness(folder.model, found)
    assert folder.read_robustness() == found
    folder.write_robustness(replace(found, model="of another"))
    assert folder.read_robustness() is None
    folder.robustness.write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        folder.read_robustness()
    elsewhere = tmp_path / "other.safetensors"
    shutil.copy(finished_model, elsewhere)
    keep_robustness(elsewhere, found)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.safetensors", "run"]


def test_it_ends_soon_when_cancelled_and_says_what_is_wrong(
    finished_model: Path, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def progress(done: int, _total: int) -> None:
        if done > 500:
            stop.set()

    with pytest.raises(CancelledError):
        measure_robustness(finished_model, drawings, split="all", progress=progress, cancelled=stop.is_set)
    with pytest.raises(SettingError, match="no split called"):
        measure_robustness(finished_model, drawings, split="best")
    copy = tmp_path / "set"
    shutil.copytree(drawings, copy)

    def gone(photos: tuple[object, ...], count: int) -> list[object]:
        for path in copy.rglob("*.jpg"):
            os.truncate(path, 100)
        return list(photos[:count])

    monkeypatch.setattr(module.random, "Random", lambda _seed: type("Drawer", (), {"sample": staticmethod(gone)}))
    with pytest.raises(DatasetError, match="could be read before and now cannot"):
        measure_robustness(finished_model, copy, count=2)


def test_the_sentence_names_the_worst_harm_and_claims_nothing_else() -> None:
    untouched = [RIGHT] * 98 + [WRONG] * 2
    blurred = {HARMS[0]: [RIGHT] * 80 + [WRONG] * 20, HARMS[1]: [RIGHT] * 70 + [WRONG] * 30, HARMS[2]: untouched}
    assert sentence(untouched, blurred) == (
        "On 100 photos as they are, the model is right on 98.0 %. 2 of 3 harms make it clearly worse, most of all "
        "“Blurred by 1.0 %”: 70.0 %."
    )
    assert sentence(untouched, {HARMS[2]: untouched}) == (
        "On 100 photos as they are, the model is right on 98.0 %. No harm makes it clearly worse on so many photos."
    )
    better = {HARMS[0]: [RIGHT] * 50}
    assert sentence([WRONG] * 40 + [RIGHT] * 10, better).endswith("No harm makes it clearly worse on so many photos.")


def sentence(untouched: list[Answer], harms: dict[Harm, list[Answer]]) -> str:
    right = sum(answer.right for answer in untouched)
    return Robustness(
        model="",
        dataset="set",
        split="test",
        classes=("cat", "dog"),
        photos=len(untouched),
        drawn_from=len(untouched),
        seed=0,
        example="",
        right=right,
        accuracy=right / len(untouched),
        accuracy_interval=wilson_interval(right, len(untouched)),
        not_sure=0,
        wrong_verdicts=0,
        harms=judge_harms(untouched, harms),
    ).sentence
