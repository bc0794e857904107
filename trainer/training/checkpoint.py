"""Everything needed to resume a run exactly where it stopped, in one file with a checksum over all of it.

The file is a line of text with the format and the SHA-256, then what torch saved. Random states are not among it:
`trainer.training.data.seeds` derives them from the seed, the epoch and the batch.
"""

import hashlib
import io
import math
import re
import warnings
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import torch
from torch import nn

from trainer.core.errors import CheckpointError
from trainer.core.text import text
from trainer.dataset.records import Dataset
from trainer.files.atomic import write_atomically
from trainer.files.regular import read_regular
from trainer.storage.run_record import RunRecord
from trainer.training.training_state import TrainingState

FORMAT = 3  # 1, of CatDog 0.1, and 2 are read too: they have no checksum but those of their zip
_HEAD = re.compile(rb"CatDog checkpoint (\d{1,9}) ([0-9a-f]{64})\n")
# What an optimiser remembers of each weight once it has made a step.
REMEMBERED: dict[type[torch.optim.Optimizer], set[str]] = {
    torch.optim.RMSprop: {"step", "square_avg"},
    torch.optim.Adam: {"step", "exp_avg", "exp_avg_sq"},
    torch.optim.AdamW: {"step", "exp_avg", "exp_avg_sq"},
    torch.optim.SGD: {"momentum_buffer"},
}


class NewerCheckpointError(CheckpointError):
    """A newer CatDog saved the checkpoint."""


class Checkpoint(NamedTuple):
    """What a checkpoint holds, on the processor."""

    network: dict[str, Any]
    ema: dict[str, Any] | None
    optimiser: dict[str, Any]
    progress: TrainingState
    run: str = ""
    """Which run it is of (`identity_of`); empty in those of former versions."""
    sha256: str = ""
    """Its checksum; empty in those of former versions."""


class Expected(NamedTuple):
    """What a run's checkpoint has to fit."""

    run: str
    epochs: int
    batch_size: int
    photos: int
    """For training."""

    @classmethod
    def of(cls, record: RunRecord, dataset: Dataset) -> "Expected":
        """Return what fits this run."""
        photos = sum(photo.split == "train" for photo in dataset.photos)
        return cls(identity_of(record, dataset), record.config.epochs, record.config.batch_size, photos)


def identity_of(record: RunRecord, dataset: Dataset) -> str:
    """Return a SHA-256 over when a run began, and which photos it has in which class and split."""
    photos = [(photo.path, photo.class_index, photo.split, photo.digest) for photo in dataset.photos]
    return hashlib.sha256(msgspec.json.encode([record.created, record.fingerprint, photos])).hexdigest()


def save(
    path: Path,
    network: nn.Module,
    ema: nn.Module | None,
    optimiser: torch.optim.Optimizer,
    progress: TrainingState,
    *,
    run: str = "",
    former: Path | None = None,
) -> str:
    """Write a checkpoint of that run, whole or not at all, and return its checksum.

    With `former`, the one that was there is kept under that name. Raises DiskError.
    """
    content = {
        "format": FORMAT,
        "run": run,
        "network": network.state_dict(),
        "ema": ema.state_dict() if ema else None,
        "optimiser": optimiser.state_dict(),
        "progress": {**asdict(progress), "history": [msgspec.to_builtins(row) for row in progress.history]},
    }
    buffer = io.BytesIO()  # torch.save would disguise a full disk as an error of its own
    torch.save(content, buffer)
    body = buffer.getvalue()
    checksum = _checksum(FORMAT, body)
    write_atomically(path, f"CatDog checkpoint {FORMAT} {checksum}\n".encode() + body, former=former)
    return checksum


def read(path: Path, expected: Expected | None = None) -> Checkpoint:
    """Return what a checkpoint holds. No code in it is run.

    Raises FileNotFoundError, and CheckpointError where it cannot be read, is damaged, is not of the expected run, or
    says what cannot be.
    """
    try:
        content = read_regular(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        what = text("{path} cannot be read ({reason}).", path=str(path), reason=error.strerror or str(error))
        raise CheckpointError(what, remedy=text("Try again, or change its permissions."), path=path) from error
    found = _parse(content, path)
    if expected is not None:
        _refuse_other(found, expected, path)
    return found


def restore(
    saved: Checkpoint, network: nn.Module, ema: nn.Module | None, optimiser: torch.optim.Optimizer, path: Path
) -> None:
    """Put a checkpoint's state into network, moving average and optimiser.

    Raises CheckpointError where it is of other ones; `path` is where it was read.
    """
    try:
        network.load_state_dict(saved.network)
        if ema:
            ema.load_state_dict(saved.ema or {})
        _refuse_unfit_options(saved, optimiser)
        _refuse_unfit_memory(saved, optimiser)
        optimiser.load_state_dict(_with_all_options(saved, optimiser))
    except Exception as error:  # whatever torch raises for a dictionary of another shape
        raise _damaged(path) from error


def _parse(content: bytes, path: Path) -> Checkpoint:
    try:
        return _checkpoint(*_opened(content))
    except _NewerError as error:
        what = text("{path} was saved by a newer CatDog.", path=str(path))
        raise NewerCheckpointError(what, remedy=text("Update CatDog."), path=path) from error
    except Exception as error:  # whatever torch's reader, or a dictionary of another shape, raises
        raise _damaged(path) from error


class _NewerError(Exception):
    """A newer CatDog saved it."""


def _opened(content: bytes) -> tuple[dict[str, Any], str]:
    """Return what torch saved, and the checksum of it. Raises ValueError where that does not fit."""
    head = _HEAD.match(content)
    if head is None:
        _check_zip(content)
        body, checksum = content, ""
    else:
        body, checksum = content[head.end() :], head[2].decode()
        if _checksum(int(head[1]), body) != checksum:
            raise ValueError("the checksum is another one")
        if int(head[1]) > FORMAT:
            raise _NewerError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a file that is refused anyway
        opened: dict[str, Any] = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
    return opened, checksum


def _check_zip(content: bytes) -> None:
    """Raise where a part of torch's zip is not what was written: torch itself does not look."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip() is not None:
            raise ValueError("a part of it is damaged")


def _checkpoint(content: dict[str, Any], checksum: str) -> Checkpoint:
    if content["format"] > FORMAT:
        raise _NewerError
    if content["format"] == FORMAT and not checksum:
        raise ValueError("its checksum is missing")
    _accept_format_1(content)
    _refuse_no_numbers(content["network"], content["ema"] or {})
    return Checkpoint(
        network=content["network"],
        ema=content["ema"],
        optimiser=content["optimiser"],
        progress=msgspec.convert(content["progress"], TrainingState),
        run=content.get("run", ""),
        sha256=checksum,
    )


def _refuse_no_numbers(*networks: dict[str, Any]) -> None:
    """Raise ValueError where weights are no finite numbers in float32: nothing could be learnt from there on."""
    for weights in networks:
        if not all(bool(tensor.float().isfinite().all()) for tensor in weights.values()):
            raise ValueError("weights are no numbers")


def _refuse_other(found: Checkpoint, expected: Expected, path: Path) -> None:
    """Raise CheckpointError where a checkpoint is of another run, or at a place where this one cannot be."""
    if found.run and found.run != expected.run:
        what = text("The checkpoint {path} is of another run, or of other photos.", path=str(path))
        raise CheckpointError(what, remedy=text("Put back the one of this run, or start a new run."), path=path)
    if not found.progress.can_be(epochs=expected.epochs, batch_size=expected.batch_size, photos=expected.photos):
        raise _damaged(path)


_WAYS_TO_COMPUTE = ("foreach", "fused")


def _refuse_unfit_options(saved: Checkpoint, optimiser: torch.optim.Optimizer) -> None:
    """Raise ValueError where an option of the optimiser is not of its kind: numbers may differ, switches may not."""
    for group, its in zip(optimiser.param_groups, saved.optimiser["param_groups"], strict=True):
        for name, value in group.items():
            given = its.get(name, value)
            if name in _WAYS_TO_COMPUTE:  # other versions choose another one
                fits = given is None or isinstance(given, bool)
            else:
                fits = name == "params" or _is_of_kind(given, value)
            if not fits:
                raise ValueError(f"the option {name} cannot be {given!r}")


def _with_all_options(saved: Checkpoint, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """Return the optimiser's saved state with the options that it lacks, which other versions may not have had."""
    groups = zip(optimiser.param_groups, saved.optimiser["param_groups"], strict=True)
    return {**saved.optimiser, "param_groups": [{**group, **its} for group, its in groups]}


def _is_of_kind(given: object, value: object) -> bool:
    if isinstance(value, tuple | list):
        return isinstance(given, tuple | list) and len(given) == len(value) and all(map(_is_of_kind, given, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return given == value
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _refuse_unfit_memory(saved: Checkpoint, optimiser: torch.optim.Optimizer) -> None:
    """Raise ValueError where the optimiser's memory of a weight is missing, or has another shape or type.

    torch takes over whatever it is given, and would fail, or go on otherwise, in the next step.
    """
    if not saved.progress.has_stepped:
        return
    state, wanted = saved.optimiser["state"], REMEMBERED[type(optimiser)]
    for group, its in zip(optimiser.param_groups, saved.optimiser["param_groups"], strict=True):
        for parameter, number in zip(group["params"], its["params"], strict=True):
            memory = state[number]
            if not (wanted <= memory.keys() and all(_fits(name, memory[name], parameter) for name in wanted)):
                raise ValueError(f"what is remembered of weight {number} does not fit")


def _fits(name: str, remembered: torch.Tensor, parameter: nn.Parameter) -> bool:
    """Return whether a tensor can be what an optimiser remembers of a weight under that name."""
    shape = torch.Size() if name == "step" else parameter.shape
    return remembered.shape == shape and remembered.dtype == torch.float32 and bool(remembered.isfinite().all())


def _accept_format_1(content: dict[str, Any]) -> None:
    """Rename what CatDog 0.1 saved to today's names. Networks rename their own weights when they load them."""
    if content["format"] > 1:
        return
    content["ema"] = content.pop("average")
    for group in content["optimiser"]["param_groups"]:
        if "pace" in group:
            group["lr_scale"] = group.pop("pace")
    state = content["progress"]
    # There was one sum, of the objective. It also stands in for the plain loss until the epoch ends.
    state.update(loss_photos=state["seen"], objective_sum=state["loss_sum"])


def _checksum(version: int, body: bytes) -> str:
    digest = hashlib.sha256(f"{version}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def _damaged(path: Path) -> CheckpointError:
    return CheckpointError(
        text("The checkpoint {path} is damaged or not CatDog's.", path=str(path)),
        remedy=text("Start a new run."),
        path=path,
    )
