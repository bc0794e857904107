"""The classic network is the mission's, layer by layer, and starts as Keras would."""

import math

import pytest
import torch
from torch import nn

from trainer.models import build, parameter_count
from trainer.training import optimisers


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return build("classic", image_size=150, dropout=0.5)


def test_its_layers_are_the_missions(network: nn.Module) -> None:
    layers = [module for module in network.modules() if not list(module.children())]
    names = [type(layer).__name__.removeprefix("Shard") for layer in layers]  # a dropout that knows its shard
    # Pooling before rectifying gives the same numbers as after it (below), and leaves a quarter of them to rectify.
    assert names == ["Conv2d", "MaxPool2d", "ReLU"] * 4 + ["Flatten", "Dropout", "Linear", "ReLU", "Linear"]
    assert [layer.out_channels for layer in layers if isinstance(layer, nn.Conv2d)] == [32, 64, 128, 128]
    assert [layer.p for layer in layers if isinstance(layer, nn.Dropout)] == [0.5]


def test_pooling_first_is_the_mission_number_for_number(network: nn.Module) -> None:
    images = torch.rand(2, 3, 150, 150)
    maps = images
    for layer in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        maps = torch.max_pool2d(torch.relu(layer(maps)), 2)
    assert torch.equal(network.features(images), maps)


def test_it_has_as_many_weights_as_the_published_one(network: nn.Module) -> None:
    # Deep Learning with Python, listing 5.5: "Total params: 3,453,121".
    assert parameter_count(network) == 3_453_121


@pytest.mark.parametrize("size", [48, 64, 150, 151])
def test_it_takes_any_allowed_size(size: int) -> None:
    network = build("classic", image_size=size, dropout=0.0)
    assert network(torch.rand(2, 3, size, size)).shape == (2,)


def test_it_starts_as_keras_does(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            weight = module.weight
            area = math.prod(weight.shape[2:])
            limit = math.sqrt(6 / (area * (weight.shape[0] + weight.shape[1])))
            assert weight.abs().max() <= limit
            assert weight.abs().max() > 0.95 * limit
            assert weight.std().item() == pytest.approx(limit / math.sqrt(3), rel=0.1)
            assert not module.bias.any()


def test_rmsprop_steps_as_published() -> None:
    weight = nn.Parameter(torch.tensor([1.0]))
    optimiser = optimisers.build("rmsprop", [weight], learning_rate=1e-4, weight_decay=0.0)
    square = 0.0
    expected = 1.0
    for gradient in (0.5, -0.2, 0.1):
        weight.grad = torch.tensor([gradient])
        optimiser.step()
        square = 0.9 * square + 0.1 * gradient**2
        expected -= 1e-4 * gradient / (math.sqrt(square) + 1e-7)
    assert weight.item() == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw", "sgd"])
def test_every_optimiser_decays_weights_and_no_biases(name: str) -> None:
    weight, bias = nn.Parameter(torch.tensor([[1.0]])), nn.Parameter(torch.tensor([1.0]))
    optimiser = optimisers.build(name, [weight, bias], learning_rate=0.01, weight_decay=0.1)  # type: ignore[arg-type]
    weight.grad, bias.grad = torch.zeros(1, 1), torch.zeros(1)
    optimiser.step()
    assert weight.item() < 1.0
    assert bias.item() == 1.0
