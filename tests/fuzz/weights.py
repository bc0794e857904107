"""Files of weights: models and checkpoints."""

import io
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import safetensors.torch
import torch

from tests.bad_files import jpeg
from tests.fuzz.kind import Kind
from tests.fuzz.mutate import mutated_bytes, mutated_value
from tests.fuzz.sane import demand, demand_numbers
from trainer import models
from trainer.cli.info import info
from trainer.core.errors import TrainerError
from trainer.hardware.devices import choose_device
from trainer.inference.predictor import Predictor
from trainer.models.network import Network
from trainer.storage import model_file
from trainer.storage.model_description import read_description
from trainer.storage.model_list import describe_model
from trainer.training import checkpoint
from trainer.training.checkpoint import Expected
from trainer.training.training_state import TrainingState

_FIXTURE = Path(__file__).parents[1] / "fixtures" / "catdog-0.1" / "classic-stopped"
_SIDE = 48
_HEAD = b"CatDog checkpoint"
# Both checkpoints fit such a run.
_EXPECTED = Expected(run="", epochs=3, batch_size=4, photos=16)
_NUMBERS = (float("nan"), float("inf"), float("-inf"), 0.0, 1e38, -1e38, 65504.0, 1e-45)
_TYPES = (torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.uint8, torch.bool, torch.complex64)


@cache
def _model() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    content = (_FIXTURE / "model.safetensors").read_bytes()
    description = msgspec.json.encode(read_description(_FIXTURE / "model.safetensors"))
    return safetensors.torch.load(content), json.loads(description)


def _make_model(random: Random) -> bytes:
    tensors, described = _model()
    if random.random() < 0.5:
        content = _with_digest(tensors, json.dumps(described))
        header = 8 + int.from_bytes(content[:8], "little")
        return mutated_bytes(content, random, within=header if random.random() < 0.7 else None)
    tensors = dict(tensors)
    text = json.dumps(described)
    if random.random() < 0.6:
        text = json.dumps(mutated_value(described, random))
    if random.random() < 0.6:
        _damage_tensor(tensors, random)
    return _with_digest(tensors, text)


def _with_digest(tensors: dict[str, torch.Tensor], described: str) -> bytes:
    """Return a model file with a digest that fits: else no damage comes further than there."""
    metadata = {"catdog": described, "catdog_sha256": model_file.digest_of(tensors, described)}
    return safetensors.torch.save(tensors, metadata)


def _damage_tensor(tensors: dict[str, torch.Tensor], random: Random) -> None:
    name = random.choice(list(tensors))
    tensor = tensors[name].clone()
    match random.randrange(7):
        case 0:
            del tensors[name]
        case 1:
            tensors[random.choice(("x", "", "fc.weight", "out_of_distribution.probes"))] = tensors.pop(name)
        case 2:
            tensors[name] = tensor.to(random.choice(_TYPES))
        case 3:
            tensors[name] = tensor.reshape(random.choice(((-1,), (1, *tensor.shape), tuple(reversed(tensor.shape)))))
        case 4:
            tensors[name] = torch.zeros(random.choice(((0,), (), (1,), (2, 2))))
        case 5:
            tensors[name] = torch.full_like(tensor, random.choice(_NUMBERS))
        case _:
            tensor = tensor.contiguous()
            flat = tensor.view(-1)
            if len(flat):
                flat[random.randrange(len(flat))] = random.choice(_NUMBERS)
            tensors[name] = tensor


def _check_model(data: bytes, folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(data)
    refusals: list[TrainerError] = []
    for read in (read_description, describe_model):
        try:
            demand_numbers(read(path))
        except TrainerError as error:
            refusals.append(error)
    info(path)
    predictor = Predictor(model_file.load(path), choose_device("cpu"))
    found = predictor.predict_one(jpeg())
    demand(not refusals, "a model was loaded that cannot be described")
    demand(found.probability is not None and 0 <= found.probability <= 1, f"probability {found.probability}")
    shares = found.probabilities or {}
    demand(set(shares) == set(predictor.description.classes), f"classes {set(shares)}")
    demand(abs(sum(shares.values()) - 1) < 1e-6, f"probabilities {shares}")
    demand(found.class_name is None or found.class_name in shares, f"class {found.class_name}")


def _parts() -> tuple[Network, Network, torch.optim.Optimizer]:
    network, ema = (models.build("classic", image_size=_SIDE, dropout=0.0) for _ in range(2))
    return network, ema, torch.optim.AdamW(network.parameters(), lr=1e-3)


@cache
def _checkpoints() -> tuple[tuple[bytes, Any], ...]:
    """Return a checkpoint of today's and one of CatDog 0.1, each with what it holds."""
    network, ema, optimiser = _parts()
    network(torch.zeros(2, 3, _SIDE, _SIDE)).sum().backward()
    optimiser.step()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "last.ckpt"
        state = TrainingState(batch=1, seen=4, correct=2, loss_sum=2.8, loss_photos=4, objective_sum=2.8, seconds=0.1)
        checkpoint.save(path, network, ema, optimiser, state)
        files = (path.read_bytes(), (_FIXTURE / "last.ckpt").read_bytes())
    bodies = [each.split(b"\n", 1)[1] if each.startswith(_HEAD) else each for each in files]
    return tuple(
        (each, torch.load(io.BytesIO(body), weights_only=True)) for each, body in zip(files, bodies, strict=True)
    )


class _Evil:
    """What a pickle runs when it is opened."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


def _make_checkpoint(random: Random) -> bytes:
    content, values = random.choice(_checkpoints())
    if random.random() < 0.5:
        return mutated_bytes(content, random, within=None if random.random() < 0.5 else 4096)
    buffer = io.BytesIO()
    torch.save(_damaged(values, random), buffer)
    return _with_checksum(buffer.getvalue()) if content.startswith(_HEAD) else buffer.getvalue()


def _with_checksum(body: bytes) -> bytes:
    """Return a checkpoint with a checksum that fits: else no damage comes further than there."""
    version = checkpoint.FORMAT
    return b"%s %d %s\n%s" % (_HEAD, version, checkpoint._checksum(version, body).encode(), body)  # noqa: SLF001


def _damaged(value: Any, random: Random) -> Any:
    """Return what a checkpoint holds with one part of it replaced."""
    if isinstance(value, dict) and value:
        key = random.choice(list(value))
        rest = {name: each for name, each in value.items() if name != key}
        return rest if random.random() < 0.1 else {**rest, key: _damaged(value[key], random)}
    if isinstance(value, list) and value:
        place = random.randrange(len(value))
        return [*value[:place], _damaged(value[place], random), *value[place + 1 :]]
    if isinstance(value, torch.Tensor) and random.random() < 0.8:
        tensors = {"it": value}
        _damage_tensor(tensors, random)
        return next(iter(tensors.values()), None)
    return _Evil() if random.random() < 0.1 else mutated_value(value, random)


def _check_checkpoint(data: bytes, folder: Path) -> None:
    path = folder / "last.ckpt"
    path.write_bytes(data)
    network, ema, optimiser = _parts()
    saved = checkpoint.read(path, _EXPECTED)
    checkpoint.restore(saved, network, ema, optimiser, path)
    state = saved.progress
    counts = (state.epoch - 1, state.batch, state.loss_photos, state.correct, state.seen)
    demand(all(isinstance(count, int) and count >= 0 for count in counts), f"counts {counts}")
    sums = (state.loss_sum, state.objective_sum, state.seconds, state.run_seconds)
    demand_numbers([*map(float, sums), *state.history])
    for part in (network, ema):
        demand(all(tensor.isfinite().all() for tensor in part.state_dict().values()), "weights that are no numbers")
        demand({weights.dtype for weights in part.parameters()} == {torch.float32}, "weights of another type")
    network(torch.zeros(2, 3, _SIDE, _SIDE)).sum().backward()
    optimiser.step()


MODEL = Kind("model", _make_model, _check_model)
CHECKPOINT = Kind("checkpoint", _make_checkpoint, _check_checkpoint)
