"""An export answers as its model does, for every network and every verdict, and is a valid file of its format."""

import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from tests.export.conftest import SIZE, MakeModel, liven
from trainer import models
from trainer.drawings.drawing import draw
from trainer.export import onnx_format
from trainer.export.answer import BOTH, EITHER, UNLIKE
from trainer.export.graph import Graph
from trainer.export.network import NetworkWriter
from trainer.export.onnx_format import Kind, Value
from trainer.export.onnx_graph import JPEG, PHOTO, onnx_graph
from trainer.export.proof import verdict_number
from trainer.export.record import as_metadata, new_record
from trainer.export.session import ExportedModel
from trainer.inference.predictor import Predictor
from trainer.models.activation import class_activation
from trainer.storage import model_file

CPU = torch.device("cpu")
CLOSE = 2e-5


def exported(path: Path, *, int8: bool = False) -> bytes:
    model = model_file.load(path)
    graph = onnx_graph(model, int8=int8)
    record = new_record(model, graph, title="a model", int8=int8)
    return onnx_format.model(graph, version="0", metadata=as_metadata(record))


def drawn(count: int) -> list[Image.Image]:
    """Return drawings of many sizes, some with both animals."""
    photos = [
        draw("dog" if seed % 2 else "cat", seed, (60 + 17 * seed % 200, 60 + 29 * seed % 150)) for seed in range(count)
    ]
    for seed in range(count // 4):
        both = Image.new("RGB", (160, 80))
        both.paste(draw("cat", seed, (80, 80)), (0, 0))
        both.paste(draw("dog", seed, (80, 80)), (80, 0))
        photos.append(both)
    return photos


@pytest.mark.parametrize("network", ["classic", "compact", "efficientnet-lite0"])
@pytest.mark.parametrize("detector", ["probes", "prototypes"])
def test_every_verdict_is_that_of_the_model(make_model: MakeModel, network: str, detector: str) -> None:
    path = make_model(network, detector=detector, likeness=0.1 if detector == "prototypes" else 0.0)
    predictor, export = Predictor(model_file.load(path), CPU, threads=1), ExportedModel(exported(path), path)
    seen = []
    for photo in drawn(24):
        ours, theirs = predictor.predict_one(photo), export.answer(np.array(photo), jpeg=False)
        assert theirs.probability == pytest.approx(ours.probability, abs=CLOSE)
        assert theirs.verdict == verdict_number(ours, predictor.description.classes)
        seen.append(theirs.verdict)
    assert UNLIKE in seen
    assert {0, 1} & set(seen)


@pytest.mark.parametrize(("limits", "expected"), [({"probability": 0.97}, EITHER), ({"likeness": -100.0}, BOTH)])
def test_rare_verdicts_are_found_too(make_model: MakeModel, limits: dict[str, Any], expected: int) -> None:
    path = make_model("compact", **{"likeness": -100.0, "closer_look": 0.98, **limits})
    predictor, export = Predictor(model_file.load(path), CPU, threads=1), ExportedModel(exported(path), path)
    answers = [(predictor.predict_one(photo), export.answer(np.array(photo), jpeg=False)) for photo in drawn(16)]
    classes = predictor.description.classes
    assert [verdict_number(ours, classes) for ours, _ in answers] == [theirs.verdict for _, theirs in answers]
    assert expected in [theirs.verdict for _, theirs in answers]


def test_a_photo_of_a_jpeg_file_is_read_as_one(make_model: MakeModel) -> None:
    path = make_model("classic")
    predictor, export = Predictor(model_file.load(path), CPU, threads=1), ExportedModel(exported(path), path)
    file = io.BytesIO()
    draw("dog", 5, (640, 480)).save(file, "JPEG", subsampling=0)
    pixels = np.array(Image.open(file))
    ours = predictor.predict_one(file.getvalue()).probability
    assert ours is not None
    as_jpeg, as_is = (export.answer(pixels, jpeg=jpeg).probability for jpeg in (True, False))
    assert abs(as_jpeg - ours) < abs(as_is - ours)
    assert as_jpeg == pytest.approx(ours, abs=5e-3)


@pytest.mark.parametrize("network", ["compact", "efficientnet-lite0"])
def test_the_heat_map_is_that_of_the_model(make_model: MakeModel, network: str) -> None:
    path = make_model(network)
    session = onnxruntime.InferenceSession(exported(path), providers=["CPUExecutionProvider"])
    photo = np.array(draw("cat", 1, (SIZE, SIZE)))
    (found,) = session.run(["activation"], {PHOTO: photo, JPEG: np.array(False)})
    images = torch.from_numpy(photo)[None].permute(0, 3, 1, 2).float() / 255
    expected = class_activation(model_file.load(path).network, images)[0]
    assert found == pytest.approx(expected.numpy(), abs=1e-4)


@pytest.mark.parametrize("network", models.NETWORKS)
def test_every_network_is_written_as_it_is(network: str) -> None:
    torch.manual_seed(0)
    tuned = 2 if network in models.BACKBONES else 0
    built = models.build(network, image_size=SIZE, dropout=0.1, tuned_stages=tuned).eval()
    liven(built)
    graph = Graph()
    outputs = NetworkWriter(built).write(graph, "images")
    results = [name for name in outputs if name is not None]
    encoded = graph.encoded(
        [Value("images", Kind.FLOAT, ("n", 3, SIZE, SIZE))], [Value(name, Kind.FLOAT, None) for name in results]
    )
    session = onnxruntime.InferenceSession(onnx_format.model(encoded, version="0", metadata={}))
    images = torch.rand(2, 3, SIZE, SIZE)
    with torch.no_grad():
        hidden = built.forward_frozen(images)
        features = built.forward_features_tta(hidden)
        expected = [built.forward_head(features), built.embed(hidden, features)]
        expected += [class_activation(built, images)] if built.map_weights() is not None else []
    found = session.run(results, {"images": images.numpy()})
    for ours, theirs in zip(expected, found, strict=True):
        assert theirs == pytest.approx(ours.numpy(), abs=1e-5 * max(1, float(ours.abs().max())))


def test_a_network_that_is_used_meanwhile_does_not_notice(make_model: MakeModel) -> None:
    model = model_file.load(make_model("classic"))
    images = torch.rand(2, 3, SIZE, SIZE)
    expected = model.network(images)
    found: list[torch.Tensor] = []

    class Slow(torch.nn.Identity):
        """A layer during whose trace another thread uses a network."""

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            other = threading.Thread(target=lambda: found.append(model.network(images)))
            other.start()
            other.join()
            return inputs

    traced = models.build("compact", image_size=SIZE, dropout=0.0).eval()
    traced.features.append(Slow())
    NetworkWriter(traced).write(Graph(), "images")
    assert found
    assert all(torch.equal(one, expected) for one in found)


@pytest.mark.parametrize("network", ["classic", "compact", "efficientnet-lite0"])
@pytest.mark.parametrize("int8", [False, True])
def test_the_file_is_valid_onnx(make_model: MakeModel, network: str, *, int8: bool) -> None:
    file = exported(make_model(network), int8=int8)
    onnx.checker.check_model(onnx.load_from_string(file), full_check=True)


def test_eight_bits_hardly_change_probabilities(make_model: MakeModel) -> None:
    path = make_model("efficientnet-lite0")
    predictor, export = Predictor(model_file.load(path), CPU, threads=1), ExportedModel(exported(path, int8=True), path)
    differences = []
    for photo in drawn(8):
        ours = predictor.predict_one(photo).probability
        assert ours is not None
        differences.append(abs(ours - export.answer(np.array(photo), jpeg=False).probability))
    assert 0 < np.mean(differences) < 0.1


def test_eight_bits_take_a_quarter_of_the_room(make_model: MakeModel) -> None:
    path = make_model("classic")
    assert len(exported(path, int8=True)) < 0.3 * len(exported(path))


def test_numbers_that_were_half_as_large_stay_so(make_model: MakeModel, tmp_path: Path) -> None:
    path = make_model("classic")
    model_file.save(tmp_path / "half.safetensors", model_file.load(path), half=True)
    assert len(exported(tmp_path / "half.safetensors")) < 0.6 * len(exported(path))
