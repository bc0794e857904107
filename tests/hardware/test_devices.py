"""The choice of device and precision, with the hardware that this machine may not have played by stand-ins."""

import os

import pytest
import torch

from trainer.core.errors import SettingError
from trainer.hardware import devices


def has(monkeypatch: pytest.MonkeyPatch, *, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(("there", "expected"), [(("cuda", "mps"), "cuda"), (("mps",), "mps"), ((), "cpu")])
def test_auto_takes_the_best_there_is(there: tuple[str, ...], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, cuda="cuda" in there, mps="mps" in there)
    assert devices.choose_device("auto").type == expected
    assert devices.choose_device("cpu").type == "cpu"


def test_a_device_that_is_not_there_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, cuda=False, mps=True)
    with pytest.raises(SettingError, match=r"cuda is not there on this computer\. Choose one of auto, mps, cpu"):
        devices.choose_device("cuda")


@pytest.mark.parametrize(("share", "expected"), [(0.5, torch.bfloat16), (0.9, torch.float32), (5, torch.float32)])
def test_auto_precision_is_bfloat16_only_where_it_is_measured_to_be_faster(
    share: float, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = torch.device("cpu")
    devices.is_faster_in_bfloat16.cache_clear()
    monkeypatch.setattr(devices, "bfloat16_share", lambda: share)
    assert devices.choose_precision("auto", cpu) is expected
    assert devices.choose_precision("float32", cpu) is torch.float32
    assert devices.choose_precision("bfloat16", cpu) is torch.bfloat16
    devices.is_faster_in_bfloat16.cache_clear()


def test_other_devices_say_themselves_whether_they_have_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert devices.choose_precision("auto", torch.device("cuda")) is torch.bfloat16
    assert devices.choose_precision("auto", torch.device("mps")) is torch.float32
    devices.is_faster_in_bfloat16.cache_clear()


def test_the_measurement_takes_turns_and_the_shortest_times_count(monkeypatch: pytest.MonkeyPatch) -> None:
    took = {torch.float32: [9.0, 2.0, 50.0, 2.0], torch.bfloat16: [40.0, 1.0, 1.0, 30.0]}  # another program comes along
    turns: list[torch.dtype] = []

    def convolution(_images: torch.Tensor, _weights: torch.Tensor, precision: torch.dtype) -> float:
        turns.append(precision)
        return took[precision][(len(turns) - 1) // 2 % 4]

    monkeypatch.setattr(devices, "_convolution_seconds", convolution)
    assert devices.bfloat16_share() == 0.5
    assert turns[:4] == [torch.float32, torch.bfloat16] * 2
    monkeypatch.undo()
    assert 0.01 < devices.bfloat16_share() < 100


def test_a_graphics_card_takes_repeatable_operations_for_as_long_as_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with devices.repeatable(torch.device("cpu")):
        assert not torch.are_deterministic_algorithms_enabled()
    with devices.repeatable(torch.device("cuda")):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert not torch.are_deterministic_algorithms_enabled()
