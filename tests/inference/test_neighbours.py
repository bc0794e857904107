"""The training photos most like a photo: of this very model, the right ones, and refused where the file is hostile."""

import json
import pickle
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from PIL import Image

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import ModelFileError
from trainer.core.events import AnyEvent, Noted, RunStarted, StageProgressed
from trainer.inference.neighbours import Neighbours, embedding
from trainer.inference.predictor import Predictor
from trainer.storage import model_file, training_photos
from trainer.storage.model_description import VerdictLimits
from trainer.storage.model_file import digest_of
from trainer.storage.run_folder import RunFolder
from trainer.storage.training_photos import TrainingPhotos
from trainer.training.keep_photos import choose_rows
from trainer.training.loop import resume, train

CPU = torch.device("cpu")


def of_model(model: Path) -> Neighbours | None:
    return Neighbours.of_model(model, Predictor.load(model, device="cpu"))


def kept(folder: Path) -> Path:
    return RunFolder(folder).training_photos


def test_a_training_photo_is_most_like_itself(finished_model: Path, drawings: Path) -> None:
    predictor = Predictor.load(finished_model, device="cpu")
    neighbours = Neighbours.of_model(finished_model, predictor)
    assert neighbours is not None
    learnt = RunFolder(finished_model.parent).read_dataset().of_split("train")
    for photo in (learnt[0], learnt[-1]):
        found = neighbours.nearest(embedding(predictor, drawings / photo.path))
        assert len(found) == 6
        assert found[0].name == photo.path
        assert found[0].similarity == pytest.approx(1, abs=1e-3)
        assert [near.similarity for near in found] == sorted((near.similarity for near in found), reverse=True)
        for near in found:
            assert near.name in {one.path for one in learnt}
            assert near.name.startswith(f"{near.class_name}s/")
            with Image.open(BytesIO(near.thumbnail)) as image, Image.open(drawings / near.name) as whole:
                assert max(image.size) == 96
                assert image.width / image.height == pytest.approx(whole.width / whole.height, rel=0.05)


def test_they_are_the_nearest_of_all(finished_model: Path, drawings: Path) -> None:
    """The same as one photo after another, by the definition of the cosine."""
    predictor = Predictor.load(finished_model, device="cpu")
    neighbours = Neighbours.of_model(finished_model, predictor)
    assert neighbours is not None
    run = RunFolder(finished_model.parent).read_dataset()
    asked = embedding(predictor, drawings / run.of_split("test")[0].path)
    cosines = {}
    for photo in run.of_split("train"):
        other = embedding(predictor, drawings / photo.path)
        cosines[photo.path] = float(asked @ other / asked.norm() / other.norm())
    expected = sorted(cosines, key=lambda path: -cosines[path])
    found = neighbours.nearest(asked, count=4)
    assert [near.name for near in found] == expected[:4]
    assert [near.similarity for near in found] == pytest.approx([cosines[path] for path in expected[:4]], abs=1e-3)


def test_they_belong_to_this_very_model(finished_model: Path, tmp_path: Path) -> None:
    shutil.copy(finished_model, tmp_path / "model.safetensors")
    assert of_model(tmp_path / "model.safetensors") is None  # saved elsewhere, it brings none along
    shutil.copy(kept(finished_model.parent), kept(tmp_path))
    assert of_model(tmp_path / "model.safetensors") is not None
    (tmp_path / "model.safetensors").unlink()
    model_file.save_with_limits(finished_model, tmp_path / "model.safetensors", VerdictLimits(probability=0.9))
    assert of_model(tmp_path / "model.safetensors") is None


def test_a_resumed_run_keeps_those_of_its_new_model(tmp_path: Path, small_config: Callable[..., TrainConfig]) -> None:
    short = train(small_config(epochs=1), out=tmp_path)
    model = Path(short.model or "")
    before = of_model(model)
    assert before is not None
    shutil.copy(kept(model.parent), tmp_path / "before")
    assert resume(model.parent, epochs=3).status == "completed"
    assert of_model(model) is not None
    shutil.copy(tmp_path / "before", kept(model.parent))
    assert of_model(model) is None


def test_a_run_goes_on_where_they_cannot_be_written(tmp_path: Path, small_config: Callable[..., TrainConfig]) -> None:
    notes: list[str] = []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, RunStarted):  # something is in their place
            (kept(Path(event.run_folder)) / "mine").mkdir(parents=True)
        if isinstance(event, Noted):
            notes.append(event.text)

    result = train(small_config(epochs=1), out=tmp_path, emit=emit)
    assert (result.status, result.evaluation is not None) == ("completed", True)
    assert len(notes) == 1
    assert notes[0].startswith("The training photos are not kept beside the model.")
    assert of_model(Path(result.model or "")) is None


def test_a_run_that_is_stopped_while_they_are_kept_has_none(
    tmp_path: Path, small_config: Callable[..., TrainConfig]
) -> None:
    control = RunControl()

    def emit(event: AnyEvent) -> None:  # 56 photos are kept, the last of all that is done
        if isinstance(event, StageProgressed) and event.stage == "evaluate" and event.done == event.total - 50:
            control.stop()

    result = train(small_config(epochs=1), out=tmp_path, emit=emit, control=control)
    assert control.should_stop()
    assert (result.status, result.evaluation is not None) == ("completed", True)
    assert not kept(Path(result.run_folder or "")).exists()


def test_the_progress_of_the_last_stage_ends_where_it_should(
    tmp_path: Path, small_config: Callable[..., TrainConfig]
) -> None:
    last: list[StageProgressed] = []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, StageProgressed) and event.stage == "evaluate":
            last.append(event)

    train(small_config(epochs=1), out=tmp_path, emit=emit)
    assert last[-1].done == last[-1].total
    assert [event.done for event in last] == sorted(event.done for event in last)


def test_both_classes_have_as_many_as_they_can() -> None:
    many = choose_rows([0] * 900 + [1] * 300, 500, seed=0)
    assert (len([row for row in many if row < 900]), len(many)) == (250, 500)
    lopsided = choose_rows([0] * 900 + [1] * 20, 500, seed=0)
    assert (len([row for row in lopsided if row >= 900]), len(lopsided)) == (20, 500)
    assert choose_rows([0, 1, 0], 500, seed=0) == [0, 1, 2]
    assert many == choose_rows([0] * 900 + [1] * 300, 500, seed=0) != choose_rows([0] * 900 + [1] * 300, 500, seed=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with three photos of the model "m"."""
    photos = TrainingPhotos(
        torch.rand(3, 4),
        torch.tensor([0, 1, 1], dtype=torch.uint8),
        ("cats/a.jpg", "dogs/b.jpg", "dogs/ü.jpg"),
        (b"one", b"", b"three"),
    )
    training_photos.save(tmp_path / "photos.safetensors", photos, model="m")
    return tmp_path / "photos.safetensors"


def test_a_file_comes_back_as_it_was(file: Path) -> None:
    photos = training_photos.load(file, model="m")
    assert photos is not None
    assert photos.names == ("cats/a.jpg", "dogs/b.jpg", "dogs/ü.jpg")
    assert photos.thumbnails == (b"one", b"", b"three")
    assert photos.class_indices.tolist() == [0, 1, 1]
    assert photos.embeddings.shape == (3, 4)
    assert training_photos.load(file, model="another") is None
    assert training_photos.load(file.with_name("nothing"), model="m") is None


def as_is(tensors: dict[str, torch.Tensor], **changes: torch.Tensor | None) -> dict[str, torch.Tensor]:
    changed = {**tensors, **changes}
    return {name: tensor for name, tensor in changed.items() if tensor is not None}


HOSTILE: dict[str, dict[str, Any]] = {
    "no embeddings": {"embeddings": None},
    "another number of photos": {"embeddings": torch.zeros(2, 4, dtype=torch.float16)},
    "another kind of number": {"embeddings": torch.zeros(3, 4)},
    "embeddings that are no list": {"embeddings": torch.zeros((), dtype=torch.float16)},
    "infinite embeddings": {"embeddings": torch.full((3, 4), torch.inf, dtype=torch.float16)},
    "a third class": {"class_indices": torch.tensor([0, 1, 2], dtype=torch.uint8)},
    "no ends": {"thumbnail_ends": torch.tensor(3)},
    "ends that go back": {"thumbnail_ends": torch.tensor([5, 3, 8])},
    "ends before the beginning": {"thumbnail_ends": torch.tensor([-1, 3, 8])},
    "ends beyond the file": {"thumbnail_ends": torch.tensor([3, 3, 2**62])},
    "a name too few": {"names": torch.tensor(list(b"a\0b"), dtype=torch.uint8)},
    "names that are no text": {"names": torch.tensor([0xFF, 0, 0xFF, 0, 0xFF], dtype=torch.uint8)},
    "a huge thumbnail": {
        "thumbnails": torch.zeros(33_000, dtype=torch.uint8),
        "thumbnail_ends": torch.tensor([0, 0, 33_000]),
    },
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(file: Path, kind: str) -> None:
    tensors = as_is(safetensors.torch.load_file(file), **HOSTILE[kind])
    header = json.dumps({"format": 2, "model": "m", "sha256": digest_of(tensors, "m")})
    file.write_bytes(safetensors.torch.save(tensors, {"catdog_training_photos": header}))
    with pytest.raises(ModelFileError) as caught:
        training_photos.load(file, model="m")
    assert caught.value.sentence == (
        f"The training photos in {file} are damaged. Delete this file: the model works without it."
    )


def test_a_flipped_bit_is_noticed_and_a_file_without_a_checksum_is_read(file: Path) -> None:
    content = bytearray(file.read_bytes())
    tensors = safetensors.torch.load(bytes(content))
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelFileError, match="are damaged"):
        training_photos.load(file, model="m")
    file.write_bytes(safetensors.torch.save(tensors, {"catdog_training_photos": '{"format":1,"model":"m"}'}))
    assert training_photos.load(file, model="m") is not None


def test_what_is_no_such_file_is_refused(file: Path, finished_model: Path) -> None:
    good = file.read_bytes()
    contents = [good[:length] for length in (0, 7, 8, 60, len(good) - 1)]
    contents += [pickle.dumps([1]), finished_model.read_bytes(), b"\xff" * 100]
    contents.append(safetensors.torch.save({"a": torch.zeros(1)}, {"catdog_training_photos": '{"format":1}'}))
    for content in contents:
        file.write_bytes(content)
        with pytest.raises(ModelFileError, match="are damaged"):
            training_photos.load(file, model="m")
    header = '{"format":3,"model":"m","new":1}'
    file.write_bytes(safetensors.torch.save({"a": torch.zeros(1)}, {"catdog_training_photos": header}))
    with pytest.raises(ModelFileError, match="newer CatDog"):
        training_photos.load(file, model="m")


def test_a_file_without_photos_has_no_neighbours(file: Path) -> None:
    none = TrainingPhotos(torch.empty(0, 4), torch.empty(0, dtype=torch.uint8), (), ())
    training_photos.save(file, none, model="m")
    photos = training_photos.load(file, model="m")
    assert photos is not None
    assert Neighbours(photos, ("cat", "dog")).nearest(torch.rand(4)) == ()
