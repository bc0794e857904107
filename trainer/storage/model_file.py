"""The saved model: one safetensors file that describes itself. Opening somebody's file never runs their code."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError

from trainer import models
from trainer.core.errors import ModelFileError, SettingError
from trainer.core.text import plain, text
from trainer.files.atomic import write_atomically
from trainer.files.regular import read_regular
from trainer.models.detector import Detector, DetectorKind
from trainer.models.network import Network
from trainer.storage.model_description import (
    DIGEST_KEY,
    FORMAT,
    METADATA_KEY,
    ModelDescription,
    VerdictLimits,
    damaged,
    parse_description,
    read_metadata,
    unreadable,
)

Tensors = dict[str, torch.Tensor]
# The tensors that are not the network's.
PROTOTYPES = "out_of_distribution.prototypes"
_PROBES, _OFFSETS = "out_of_distribution.probes", "out_of_distribution.offsets"
_FORMER_PROTOTYPES = "familiarity.prototypes"  # in files of CatDog 0.1


class Model(NamedTuple):
    """What a model file holds."""

    network: Network
    description: ModelDescription
    detector: Detector
    digest: str = ""
    """Of the file that it was read from (`digest_of`); empty where it comes from none."""


def save(path: Path, model: Model, *, half: bool = False) -> str:
    """Write a model file, whole or not at all; with `half` as float16, in half the room. Return its digest.

    Raises DiskError.
    """
    description = model.description
    tensors = {name: _stored(tensor, half=half) for name, tensor in model.network.state_dict().items()}
    if model.detector.kind == "prototypes":
        tensors[PROTOTYPES] = _stored(model.detector.directions, half=half)
    else:  # few numbers, of many sizes: no half precision
        tensors[_PROBES] = _stored(model.detector.directions, half=False)
        tensors[_OFFSETS] = _stored(model.detector.offsets, half=False)
    return _write(path, tensors, description)


def _write(path: Path, tensors: Tensors, description: ModelDescription) -> str:
    """Write a file and return its digest. Raises DiskError."""
    described = msgspec.json.encode(description, enc_hook=plain).decode()
    digest = digest_of(tensors, described)
    write_atomically(path, safetensors.torch.save(tensors, {METADATA_KEY: described, DIGEST_KEY: digest}))
    return digest


def _stored(tensor: torch.Tensor, *, half: bool) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    return tensor.half() if half and tensor.is_floating_point() else tensor


def save_with_limits(source: Path, target: Path, limits: VerdictLimits, threshold: float | None = None) -> None:
    """Write a copy of a model file with other limits of "not sure" or another threshold, its numbers bit for bit.

    Its record of the test counts with the limits as they were, so the copy has none. Raises ModelFileError for a
    damaged source, SettingError where the target exists, and DiskError.
    """
    tensors, description, _ = _read(source)
    _model(tensors, description, source)  # raises where its content is not a model's
    if target.exists():
        what = text("{path} exists already.", path=str(target))
        raise SettingError(what, remedy=text("Choose another name, or delete it first."))
    threshold = description.threshold if threshold is None else threshold
    described = msgspec.structs.replace(description, format=FORMAT, limits=limits, threshold=threshold, test=None)
    _write(target, tensors, described)


def load(path: Path) -> Model:
    """Return the network, ready to predict on the processor, with its description.

    Raises ModelFileError where the file is damaged, cut off, from a newer version or of another kind. Its content is
    compared with the digest written beside it, so a single wrong bit is found.
    """
    tensors, description, digest = _read(path)
    return _model(tensors, description, path)._replace(digest=digest)


def _read(path: Path) -> tuple[Tensors, ModelDescription, str]:
    """Return a file's tensors as they are stored, its description and its digest. Raises ModelFileError."""
    metadata = read_metadata(path)
    description = parse_description(metadata, path)
    try:
        content = read_regular(path)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        tensors = safetensors.torch.load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise damaged(path) from error
    digest = digest_of(tensors, metadata[METADATA_KEY])
    if metadata.get(DIGEST_KEY) != digest:
        raise damaged(path)
    return tensors, description, digest


def _model(stored: Tensors, description: ModelDescription, path: Path) -> Model:
    """Return what those tensors are, in float32. Raises ModelFileError where they do not fit the description."""
    tensors = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in stored.items()}
    detector = _detector(tensors, description.limits.detector, path)
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise ModelFileError(
            text("The model file {path} holds weights that are no numbers.", path=str(path)),
            remedy=text("Choose another model, or train anew."),
            path=path,
        )
    network = _assemble(tensors, description, path)
    if len(detector.directions) and detector.directions.shape[1:] != (network.feature_count,):
        raise damaged(path)
    return Model(network, description, detector)


def _detector(tensors: Tensors, kind: DetectorKind, path: Path) -> Detector:
    """Take the detector's tensors out of a file's. Raises ModelFileError."""
    if kind == "prototypes":
        prototypes = tensors.pop(PROTOTYPES, tensors.pop(_FORMER_PROTOTYPES, torch.empty(0, 0)))
        if not _are_numbers(prototypes, 2):
            raise damaged(path)
        return Detector(kind, prototypes, torch.zeros(len(prototypes)))
    probes, offsets = tensors.pop(_PROBES, None), tensors.pop(_OFFSETS, None)
    if probes is None or offsets is None or not (_are_numbers(probes, 2) and _are_numbers(offsets, 1)):
        raise damaged(path)
    if not len(probes) or len(offsets) != len(probes):  # without a probe, every photo would pass
        raise damaged(path)
    return Detector(kind, probes, offsets)


def _are_numbers(tensor: torch.Tensor, dimensions: int) -> bool:
    return tensor.ndim == dimensions and tensor.is_floating_point() and bool(tensor.isfinite().all())


def _assemble(tensors: Tensors, description: ModelDescription, path: Path) -> Network:
    if description.network not in models.NETWORKS:
        raise ModelFileError(
            text(
                "{path} holds a network called {name}, which this CatDog does not know.",
                path=str(path),
                name=repr(description.network),
            ),
            remedy=text("Update CatDog."),
            path=path,
        )
    # On the meta device no memory is taken for weights that a hostile description might call for.
    with torch.device("meta"):
        network = models.build(
            description.network,
            image_size=description.preprocessing.image_size,
            dropout=description.dropout,
            tuned_stages=description.tuned_stages,
        )
    wanted = network.state_dict()
    if any(name in wanted and tensor.dtype != wanted[name].dtype for name, tensor in tensors.items()):
        raise damaged(path)
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError:
        raise damaged(path) from None
    return network.eval().requires_grad_(requires_grad=False)


def digest_of(tensors: Tensors, text: str) -> str:
    """Return the SHA-256 over the description and every tensor's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()
