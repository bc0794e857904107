"""The model file: it comes back as it was, and whatever is wrong with one is refused in a sentence."""

import json
import pickle
import random
import shutil
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
import safetensors.torch
import torch

from trainer import models
from trainer.core.errors import ModelFileError
from trainer.models.detector import Detector, DetectorKind
from trainer.storage import model_file
from trainer.storage.model_description import VerdictLimits, read_description
from trainer.storage.model_file import Model


def rewritten(model: Path, path: Path, **changes: Any) -> Path:
    """Save a copy whose description differs, with a digest that is right for it."""
    tensors = safetensors.torch.load_file(model)
    text = json.loads(msgspec.json.encode(read_description(model)))
    metadata = {"catdog": json.dumps({**text, **changes})}
    metadata["catdog_sha256"] = model_file.digest_of(tensors, metadata["catdog"])
    path.write_bytes(safetensors.torch.save(tensors, metadata))
    return path


def test_it_comes_back_as_it_was(finished_model: Path, tmp_path: Path) -> None:
    network, description, detector, digest = model_file.load(finished_model)
    written = model_file.save(tmp_path / "copy.safetensors", Model(network, description, detector))
    again, description_again, detector_again, digest_again = model_file.load(tmp_path / "copy.safetensors")
    assert (detector.kind, detector_again.kind) == ("prototypes", "prototypes")
    assert len(detector.directions) > 0
    assert torch.equal(detector.directions, detector_again.directions)
    assert description_again == description == read_description(finished_model)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))
    assert not again.training
    assert written == digest_again == digest


def test_probes_survive_half_precision(finished_model: Path, tmp_path: Path) -> None:
    network, description, *_ = model_file.load(finished_model)
    detector = Detector("probes", torch.rand(2, network.feature_count) / 3e5, torch.rand(2))
    limits = msgspec.structs.replace(description.limits, detector="probes", likeness=2.5)
    described = msgspec.structs.replace(description, limits=limits)
    path = tmp_path / "probes.safetensors"
    model_file.save(path, Model(network, described, detector), half=True)
    again = model_file.load(path)
    assert again.description.limits == limits
    assert torch.equal(again.detector.directions, detector.directions)
    assert torch.equal(again.detector.offsets, detector.offsets)
    model_file.save(path, Model(network, described, detector._replace(offsets=torch.rand(3))))
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)


def test_it_describes_itself(finished_model: Path) -> None:
    description = read_description(finished_model)
    assert description.classes == ("cat", "dog")
    assert (description.recipe, description.network) == ("classic", "classic")
    assert description.preprocessing.image_size == 48
    assert description.origin.photos["train"] == {"cat": 28, "dog": 28}
    assert description.origin.dataset == "set"
    assert description.test is not None
    assert description.test.photos == 12


def test_a_flipped_bit_anywhere_is_found(finished_model: Path, tmp_path: Path) -> None:
    good = finished_model.read_bytes()
    dice = random.Random(0)
    places = [*range(0, 200, 17), *(dice.randrange(len(good)) for _ in range(30)), len(good) - 1]
    for place in places:
        bad = bytearray(good)
        bad[place] ^= 1 << dice.randrange(8)
        path = tmp_path / "bad.safetensors"
        path.write_bytes(bad)
        with pytest.raises(ModelFileError) as caught:
            model_file.load(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_cut_off_file_is_found_at_any_length(finished_model: Path, tmp_path: Path) -> None:
    good = finished_model.read_bytes()
    path = tmp_path / "cut.safetensors"
    for length in (0, 1, 7, 8, 9, 100, 5000, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:length])
        with pytest.raises(ModelFileError, match="damaged or cut off"):
            model_file.load(path)
        with pytest.raises(ModelFileError, match="damaged or cut off"):
            read_description(path)


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("code-was-run"),))


def test_a_pickle_is_refused_and_its_code_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    bare, zipped = tmp_path / "bare.safetensors", tmp_path / "zipped.safetensors"
    bare.write_bytes(pickle.dumps(_Evil()))
    torch.save(_Evil(), zipped)
    for path in (bare, zipped):
        with pytest.raises(ModelFileError, match="could run code"):
            model_file.load(path)
    assert not (tmp_path / "code-was-run").exists()


def test_a_newer_version_is_refused(finished_model: Path, tmp_path: Path) -> None:
    path = rewritten(finished_model, tmp_path / "new.safetensors", format=4, something_new={"x": 1})
    with pytest.raises(ModelFileError, match=r"newer CatDog \(model format 4; this one reads up to 3\)"):
        model_file.load(path)


def test_the_version_before_is_read(finished_model: Path, tmp_path: Path) -> None:
    limits = {"likeness": 0.5, "probability": 0.75}
    path = rewritten(finished_model, tmp_path / "old.safetensors", format=2, limits=limits)
    model = model_file.load(path)
    assert model.description.limits == VerdictLimits(detector="prototypes", likeness=0.5, probability=0.75)
    assert torch.equal(model.detector.directions, model_file.load(finished_model).detector.directions)


def test_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    safetensors.torch.save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(ModelFileError, match="not a CatDog model"):
        model_file.load(path)
    path.write_bytes(b"\xff\xd8\xff\xe0 certainly no model at all")
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)


@pytest.mark.parametrize(
    "header", [b"[]", b"null", b"{", b'{"__metadata__": 3}', b'{"__metadata__": {"catdog": "{"}}', b"[" * 5000]
)
def test_an_odd_header_is_refused(header: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(ModelFileError):
        model_file.load(path)


def test_a_header_that_claims_a_vast_length_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "vast.safetensors"
    path.write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"network": "resnet900"}, "'resnet900', which this CatDog does not know"),
        ({"dropout": 7}, "damaged"),
        ({"classes": ["cat"]}, "damaged"),
        ({"temperature": 0}, "damaged"),
        # The description asks for a network of gigabytes; the weights are not there, and no memory is taken.
        ({"preprocessing": {"image_size": 4096, "resize": "squeeze"}}, "damaged"),
        ({"preprocessing": {"image_size": 4, "resize": "squeeze"}}, "damaged"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    changes: dict[str, Any], sentence: str, finished_model: Path, tmp_path: Path
) -> None:
    path = rewritten(finished_model, tmp_path / "odd.safetensors", **changes)
    with pytest.raises(ModelFileError, match=sentence):
        model_file.load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no model file"):
        model_file.load(tmp_path / "none.safetensors")
    with pytest.raises(ModelFileError, match="cannot be read"):
        model_file.load(tmp_path)


def test_weights_of_another_shape_are_refused(finished_model: Path, tmp_path: Path) -> None:
    model = model_file.load(finished_model)
    path = tmp_path / "shape.safetensors"
    model_file.save(path, model._replace(detector=Detector("prototypes", torch.zeros(3, 7), torch.zeros(3))))
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)
    model_file.save(path, model._replace(network=models.build("compact", image_size=48, dropout=0.5)))
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)


def test_half_precision_takes_half_the_room_and_is_read_as_float32(finished_model: Path, tmp_path: Path) -> None:
    model = model_file.load(finished_model)
    path = tmp_path / "half.safetensors"
    model_file.save(path, model, half=True)
    assert path.stat().st_size < 0.6 * finished_model.stat().st_size
    again = model_file.load(path)
    for one, other in zip(model.network.parameters(), again.network.parameters(), strict=True):
        assert other.dtype is torch.float32
        assert torch.equal(one.half().float(), other)


def test_a_copy_elsewhere_still_works(finished_model: Path, tmp_path: Path) -> None:
    copy = shutil.copy(finished_model, tmp_path / "mein Modell – ネコ.safetensors")
    assert model_file.load(Path(copy)).description.classes == ("cat", "dog")


@pytest.mark.parametrize("name", ["n" * 300, "nul\0"])
def test_names_that_no_file_can_have_are_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_description(tmp_path / f"{name}.safetensors")


NO_DETECTORS = {
    "a scalar": (torch.tensor(1.0), torch.tensor(1.0)),
    "whole numbers": (torch.ones(2, 1280, dtype=torch.int64), torch.ones(2)),
    "truths": (torch.ones(2, 1280), torch.ones(2, dtype=torch.bool)),
    "complex numbers": (torch.ones(2, 1280, dtype=torch.complex64), torch.ones(2)),
    "no number": (torch.full((2, 1280), torch.nan), torch.ones(2)),
    "infinity": (torch.ones(2, 1280), torch.tensor([1.0, torch.inf])),
    "no probe": (torch.empty(0, 1280), torch.empty(0)),
    "an offset too many": (torch.ones(2, 1280), torch.ones(3)),
}


@pytest.mark.parametrize(
    ("kind", "case"),
    [("probes", case) for case in NO_DETECTORS]
    + [("prototypes", case) for case in ("a scalar", "whole numbers", "complex numbers", "no number")],
)
def test_a_detector_that_could_not_work_is_refused(
    kind: DetectorKind, case: str, finished_model: Path, tmp_path: Path
) -> None:
    network, description, *_ = model_file.load(finished_model)
    limits = msgspec.structs.replace(description.limits, detector=kind)
    path = tmp_path / "hostile.safetensors"
    detector = Detector(kind, *NO_DETECTORS[case])
    model_file.save(path, Model(network, msgspec.structs.replace(description, limits=limits), detector))
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(path)
