"""Evaluation: its numbers against counts done by hand, and which photos it looks at."""

import math
import shutil
from pathlib import Path

import pytest
import torch
from msgspec import structs

from trainer.core.errors import CancelledError, DatasetError, SettingError
from trainer.core.results import ClassMetrics, EvaluationMetrics, RunResult
from trainer.dataset.records import Photo
from trainer.inference.evaluate import evaluate_model, evaluate_outputs
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.verdict import EVEN
from trainer.models.detector import no_detector
from trainer.storage import model_file
from trainer.storage.model_description import VerdictLimits
from trainer.storage.model_file import Model


@pytest.fixture
def model(finished_model: Path) -> Model:
    """Return a model that is not calibrated and always sure."""
    network, description, *_ = model_file.load(finished_model)
    plain = structs.replace(description, temperature=1.0, limits=VerdictLimits())
    return Model(network, plain, no_detector())


def findings(*logits: float) -> NetworkOutputs:
    return NetworkOutputs(torch.tensor(logits), torch.ones(len(logits), 4))


def photos(*classes: int) -> list[Photo]:
    return [
        Photo(path=f"{n}.jpg", class_index=index, split="test", bytes=1, modified_ns=0, width=1, height=1, digest="")
        for n, index in enumerate(classes)
    ]


def test_numbers_against_a_count_by_hand(model: Model) -> None:
    # cats: 3 right, 1 wrong (the surest mistake); dogs: 1 right, 1 wrong
    logits = findings(-3.0, -2.0, -0.1, 4.0, 1.0, -0.5)
    found = evaluate_outputs(logits, photos(0, 0, 0, 0, 1, 1), model, dataset="d", split="test")
    assert found.confusion == ((3, 1), (1, 1))
    assert (found.photos, found.accuracy, found.baseline) == (6, 4 / 6, 4 / 6)
    assert found.accuracy_interval == pytest.approx((0.3000, 0.9032), abs=1e-4)  # statsmodels, proportion_confint
    assert found.per_class["cat"] == ClassMetrics(photos=4, precision=3 / 4, recall=3 / 4, f1=3 / 4)
    assert found.per_class["dog"] == ClassMetrics(photos=2, precision=1 / 2, recall=1 / 2, f1=1 / 2)
    # of the 8 pairs of a dog and a cat, the dog has the higher probability in 5
    assert found.roc_auc == pytest.approx(5 / 8)
    terms = [math.log1p(math.exp(x)) for x in (-3.0, -2.0, -0.1, 4.0)] + [math.log1p(math.exp(-x)) for x in (1.0, -0.5)]
    assert found.loss == pytest.approx(sum(terms) / 6)
    assert [photo.path for photo in found.wrong] == ["3.jpg", "5.jpg"]
    assert [photo.path for photo in found.right] == ["2.jpg", "4.jpg", "1.jpg", "0.jpg"]
    wrong = found.wrong[0]
    assert (wrong.class_name, wrong.predicted) == ("cat", "dog")
    assert wrong.probability == pytest.approx(1 / (1 + math.exp(-4)))


def test_a_temperature_changes_probabilities_and_their_errors_and_no_verdict(model: Model) -> None:
    given = findings(-3.0, -2.0, 4.0, 4.0), photos(0, 1, 1, 0)
    plain = evaluate_outputs(*given, model, dataset="d", split="test")
    warm = evaluate_outputs(
        *given, model._replace(description=structs.replace(model.description, temperature=4.0)), dataset="d", split="d"
    )
    assert warm.confusion == plain.confusion
    assert warm.loss < plain.loss
    assert warm.calibration_error_before == plain.calibration_error
    assert warm.calibration_error is not None
    assert warm.calibration_error < plain.calibration_error


def test_photos_that_could_be_either_are_counted_as_not_sure(model: Model) -> None:
    limits = VerdictLimits(likeness=-1.0, probability=0.9)
    careful = model._replace(description=structs.replace(model.description, limits=limits))
    found = evaluate_outputs(findings(-3.0, 0.1, 4.0), photos(0, 0, 1), careful, dataset="d", split="test")
    assert found.not_sure == 1
    assert found.accuracy == 2 / 3
    assert [photo.reason for photo in (*found.wrong, *found.right)] == [EVEN, "", ""]


def test_one_class_alone_has_no_auc_and_no_division_by_zero(model: Model) -> None:
    found = evaluate_outputs(findings(-1.0, -2.0), photos(0, 0), model, dataset="d", split="all")
    assert found.roc_auc is None
    assert found.per_class["dog"] == ClassMetrics(photos=0, precision=None, recall=None, f1=None)
    assert found.accuracy == 1.0
    assert found.accuracy_interval[1] == 1.0


def rounded(found: EvaluationMetrics) -> EvaluationMetrics:
    """Return the numbers without the digits in which one thread's sums differ from those of several."""
    real = ("loss", "calibration_error", "calibration_error_before")
    return structs.replace(found, **{name: round(getattr(found, name), 6) for name in real})


def test_its_own_test_split_gives_the_runs_numbers_again(
    finished_run: RunResult, finished_model: Path, drawings: Path
) -> None:
    assert finished_run.evaluation is not None
    progress: list[tuple[int, int]] = []
    found = evaluate_model(finished_model, drawings, progress=lambda *step: progress.append(step))
    assert rounded(found.metrics()) == rounded(finished_run.evaluation)
    assert progress == sorted(progress)
    assert progress[-1] == (1000, 1000)


def test_a_moved_dataset_is_still_known(finished_run: RunResult, finished_model: Path, drawings: Path) -> None:
    copy = drawings.parent / "moved" / "set"
    if not copy.exists():
        shutil.copytree(drawings, copy)
    assert finished_run.evaluation is not None
    assert rounded(evaluate_model(finished_model, copy).metrics()) == rounded(finished_run.evaluation)


def test_an_unknown_dataset_without_splits_is_looked_at_whole(
    finished_model: Path, drawings: Path, tmp_path: Path
) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "other" / name).mkdir(parents=True)
        for photo in sorted((drawings / name).iterdir())[:10]:
            shutil.copy(photo, tmp_path / "other" / name)
    notes: list[str] = []
    found = evaluate_model(finished_model, tmp_path / "other", note=notes.append)
    assert (found.split, found.photos) == ("all", 20)
    assert "all photos are looked at" in notes[0]
    assert evaluate_model(finished_model, tmp_path / "other", split="test").photos == 4
    (tmp_path / "other" / "cats" / "empty.jpg").touch()
    assert evaluate_model(finished_model, tmp_path / "other", note=notes.append).photos == 20
    assert "1 file was left out. The first: cats/empty.jpg: This file is empty." in notes[1]


def test_a_test_folder_is_used(finished_model: Path, drawings: Path, tmp_path: Path) -> None:
    for index, split in enumerate(("train", "test")):
        for name in ("cats", "dogs"):
            (tmp_path / "set" / split / name).mkdir(parents=True)
            for photo in sorted((drawings / name).iterdir())[5 * index : 5 * index + 5]:
                shutil.copy(photo, tmp_path / "set" / split / name)
    found = evaluate_model(finished_model, tmp_path / "set")
    assert (found.split, found.photos) == ("test", 10)
    assert all(photo.path.startswith("test/") for photo in (*found.wrong, *found.right))


def test_other_classes_are_refused_by_name(finished_model: Path, drawings: Path, tmp_path: Path) -> None:
    for name, other in (("cats", "cars"), ("dogs", "boats")):
        (tmp_path / "set" / other).mkdir(parents=True)
        for number, photo in enumerate(sorted((drawings / name).iterdir())):
            shutil.copy(photo, tmp_path / "set" / other / f"{number}.jpg")
    with pytest.raises(DatasetError, match=r"tells cat from dog, and .* holds boats and cars"):
        evaluate_model(finished_model, tmp_path / "set")


def test_a_wrong_split_and_a_cancel(finished_model: Path, drawings: Path) -> None:
    with pytest.raises(SettingError, match="no split called 'tset'"):
        evaluate_model(finished_model, drawings, split="tset")
    with pytest.raises(CancelledError):
        evaluate_model(finished_model, drawings, cancelled=lambda: True)
