"""The recipe transfer, on drawings: features computed once, kept, and the same as when computed again."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trainer.core import advice
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.core.events import AdviceGiven, AnyEvent, BatchFinished, Noted, RunStarted, StageProgressed
from trainer.core.recipes import recipe
from trainer.core.results import EpochMetrics, RunResult
from trainer.core.schedule import image_size_at
from trainer.dataset import pixels
from trainer.dataset.photo import photo_pixels
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.files import array_cache
from trainer.hardware.devices import to_images
from trainer.inference.evaluate import evaluate_model
from trainer.inference.neighbours import Neighbours, embedding
from trainer.inference.predictor import Predictor
from trainer.models import build
from trainer.models.network import Network
from trainer.storage import model_file
from trainer.storage.run_folder import RunFolder
from trainer.training.data import features
from trainer.training.data.augment import augment, draw
from trainer.training.data.features import AugmentedFeatureData, CachedFeatureData
from trainer.training.data.split_data import PixelData
from trainer.training.loop import resume, train
from trainer.training.run import Run
from trainer.training.shard_result import ShardResult

SIZE = 64


@pytest.fixture
def network() -> Network:
    network = build("efficientnet-lite0", image_size=SIZE, dropout=0.0)
    network.load_pretrained(lambda _done, _total: None, lambda: False)
    return network


def looked(network: Network, drawings: Path, **given: Any) -> CachedFeatureData:
    found = scan(drawings)
    with open_source(drawings) as source:
        (data,) = features.prepare(
            network,
            source,
            [found.photos[:20]],
            SIZE,
            device=torch.device("cpu"),
            precision=torch.float32,
            **given,
        )
        data.inputs(torch.arange(5))
        return data


def test_features_are_what_the_trunk_says_of_each_photo(network: Network, drawings: Path) -> None:
    data = looked(network, drawings)
    unmirrored = looked(network, drawings)
    data.mirror_with(looked(network, drawings, mirrored=True))
    found = scan(drawings).photos
    places = torch.tensor([7, 0, 19])
    pixels = np.stack([photo_pixels(drawings / found[place].path, SIZE) for place in places.tolist()])
    images = to_images(pixels, torch.device("cpu"))
    with torch.inference_mode():
        straight, mirrored = network.forward_frozen(images), network.forward_frozen(images.flip(3))
    torch.testing.assert_close(data.inputs(places), straight, atol=5e-3, rtol=2e-3)
    numbers = torch.zeros(3, 14)
    numbers[:, 6] = torch.tensor([1.0, -1.0, -1.0])  # the flip's column: below 0 is mirrored
    expected = torch.stack([straight[0], mirrored[1], mirrored[2]])
    settings = recipe("transfer").config("x").augment
    torch.testing.assert_close(data.augmented_inputs(places, numbers, settings, SIZE), expected, atol=5e-3, rtol=2e-3)
    assert torch.equal(unmirrored.augmented_inputs(places, numbers, settings, SIZE), data.inputs(places))
    part = data.subset(torch.tensor([19, 7]))
    varied = part.augmented_inputs(torch.tensor([1, 0]), numbers[[0, 2]], settings, SIZE)
    torch.testing.assert_close(varied, expected[[0, 2]], atol=5e-3, rtol=2e-3)


def test_they_are_computed_once(network: Network, drawings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = looked(network, drawings).inputs(torch.arange(20))
    monkeypatch.setattr(features.FeatureExtractor, "extract", lambda *_: pytest.fail("looked again"))
    assert torch.equal(looked(network, drawings).inputs(torch.arange(20)), first)


def test_another_trunk_has_other_features(network: Network, drawings: Path) -> None:
    looked(network, drawings)
    with torch.no_grad():
        network.backbone[0][0].weight.mul_(1.1)
    looked(network, drawings)
    assert len(array_cache.listed()) == 2


def test_without_room_it_says_so_and_looks_again(
    network: Network, drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = looked(network, drawings).inputs(torch.arange(5))
    array_cache.clear()
    monkeypatch.setattr(array_cache, "SPARE_BYTES", 10**18)
    notes: list[str] = []
    data = looked(network, drawings, note=notes.append)
    torch.testing.assert_close(data.inputs(torch.arange(5)), kept, atol=5e-3, rtol=2e-3)
    assert "takes longer" in notes[0]


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_bytes(b"short"), lambda path: path.write_bytes(b"\x7f" * 10**6)]
)
def test_features_that_go_away_under_a_run_are_computed_again(
    network: Network, drawings: Path, harm: Callable[[Path], None]
) -> None:
    data = looked(network, drawings)
    before = data.inputs(torch.tensor([7, 0]))
    [(path, _, _)] = array_cache.listed()
    harm(path)
    torch.testing.assert_close(data.inputs(torch.tensor([7, 0])), before, atol=5e-3, rtol=2e-3)


def test_cancelled_it_leaves_nothing(network: Network, drawings: Path) -> None:
    with pytest.raises(CancelledError):
        looked(network, drawings, cancelled=lambda: True)
    assert array_cache.listed() == []


@pytest.fixture
def run(drawings: Path, tmp_path: Path) -> Callable[..., tuple[RunResult, list[AnyEvent]]]:
    def go(**given: Any) -> tuple[RunResult, list[AnyEvent]]:
        usual = {"image_size": SIZE, "threads": 1, "precision": "float32", "epochs": 4}
        events: list[AnyEvent] = []
        config: TrainConfig = recipe("transfer").config(str(drawings), **(usual | given))
        result = train(config, out=tmp_path / "runs", emit=events.append)
        assert result.error is None, result.error
        return result, events

    return go


@pytest.mark.parametrize("stages", [0, 1])
def test_a_run_learns_and_its_model_is_whole(
    stages: int, run: Callable[..., tuple[RunResult, list[AnyEvent]]], drawings: Path
) -> None:
    result, events = run(tuned_stages=stages)
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.trainable_parameters == (1281 if stages == 0 else 413_441)
    assert started.parameters == 3_372_289 + (0 if stages == 0 else 412_160)
    assert result.evaluation is not None
    assert result.evaluation.accuracy > 0.8
    _network, description, detector, _ = model_file.load(Path(result.model or ""))
    assert description.network == "efficientnet-lite0"
    assert description.parameters > 3_000_000
    assert (detector.kind, description.limits.detector) == ("probes", "probes")
    assert detector.directions.shape == (2, 1280)
    evaluation = json.loads((Path(result.run_folder or "") / "evaluation.json").read_text())
    photo = (evaluation["wrong"] + evaluation["right"])[0]
    predictor = Predictor.load(Path(result.model or ""), precision="float32")
    verdict = predictor.predict_one(drawings / photo["path"])
    # Features are kept as float16.
    assert verdict.probability == pytest.approx(photo["probability"], abs=0.02)
    neighbours = Neighbours.of_model(Path(result.model or ""), predictor)
    assert neighbours is not None
    learnt = RunFolder(Path(result.run_folder or "")).read_dataset().of_split("train")[3].path
    nearest = neighbours.nearest(embedding(predictor, drawings / learnt))[0]
    assert (nearest.name, nearest.similarity) == (learnt, pytest.approx(1, abs=1e-3))


def test_varied_photos_pass_the_trunk_each_time(network: Network, drawings: Path) -> None:
    found = scan(drawings)
    with open_source(drawings) as source:
        decoded = pixels.prepare(source, found.photos[:20], SIZE)
        photos = PixelData(decoded, range(20), found.photos[:20], torch.device("cpu"))
        data = AugmentedFeatureData(network.eval(), photos, precision=torch.float32).subset(torch.arange(2, 20))
        places, settings = torch.arange(9), AugmentConfig(saturation=0.3)
        numbers = draw(18, seed=1, epoch=1)[places]
        found_now, images = data.augmented_inputs(places, numbers, settings, SIZE), photos.inputs(places + 2)
    with torch.no_grad():
        torch.testing.assert_close(
            found_now, network.forward_frozen(augment(images, numbers, settings)), atol=1e-4, rtol=1e-4
        )
        torch.testing.assert_close(data.inputs(places), network.forward_frozen(images), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("stages", [0, 1])
def test_a_run_with_more_than_mirroring_learns_and_repeats(
    stages: int, run: Callable[..., tuple[RunResult, list[AnyEvent]]]
) -> None:
    given = {"augment": AugmentConfig.level("light"), "tuned_stages": stages, "schedule": "constant"}
    whole, _ = run(**given)
    half, _ = run(**given, epochs=2)
    rest = resume(Path(half.run_folder or ""), epochs=4)
    assert [row.train_loss for row in rest.history] == [row.train_loss for row in whole.history]
    assert whole.evaluation is not None
    assert whole.evaluation.accuracy > 0.8
    plain, _ = run(**given | {"augment": AugmentConfig.level("off")})
    assert plain.history[0].train_loss != whole.history[0].train_loss


def test_the_first_look_at_photos_that_are_varied_is_told(
    run: Callable[..., tuple[RunResult, list[AnyEvent]]],
) -> None:
    _, events = run(augment=AugmentConfig.level("light"), epochs=1)
    [begun] = [place for place, event in enumerate(events) if isinstance(event, RunStarted)]
    started, looks = events[begun], [event for event in events[:begun] if isinstance(event, StageProgressed)]
    assert isinstance(started, RunStarted)
    assert started.augmented
    learnt_from = sum(started.photos["train"].values())
    assert (looks[-1].stage, looks[-1].done, looks[-1].total) == ("decode", learnt_from, learnt_from)
    _, events = run(epochs=1)
    assert not next(event for event in events if isinstance(event, RunStarted)).augmented


def test_an_averaged_head_compares_with_the_same_photos(run: Callable[..., tuple[RunResult, list[AnyEvent]]]) -> None:
    result, _ = run(ema_decay=0.99, epochs=1)
    plain, _ = run(epochs=1)
    networks = [model_file.load(Path(one.model or "")).network.state_dict() for one in (result, plain)]
    assert not torch.equal(networks[0]["head.weight"], networks[1]["head.weight"])
    for name in ("feature_mean", "feature_std"):
        torch.testing.assert_close(networks[0][name], networks[1][name])


def test_a_run_goes_on_exactly_where_it_stopped(run: Callable[..., tuple[RunResult, list[AnyEvent]]]) -> None:
    whole, _ = run(epochs=4, schedule="constant")
    half, _ = run(epochs=2, schedule="constant")
    kept = {path for path, _, _ in array_cache.listed()}
    rest = resume(Path(half.run_folder or ""), epochs=4)
    assert {path for path, _, _ in array_cache.listed()} == kept  # the backbone looks at nothing again
    assert [(row.train_loss, row.val_loss) for row in rest.history] == [
        (row.train_loss, row.val_loss) for row in whole.history
    ]


def test_the_compact_recipe_goes_on_exactly_where_it_stopped(drawings: Path, tmp_path: Path) -> None:
    given = {"image_size": 64, "first_size": 48, "last_size": 64, "batch_size": 16, "threads": 1, "epochs": 3}
    config = recipe("compact").config(str(drawings), **given, precision="float32")
    whole = train(config, out=tmp_path / "runs")
    control = RunControl()

    def stop_in_the_second_epoch(event: AnyEvent) -> None:
        if isinstance(event, BatchFinished) and (event.epoch, event.batch) == (2, 2):
            control.stop()

    half = train(config, out=tmp_path / "runs", emit=stop_in_the_second_epoch, control=control)
    assert half.status == "stopped"
    rest = resume(Path(half.run_folder or ""))
    assert [(row.train_loss, row.val_loss, row.learning_rate) for row in rest.history] == [
        (row.train_loss, row.val_loss, row.learning_rate) for row in whole.history
    ]


def test_epochs_of_small_images_are_not_compared_with_validation(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[list[int]] = []

    def note(history: Sequence[EpochMetrics], _counts: object) -> list[AdviceGiven]:
        compared.append([row.epoch for row in history])
        return []

    monkeypatch.setattr(advice, "after_epoch", note)
    given = {"image_size": 96, "first_size": 48, "last_size": 96, "epochs": 4}
    train(recipe("compact").config(str(drawings), **given), out=tmp_path / "runs")
    assert [image_size_at(recipe("compact").config("x", **given), epoch) for epoch in (1, 2, 3, 4)] == [48, 64, 80, 96]
    assert compared == [[], [], [3], [3, 4]]


def test_a_compact_model_looks_twice_in_its_run_and_ever_after(drawings: Path, tmp_path: Path) -> None:
    given = {"image_size": 48, "first_size": 0, "last_size": 0, "batch_size": 16, "epochs": 2}
    done = train(recipe("compact").config(str(drawings), **given, precision="float32"), out=tmp_path / "runs")
    file = Path(done.model or "")
    assert done.evaluation is not None
    assert evaluate_model(file, drawings, precision="float32").loss == pytest.approx(done.evaluation.loss, rel=1e-4)
    photos = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 3), dtype=np.uint8)
    predictor = Predictor.load(file, precision="float32")
    for here, there in zip(predictor.outputs(photos), predictor.outputs(photos[:, :, ::-1].copy()), strict=True):
        torch.testing.assert_close(here, there)
    network = model_file.load(file).network
    one_look = network(to_images(photos, torch.device("cpu")))
    assert (predictor.outputs(photos).logits - one_look).abs().max() > 1e-3


def test_an_overflow_in_bfloat16_goes_on_in_float32(
    small_config: Callable[..., TrainConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.training import loop

    honest = loop.compute_shards

    def overflows(run: Run, *rest: Any) -> list[ShardResult]:
        *results, last = honest(run, *rest)
        return [*results, last._replace(objective=float("inf")) if run.precision is torch.bfloat16 else last]

    monkeypatch.setattr(loop, "compute_shards", overflows)
    events: list[AnyEvent] = []
    result = train(small_config(precision="bfloat16", epochs=1), out=tmp_path, emit=events.append)
    assert result.status == "completed"
    notes = [event.text for event in events if isinstance(event, Noted)]
    assert sum("float32" in text for text in notes) == 1


def test_damaged_negatives_end_a_run_before_its_first_epoch(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "negatives.safetensors"
    damaged.write_bytes(b"damaged")
    monkeypatch.setattr("trainer.inference.negatives.resource", lambda *_: damaged)
    events: list[AnyEvent] = []
    config = TrainConfig(dataset=str(drawings), recipe="transfer", image_size=SIZE, epochs=1)
    result = train(config, out=tmp_path / "runs", emit=events.append)
    assert result.error is not None
    assert "negatives.safetensors is damaged. Install CatDog again." in result.error.sentence
    assert not any(isinstance(event, BatchFinished) for event in events)
