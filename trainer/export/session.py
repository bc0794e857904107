"""An export at work: ONNX Runtime computes what the file says."""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import onnxruntime

from trainer.core.errors import ExportError
from trainer.core.text import text
from trainer.export.onnx_graph import JPEG, PHOTO
from trainer.export.page_folder import PAGE, is_page
from trainer.export.record import ExportRecord, read_record
from trainer.export.web_page import network_of
from trainer.files.regular import read_regular

RUNTIME = f"ONNX Runtime {onnxruntime.__version__}"
_ERRORS_ONLY = 3  # its notes on processors and graphics cards are for developers
_OUTPUTS = ("probability", "verdict")


class Answer(NamedTuple):
    """What a model says of a photo."""

    probability: float
    """Of the positive class, calibrated."""
    verdict: int
    """Index into `ExportRecord.verdicts`."""


class ExportedModel:
    """An export ready to answer. Several threads may ask at a time; each answer is computed by one."""

    def __init__(self, file: bytes, path: Path | str) -> None:
        """Take a file's bytes; `path` is for errors. Raises ExportError."""
        self.record: ExportRecord = read_record(file, path)
        onnxruntime.set_default_logger_severity(_ERRORS_ONLY)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its own classes of errors have no common base
            raise ExportError(
                text("ONNX Runtime cannot load {path} ({reason}).", path=str(path), reason=str(error)),
                remedy=text("Export the model again."),
                path=path,
            ) from error

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read an exported file, or the one in an exported page or its folder. Raises ExportError."""
        file = path / PAGE if path.is_dir() else path
        try:
            found = read_regular(file)
        except OSError as error:
            raise ExportError(
                text(
                    "The export {path} cannot be read ({reason}).", path=str(path), reason=error.strerror or str(error)
                ),
                remedy=text("Check its name."),
                path=path,
            ) from error
        return cls(_network_in(found, file) if is_page(found) else found, file)

    def answer(self, photo: np.ndarray, *, jpeg: bool) -> Answer:
        """Return the answer on a photo, upright RGB, uint8 [H, W, 3]; `jpeg` says whether it is from a JPEG file."""
        probability, verdict = self._session.run(_OUTPUTS, {PHOTO: photo, JPEG: np.array(jpeg)})
        return Answer(float(probability), int(verdict))


def _network_in(page: bytes, path: Path) -> bytes:
    """Return the ONNX file in an exported page; `path` is for errors. Raises ExportError."""
    try:
        return network_of(page)
    except ValueError:
        raise ExportError(
            text("The page {path} is damaged or cut off.", path=str(path)),
            remedy=text("Export the model again."),
            path=path,
        ) from None
