"""Layers computed in oneDNN's own layout give what torch gives, and the same whoever computes them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from trainer.hardware.devices import autocast
from trainer.hardware.parallel import one_thread
from trainer.models import build, onednn
from trainer.models.classic import Classic

CPU = torch.device("cpu")


@pytest.fixture
def network() -> Classic:
    torch.manual_seed(0)
    network = build("classic", image_size=64, dropout=0.0)
    assert isinstance(network, Classic)
    return network


@pytest.fixture(autouse=True)
def _can(request: pytest.FixtureRequest) -> Iterator[None]:
    with autocast(torch.bfloat16, CPU):
        can = onednn.is_faster_here(torch.zeros(1))
    if not can:
        pytest.skip("this processor does not multiply in bfloat16")
    with one_thread():
        yield


def _images(seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(8, 3, 64, 64, generator=generator)
    return images.contiguous(memory_format=torch.channels_last)


def _maps_and_gradients(network: Classic, images: torch.Tensor) -> list[torch.Tensor]:
    with autocast(torch.bfloat16, CPU):
        maps = network.last_maps(images).float()
    return [maps.detach(), *torch.autograd.grad(maps.square().sum(), list(network.features.parameters()))]


def test_maps_and_gradients_are_torchs(network: Classic, monkeypatch: pytest.MonkeyPatch) -> None:
    images = _images(1)
    ours = _maps_and_gradients(network, images)
    with monkeypatch.context() as patched:
        patched.setattr(onednn, "is_faster_here", lambda _images: False)
        torchs = _maps_and_gradients(network, images)
    exact = network.features(images)
    scale = exact.abs().max()
    # As far from the exact ones as torch's own in bfloat16, whose numbers have eight significant bits.
    assert (ours[0] - exact).abs().max() <= 1.5 * (torchs[0] - exact).abs().max() < 0.02 * scale
    for mine, its in zip(ours, torchs, strict=True):
        assert torch.linalg.vector_norm(mine - its) < 0.01 * torch.linalg.vector_norm(its)


def test_whoever_computes_arrives_at_the_same_bits(network: Classic) -> None:
    batches = [_images(seed) for seed in range(6)]
    alone = [_maps_and_gradients(network, images) for images in batches]

    def with_one_thread(images: torch.Tensor) -> list[torch.Tensor]:
        with one_thread():
            return _maps_and_gradients(network, images)

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(with_one_thread, batches))
    for mine, its in zip(alone, together, strict=True):
        assert all(torch.equal(one, other) for one, other in zip(mine, its, strict=True))


def test_in_float32_torch_computes(network: Classic) -> None:
    images = _images(2)
    assert not onednn.is_faster_here(images)
    assert torch.equal(network.last_maps(images), network.features(images))


def test_whether_it_can_is_found_out_also_while_nothing_learns() -> None:
    onednn.multiplies_bfloat16.cache_clear()
    with torch.inference_mode(), autocast(torch.bfloat16, CPU):
        assert onednn.is_faster_here(torch.zeros(1))


def test_other_layers_are_refused() -> None:
    with pytest.raises(TypeError, match="Sigmoid"):
        onednn.forward([torch.nn.Sigmoid()], _images(3))
