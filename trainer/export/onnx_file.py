"""A model as an ONNX file with proof: it is written only where it says what the model says."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch

from trainer.core.errors import ExportError, SettingError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import plain, text
from trainer.core.version import version
from trainer.export import onnx_format
from trainer.export.onnx_graph import onnx_graph
from trainer.export.proof import Proof, prove
from trainer.export.proof_photos import ProofPhoto, hard_photos, of_files, test_photos
from trainer.export.record import ExportRecord, as_metadata, new_record, read_record
from trainer.export.session import ExportedModel
from trainer.files.atomic import refuse_unwritable, write_atomically
from trainer.files.regular import read_regular
from trainer.hardware.parallel import worker_count
from trainer.inference.predictor import Predictor
from trainer.storage import model_file
from trainer.storage.model_file import Model
from trainer.storage.model_list import describe_model

ENDING = ".onnx"
_CPU = torch.device("cpu")


class Exported(NamedTuple):
    """An export that was proved."""

    data: bytes
    """The whole file."""
    record: ExportRecord
    proof: Proof


def export_onnx(
    model: Path,
    out: Path,
    *,
    int8: bool = False,
    force: bool = False,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Exported:
    """Write a model as an ONNX file (`onnx_graph`), once it is proved that both say the same (`proof`).

    With `int8` its weights take eight bits each. An export that is there is written anew; any other file stays as it
    is, unless `force`. `note` is told what the proof could not use. Raises ModelFileError, ExportError where the proof
    fails, SettingError where another file is in the way, DiskError, and CancelledError; nothing is written then.
    """
    if not force:
        _refuse_other(out)
    refuse_unwritable(out)
    exported = proven_onnx(model, int8=int8, progress=progress, cancelled=cancelled, note=note)
    write_atomically(out, exported.data)
    return exported


def proven_onnx(
    model: Path,
    *,
    int8: bool = False,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Exported:
    """Return what `export_onnx` writes. Raises ModelFileError, ExportError and CancelledError."""
    loaded = model_file.load(model)
    graph, record = _unproven(loaded, model, int8=int8)
    export = ExportedModel(_file(graph, record), model)
    chosen = test_photos(model, loaded.description, note)
    with contextlib.ExitStack() as opened:
        if chosen.source is not None:
            opened.enter_context(chosen.source)
        photos = (*chosen.photos, *hard_photos())
        proof = _proved(loaded, export, photos, progress=progress, cancelled=cancelled, note=note)
    record = msgspec.structs.replace(record, proof=_without_names(proof))
    return Exported(_file(graph, record), record, proof)


def unproven_onnx(model: Path, *, int8: bool = False) -> tuple[bytes, ExportRecord]:
    """Return the ONNX file of a model with its record, at once: nobody has looked whether it says the same.

    Raises ModelFileError and ExportError.
    """
    graph, record = _unproven(model_file.load(model), model, int8=int8)
    return _file(graph, record), record


def verify(
    export: Path,
    model: Path,
    photos: list[Path],
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Proof:
    """Return how an export compares with its model on photos.

    Raises ModelFileError, CancelledError, and ExportError where the file is none or of another model, and where the
    proof fails.
    """
    opened, loaded = ExportedModel.open(export), model_file.load(model)
    if opened.record.model_sha256 != loaded.digest:
        raise ExportError(
            text("{export} was exported from another model than {model}.", export=str(export), model=str(model)),
            remedy=text("Name the model that it was made of, “{title}”.", title=opened.record.title),
            path=export,
        )
    return _proved(loaded, opened, of_files(photos), progress=progress, cancelled=cancelled, note=note)


def _unproven(loaded: Model, model: Path, *, int8: bool) -> tuple[bytes, ExportRecord]:
    graph = onnx_graph(loaded, int8=int8)
    return graph, new_record(loaded, graph, title=describe_model(model).title, int8=int8)


def _proved(
    model: Model,
    export: ExportedModel,
    photos: tuple[ProofPhoto, ...],
    *,
    progress: Progress,
    cancelled: Cancelled,
    note: Callable[[str], None],
) -> Proof:
    workers = worker_count(_CPU, 0)
    predictor = Predictor(model, _CPU)
    proof = prove(predictor, export, photos, workers=workers, progress=progress, cancelled=cancelled, note=note)
    if (failure := proof.failure) is not None:
        raise ExportError(
            failure, remedy=text("Please report this, with the model's recipe and the versions that “About” names.")
        )
    return proof


def _file(graph: bytes, record: ExportRecord) -> bytes:
    return onnx_format.model(graph, version=version(), metadata=as_metadata(record))


def _without_names(proof: Proof) -> dict[str, object]:
    """Return a proof as it is kept in the file: without the names of photos, since exports are handed on."""
    found: dict[str, object] = msgspec.to_builtins(proof, enc_hook=plain)
    for name in ("same_pixels", "large_jpegs"):
        if isinstance(differences := found[name], dict):
            differences["changed"] = len(differences["changed"])
            del differences["worst"]
    return found


def _refuse_other(file: Path) -> None:
    """Raise SettingError where something lies at this path that is no export of CatDog."""
    if not os.path.lexists(file):
        return
    with contextlib.suppress(ExportError, OSError):
        if file.is_file():  # to open a pipe would wait for whoever writes into it
            read_record(read_regular(file), file)
            return
    raise SettingError(
        text("{file} is there already, and is no export of CatDog.", file=str(file)),
        remedy=text("Name another file (in the terminal: --out), or delete this one."),
        path=file,
    )
