"""Verdicts: the same alone or in any company, from paths, bytes and images, with errors in place."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec import structs
from PIL import Image

from trainer.core.errors import CancelledError, ModelFileError
from trainer.core.text import plain
from trainer.inference.evaluate import evaluate_model
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import EVEN, neither
from trainer.storage import model_file
from trainer.storage.model_description import VerdictLimits


@pytest.fixture
def predictor(finished_model: Path) -> Predictor:
    return Predictor.load(finished_model, device="cpu", threads=1)


@pytest.fixture
def photos(drawings: Path) -> list[Path]:
    return sorted(drawings.rglob("*.jpg"))


def test_a_photo_gets_the_same_probability_alone_and_in_any_batch(predictor: Predictor, photos: list[Path]) -> None:
    alone = [predictor.predict_one(photo).probability for photo in photos]
    for size in (1, 2, 7, 64, 80, 1000):
        found = [prediction.probability for prediction in predictor.predict(photos, batch_size=size)]
        assert found == pytest.approx(alone, abs=1e-4)
    backwards = [prediction.probability for prediction in predictor.predict(reversed(photos), batch_size=13)]
    assert backwards[::-1] == pytest.approx(alone, abs=1e-4)


def test_paths_bytes_and_images_agree(predictor: Predictor, tmp_path: Path, photos: list[Path]) -> None:
    path = tmp_path / "photo.png"
    with Image.open(photos[0]) as image:
        image.save(path)
        verdicts = list(predictor.predict([path, path.read_bytes(), image.copy()]))
    assert [verdict.probability for verdict in verdicts] == pytest.approx([verdicts[0].probability] * 3, abs=1e-6)
    assert [verdict.path for verdict in verdicts] == [str(path), "", ""]


def test_a_verdict_adds_up(predictor: Predictor, photos: list[Path]) -> None:
    for verdict in predictor.predict(photos):
        assert verdict.probability is not None
        assert verdict.probabilities is not None
        nearest = "dog" if verdict.probability >= 0.5 else "cat"
        if verdict.is_unsure:
            assert (verdict.class_name, verdict.nearest_class, verdict.reason) in (
                (None, nearest, EVEN),
                (None, None, neither(("cat", "dog"))),  # where no class is near
            )
        else:
            assert (verdict.class_name, verdict.nearest_class, verdict.reason) == (nearest, None, None)
        assert verdict.probabilities["dog"] == verdict.probability
        assert sum(verdict.probabilities.values()) == pytest.approx(1)


def test_it_agrees_with_the_evaluation(finished_model: Path, drawings: Path, predictor: Predictor) -> None:
    evaluation = evaluate_model(finished_model, drawings)
    judged = (*evaluation.wrong, *evaluation.right)
    found = list(predictor.predict([drawings / photo.path for photo in judged]))
    assert [verdict.class_name or verdict.nearest_class for verdict in found] == [photo.predicted for photo in judged]
    assert [verdict.reason or "" for verdict in found] == [photo.reason for photo in judged]
    assert evaluation.not_sure == sum(verdict.is_unsure for verdict in found)
    assert [verdict.probability for verdict in found] == pytest.approx(
        [photo.probability for photo in judged], abs=1e-4
    )


def test_bad_photos_keep_their_place_and_the_others_go_on(
    predictor: Predictor, photos: list[Path], tmp_path: Path
) -> None:
    empty, text, cut = tmp_path / "empty.jpg", tmp_path / "text.jpg", tmp_path / "cut.jpg"
    empty.write_bytes(b"")
    text.write_text("I am no photo.")
    cut.write_bytes(photos[0].read_bytes()[:-2000])
    given = [empty, photos[0], text, cut, tmp_path / "missing.jpg", photos[1]]
    found = list(predictor.predict(given, batch_size=2))
    assert [verdict.path for verdict in found] == [str(path) for path in given]
    assert [verdict.error is None for verdict in found] == [False, True, False, False, False, True]
    for verdict in (found[0], found[2], found[3], found[4]):
        assert (verdict.class_name, verdict.probability, verdict.probabilities) == (None, None, None)


def test_verdicts_stream(predictor: Predictor, photos: list[Path]) -> None:
    asked: list[Path] = []

    def slowly() -> list[Path]:
        for photo in photos:
            asked.append(photo)
            yield photo

    next(predictor.predict(slowly(), batch_size=4))  # type: ignore[arg-type]
    assert len(asked) == 8  # one batch beyond the first is being looked at meanwhile


def test_what_is_unlike_the_training_photos_is_not_sure(finished_model: Path, tmp_path: Path) -> None:
    model = model_file.load(finished_model)
    path = tmp_path / "strict.safetensors"
    strict = structs.replace(model.description, limits=VerdictLimits(likeness=1.1, probability=0.0))
    model_file.save(path, model._replace(description=strict))
    verdict = Predictor.load(path, device="cpu").predict_one(Image.new("RGB", (64, 64), "red"))
    assert (verdict.class_name, verdict.reason) == (None, neither(("cat", "dog")))
    assert verdict.nearest_class is None
    assert verdict.is_unsure
    shown = json.loads(msgspec.json.encode(verdict, enc_hook=plain))
    assert shown["class"] is None
    assert {"nearest_class", "probability", "reason"} <= shown.keys()


def test_nothing_asked_nothing_said(predictor: Predictor) -> None:
    assert list(predictor.predict([])) == []


def test_a_cancel_is_heard(predictor: Predictor, photos: list[Path]) -> None:
    with pytest.raises(CancelledError):
        list(predictor.predict(photos, cancelled=lambda: True))


def test_loading_what_is_no_model_is_refused(tmp_path: Path, photos: list[Path]) -> None:
    shutil.copy(photos[0], tmp_path / "photo.safetensors")
    with pytest.raises(ModelFileError):
        Predictor.load(tmp_path / "photo.safetensors")
