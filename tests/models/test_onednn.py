"""Layers computed in oneDNN's own layout give what torch gives, and the same whoever computes them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from trainer.hardware.devices import PRECISIONS, autocast
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


@pytest.fixture(params=["bfloat16", "float32"])
def dtype(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[torch.dtype]:
    """Return a type in which layers go oneDNN's way: in float32 whatever vectors the processor has."""
    name: str = request.param
    if name == "bfloat16" and not onednn.multiplies_bfloat16():
        pytest.skip("this processor does not multiply in bfloat16")
    if name == "float32":
        if not torch.backends.mkldnn.is_available():
            pytest.skip("this torch is built without oneDNN")
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    with one_thread():
        yield PRECISIONS[name]


def _images(seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(8, 3, 64, 64, generator=generator)
    return images.contiguous(memory_format=torch.channels_last)


def _maps_and_gradients(network: Classic, images: torch.Tensor, dtype: torch.dtype) -> list[torch.Tensor]:
    with autocast(dtype, CPU):
        maps = network.last_maps(images).float()
    return [maps.detach(), *torch.autograd.grad(maps.square().sum(), list(network.features.parameters()))]


def test_maps_and_gradients_are_torchs(network: Classic, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    images = _images(1)
    forward, calls = onednn.forward, []
    monkeypatch.setattr(onednn, "forward", lambda *given: (calls.append(given), forward(*given))[1])
    ours = _maps_and_gradients(network, images, dtype)
    assert len(calls) == 1
    monkeypatch.setattr(onednn, "dtype_here", lambda _images: None)
    torchs = _maps_and_gradients(network, images, dtype)
    assert len(calls) == 1
    exact = network.double().features(images.double())
    # As far from the exact ones as torch's own, whose numbers have eight significant bits in bfloat16, and 24.
    most = {torch.bfloat16: 0.02, torch.float32: 2e-6}[dtype] * exact.abs().max()
    assert (ours[0] - exact).abs().max() <= 1.5 * (torchs[0] - exact).abs().max() < most
    for mine, its in zip(ours, torchs, strict=True):
        near = {torch.bfloat16: 0.01, torch.float32: 1e-5}[dtype]
        assert torch.linalg.vector_norm(mine - its) < near * torch.linalg.vector_norm(its)


def test_whoever_computes_arrives_at_the_same_bits(network: Classic, dtype: torch.dtype) -> None:
    batches = [_images(seed) for seed in range(6)]
    alone = [_maps_and_gradients(network, images, dtype) for images in batches]

    def with_one_thread(images: torch.Tensor) -> list[torch.Tensor]:
        with one_thread():
            return _maps_and_gradients(network, images, dtype)

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(with_one_thread, batches))
    for mine, its in zip(alone, together, strict=True):
        assert all(torch.equal(one, other) for one, other in zip(mine, its, strict=True))


@pytest.mark.parametrize("capability", ["AVX512", "DEFAULT"])
def test_in_float32_without_avx2_alone_torch_computes(
    network: Classic, capability: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    images = _images(2)
    assert onednn.dtype_here(images) is None
    assert torch.equal(network.last_maps(images), network.features(images))


def test_double_precision_is_left_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert onednn.dtype_here(torch.zeros(1, dtype=torch.float64)) is None


def test_whether_it_can_is_found_out_also_while_nothing_learns() -> None:
    before = onednn.multiplies_bfloat16()
    onednn.multiplies_bfloat16.cache_clear()
    with torch.inference_mode(), autocast(torch.bfloat16, CPU):
        assert (onednn.dtype_here(torch.zeros(1)) is torch.bfloat16) == before


def test_other_layers_are_refused() -> None:
    with pytest.raises(TypeError, match="Sigmoid"):
        onednn.forward([torch.nn.Sigmoid()], _images(3), torch.float32)
