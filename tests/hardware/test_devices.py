"""The choice of device and precision, with the hardware that this machine may not have played by stand-ins."""

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


@pytest.mark.parametrize(("seconds", "expected"), [(0.5, torch.bfloat16), (0.9, torch.float32), (5, torch.float32)])
def test_auto_precision_is_bfloat16_only_where_it_is_measured_to_be_faster(
    seconds: float, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = torch.device("cpu")
    devices.is_faster_in_bfloat16.cache_clear()
    monkeypatch.setattr(devices, "convolution_seconds", {torch.bfloat16: seconds, torch.float32: 1.0}.__getitem__)
    assert devices.choose_precision("auto", cpu) is expected
    assert devices.choose_precision("float32", cpu) is torch.float32
    assert devices.choose_precision("bfloat16", cpu) is torch.bfloat16
    devices.is_faster_in_bfloat16.cache_clear()


def test_other_devices_say_themselves_whether_they_have_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert devices.choose_precision("auto", torch.device("cuda")) is torch.bfloat16
    assert devices.choose_precision("auto", torch.device("mps")) is torch.float32
    devices.is_faster_in_bfloat16.cache_clear()


def test_the_measurement_times_both_precisions() -> None:
    assert all(0 < devices.convolution_seconds(precision) < 10 for precision in devices.PRECISIONS.values())
