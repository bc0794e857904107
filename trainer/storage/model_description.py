"""What a model file says of itself, readable without loading the model (and without torch)."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from trainer.core.errors import ModelFileError
from trainer.core.results import Count, EpochMetrics, EvaluationMetrics, Fraction
from trainer.core.text import text
from trainer.files.kinds import is_folder
from trainer.files.regular import open_regular

FORMAT = 3  # 1, of CatDog 0.1, and 2 are read too
METADATA_KEY = "catdog"
DIGEST_KEY = "catdog_sha256"
# safetensors refuses longer headers too; ours take a few kilobytes.
HEADER_LIMIT = 10_000_000
PICKLE_PROTOCOLS = (b"\x02", b"\x03", b"\x04", b"\x05")
_ONNX = b"\x08"
"""With it every ONNX file begins: the field of its version."""

DetectorName = Literal["prototypes", "probes"]


class DamagedModelError(ModelFileError):
    """What a model file holds is not what was written."""


class Preprocessing(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a photo before the network sees it."""

    image_size: Annotated[int, Meta(ge=1, le=4096)]
    resize: str = "squeeze"
    """Both sides to `image_size`, whatever the photo's shape."""
    interpolation: str = "bilinear"
    scale: float = 1 / 255
    """Pixels 0 to 255 times this are what the network sees."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model comes from."""

    created: str
    """ISO 8601 with the time zone."""
    catdog: str
    """Version of CatDog."""
    torch: str
    dataset: str
    """Name of the folder or zip, without the folders above it."""
    fingerprint: str
    """Of the dataset as it was found: see `trainer.dataset.split.fingerprint`."""
    split_fractions: tuple[float, float, float]
    seed: int
    photos: dict[str, dict[str, Count]]
    """Photos per split and class."""
    epoch: EpochMetrics
    """The epoch whose weights these are."""


class VerdictLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits below which a verdict is "not sure"."""

    detector: DetectorName = "prototypes"
    """What says how like the training photos a photo is: see `trainer.inference.out_of_distribution`."""
    likeness: Annotated[float, Meta(ge=-100, le=100)] = -1.0
    """To the training photos: see `trainer.inference.verdict.likeness`."""
    probability: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Of the likelier class."""
    closer_look: Fraction = 0.0
    """Of the likelier class; where it is lower, parts of the photo count too (`trainer.inference.closer_look`)."""
    own_likeness: Annotated[float, Meta(ge=-100, le=100)] | None = None
    """What `likeness` was before it was moved, in a copy with other limits; None in any other model."""

    @property
    def familiar(self) -> float:
        """The likeness that a closer look goes by: a copy with other limits looks closer at the same photos."""
        return self.likeness if self.own_likeness is None else self.own_likeness


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What the temperature changed on the validation split: expected calibration errors."""

    error_before: Fraction
    error_after: Fraction


class ModelDescription(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed to use a model and to know where it comes from."""

    format: int = FORMAT
    classes: tuple[str, str]
    """The second is the positive class, whose probability the network gives."""
    recipe: str
    network: str
    dropout: Fraction
    tuned_stages: Annotated[int, Meta(ge=0, le=8)] = 0
    """Of a pre-trained backbone, the last stages that learnt too."""
    parameters: Count
    """All of the network's weights."""
    trainable_parameters: Count | None = None
    """Those that learnt; None where CatDog 0.1 made the model, which did not say."""
    preprocessing: Preprocessing
    threshold: Fraction = 0.5
    """Probabilities from here on mean the positive class."""
    temperature: Annotated[float, Meta(gt=0)] = 1.0
    """Logits are divided by it before the sigmoid (calibration)."""
    calibration: Calibration | None = None
    limits: VerdictLimits = VerdictLimits()
    test: EvaluationMetrics | None = None
    """How it fared on the test split of its own dataset."""
    origin: Origin


def read_description(path: Path) -> ModelDescription:
    """Return what a model file says of itself, reading only its header. Raises ModelFileError."""
    return parse_description(read_metadata(path), path)


def read_metadata(path: Path) -> dict[str, str]:
    """Return the texts in a safetensors file's header. Raises ModelFileError where it is none of ours."""
    try:
        with open_regular(path) as file:
            start = file.read(9)
            length = _header_length(start, path)
            header = start[8:] + file.read(length - 1)
            size = path.stat().st_size
    except FileNotFoundError:
        what = text("There is no model file {path}.", path=str(path))
        raise ModelFileError(what, remedy=text("Check its name."), path=path) from None
    except (OSError, ValueError) as error:  # ValueError: a name with NUL in it
        raise unreadable(path, error) from error
    try:
        table = json.loads(header)
        metadata = table.pop("__metadata__", {})
        end = max((tensor["data_offsets"][1] for tensor in table.values()), default=0)
        whole = 8 + length + end == size
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
        raise damaged(path) from None
    if not whole:
        raise damaged(path)
    if not isinstance(metadata, dict) or METADATA_KEY not in metadata:
        raise ModelFileError(
            text("{path} is a safetensors file, but not a CatDog model.", path=str(path)),
            remedy=text("Choose a model that CatDog saved."),
            path=path,
        )
    return metadata


def parse_description(metadata: dict[str, str], path: Path) -> ModelDescription:
    """Return the description in a header's texts. Raises ModelFileError."""
    described = metadata[METADATA_KEY]
    try:
        version = msgspec.json.decode(described, type=_FormatOnly).format
        if version > FORMAT:
            raise ModelFileError(
                text(
                    "{path} was saved by a newer CatDog (model format {format}; this one reads up to {known}).",
                    path=str(path),
                    format=version,
                    known=FORMAT,
                ),
                remedy=text("Update CatDog."),
                path=path,
            )
        description = msgspec.convert(_of_today(msgspec.json.decode(described)), ModelDescription)
    except (msgspec.DecodeError, TypeError, AttributeError, LookupError, RecursionError):
        raise damaged(path) from None
    first, second = description.classes
    if first == second or not (first and second):  # each has its own probability, by its name
        raise damaged(path)
    return description


def _of_today(values: dict[str, Any]) -> dict[str, Any]:
    """Return a description with today's names, where it is of format 1."""
    if "sure_from" in values:
        limits = values.pop("sure_from")
        values["limits"] = {"likeness": limits["likeness"], "probability": limits["certainty"]}
    return values


class _FormatOnly(msgspec.Struct):
    format: int


def damaged(path: Path) -> DamagedModelError:
    """Return the error for a model file whose content is not as it was written."""
    return DamagedModelError(
        text("The model file {path} is damaged or cut off.", path=str(path)),
        remedy=text("Copy it again from where it came, or train anew."),
        path=path,
    )


def unreadable(path: Path, error: OSError | ValueError) -> ModelFileError:
    """Return the error for a model file that the system does not let us read: it need not be damaged."""
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    what = text("The model file {path} cannot be read ({reason}).", path=str(path), reason=reason)
    if isinstance(error, PermissionError) and not is_folder(path):  # Windows refuses to open a folder, too
        remedy = text("Change its permissions.")
    else:
        remedy = text("Name a file called model.safetensors, or another one that CatDog saved.")
    return ModelFileError(what, remedy=remedy, path=path)


def _header_length(start: bytes, path: Path) -> int:
    """Return how long the header is by the file's first nine bytes: its length (8 bytes), then an opening brace."""
    length = int.from_bytes(start[:8], "little")
    if start[8:] == b"{" and length <= HEADER_LIMIT:
        return length
    if start[:1] == _ONNX and path.suffix.lower() == ".onnx":
        raise ModelFileError(
            text("{path} is an export for other programs, not a model.", path=str(path)),
            remedy=text("Choose the model that it was made of, a .safetensors file."),
            path=path,
        )
    if (start[:1] == b"\x80" and start[1:2] in PICKLE_PROTOCOLS) or start[:4] == b"PK\x03\x04":
        raise ModelFileError(
            text(
                "{path} is a pickle or zip, which could run code when opened, so CatDog does not open it.",
                path=str(path),
            ),
            remedy=text("Choose a model that CatDog saved (.safetensors)."),
            path=path,
        )
    raise damaged(path)
