"""What an export says of itself, in its metadata."""

import hashlib
import json
from typing import Any

import msgspec

from trainer.core.errors import ExportError
from trainer.core.text import plain, text
from trainer.core.version import version
from trainer.export.onnx_format import OPSET, read_parts
from trainer.storage.model_description import ModelDescription
from trainer.storage.model_file import Model

FORMAT = 1
KEY = "catdog"
"""Of the metadata, under which the record is kept as JSON."""
NOT_SURE = ("unlike", "both", "either")
"""What the numbers after the two classes mean in the output `verdict`."""


class ExportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an export says of itself."""

    format: int = FORMAT
    catdog: str
    """The version that wrote it."""
    opset: int
    title: str
    classes: tuple[str, str]
    verdicts: tuple[str, ...]
    """What each number of the output `verdict` means."""
    image_size: int
    threshold: float
    int8: bool
    model_sha256: str
    """Of the model's content, as its own file says it (`model_file.digest_of`)."""
    graph_sha256: str
    """Of the graph in the file."""
    description: ModelDescription
    proof: dict[str, Any] = {}
    """How it compares with its model: see `trainer.export.proof.Proof`."""


def new_record(model: Model, graph: bytes, *, title: str, int8: bool) -> ExportRecord:
    """Return the record of a graph that was made of a model, before it is proved."""
    description = model.description
    return ExportRecord(
        catdog=version(),
        opset=OPSET,
        title=title.encode(errors="replace").decode(),  # a file's name may be no text
        classes=description.classes,
        verdicts=(*description.classes, *NOT_SURE),
        image_size=description.preprocessing.image_size,
        threshold=description.threshold,
        int8=int8,
        model_sha256=model.digest,
        graph_sha256=hashlib.sha256(graph).hexdigest(),
        description=description,
    )


def as_metadata(record: ExportRecord) -> dict[str, str]:
    """Return the metadata of its file."""
    return {KEY: msgspec.json.encode(record, enc_hook=plain).decode()}


def read_record(file: bytes, path: object) -> ExportRecord:
    """Return the record in an ONNX file's bytes, whose graph is as it was written. Raises ExportError."""
    try:
        parts = read_parts(file)
    except (ValueError, UnicodeDecodeError):
        raise ExportError(
            text("{path} is not an ONNX file, or it is damaged.", path=str(path)),
            remedy=text("Choose a file that CatDog exported, or export the model again."),
        ) from None
    if KEY not in parts.metadata:
        raise ExportError(
            text("{path} is an ONNX file, but CatDog did not export it.", path=str(path)),
            remedy=text("Choose a file that CatDog exported."),
        )
    try:
        if (number := json.loads(parts.metadata[KEY])["format"]) > FORMAT:
            raise ExportError(
                text("{path} was exported by a newer CatDog (format {format}).", path=str(path), format=number),
                remedy=text("Update CatDog."),
            )
        record = msgspec.json.decode(parts.metadata[KEY], type=ExportRecord)
    except (msgspec.DecodeError, ValueError, TypeError, LookupError, RecursionError):
        raise _damaged(path) from None
    if hashlib.sha256(parts.graph).hexdigest() != record.graph_sha256:
        raise _damaged(path)
    return record


def _damaged(path: object) -> ExportError:
    return ExportError(
        text("The export {path} is damaged or was changed.", path=str(path)),
        remedy=text("Export the model again."),
    )
