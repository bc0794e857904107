"""The choice of device and precision, with the hardware that this machine may not have played by stand-ins."""

import pytest
import torch

from trainer import devices
from trainer.errors import SettingError


def has(monkeypatch: pytest.MonkeyPatch, *, cuda: bool, mps: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(("there", "expected"), [(("cuda", "mps"), "cuda"), (("mps",), "mps"), ((), "cpu")])
def test_auto_takes_the_best_there_is(there: tuple[str, ...], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, cuda="cuda" in there, mps="mps" in there)
    assert devices.choose("auto").type == expected
    assert devices.choose("cpu").type == "cpu"


def test_a_device_that_is_not_there_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, cuda=False, mps=True)
    with pytest.raises(SettingError, match=r"cuda is not there on this computer\. Choose auto or mps, cpu"):
        devices.choose("cuda")


def test_auto_precision_is_bfloat16_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for capabilities, expected in (
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({"avx2": True, "avx512_bf16": False}, torch.float32),
    ):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda found=capabilities: found)
        assert devices.choose_precision("auto", cpu) is expected
        assert devices.choose_precision("float32", cpu) is torch.float32
        assert devices.choose_precision("bfloat16", cpu) is torch.bfloat16
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert devices.choose_precision("auto", torch.device("cuda")) is torch.bfloat16
    assert devices.choose_precision("auto", torch.device("mps")) is torch.float32


def test_threads_are_set_or_left(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        assert devices.set_threads(1) == 1
        assert devices.set_threads(0) == 1
    finally:
        torch.set_num_threads(before)
