"""What decided a run's outcome: the record in its `config.json`."""

from datetime import datetime
from importlib.metadata import version
from platform import python_version
from typing import Any

import msgspec

from trainer.core.config import CONFIG_VERSION, TrainConfig
from trainer.core.time_plan import Decision

FORMAT = 3  # 1, of CatDog 0.1, is read too: some settings had other names
SEALED_SINCE = 3  # the first with a checksum
# Packages whose version may change a run's numbers.
VERSIONS_OF = ("catdog", "torch", "torchvision", "numpy", "pillow", "pillow-heif")
_PRECISIONS = ("float32", "bfloat16")


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`config.json`: what decided the run's outcome."""

    format: int = FORMAT
    config: TrainConfig
    fingerprint: str
    """Of the dataset as it was found."""
    device: str
    threads: int
    """How many computed when it began. No number depends on it."""
    precision: str
    """As chosen when it began, "float32" or "bfloat16"; a resumed run takes the same."""
    created: str
    versions: dict[str, str]
    patience_since: int = 0
    """After how many epochs it was asked to go on although its patience had ended: from there it counts anew."""
    plan: tuple[Decision, ...] = ()
    """How many steps fit into its time budget, as decided while it went on; `config.epochs` are those of the last."""
    machine: str = ""
    """What computed, in words; empty in runs of former versions."""
    has_begun: bool = True
    """False while it is only prepared, to be trained elsewhere: then device and precision are what was asked for."""
    began_whole: bool = False
    """Whether CatDog 0.1 began it, computed batches as a whole, and left the number of threads to the moment."""
    begins_with: str = ""
    """Path of the model that learnt from corrections (`trainer.labelling`); empty where a run began from nothing."""


def parse(values: dict[str, Any]) -> RunRecord:
    """Return the record in the values of `config.json`, whichever version wrote it.

    Raises msgspec.ValidationError, SettingError, LookupError and TypeError where it is none.
    """
    given = {**values["config"], "version": CONFIG_VERSION}
    if not isinstance(given.get("dataset"), str):
        raise TypeError("dataset")
    if "shards" not in given and given.get("threads") == 1:  # in one piece it goes on exactly where it was
        given["shards"] = 1
    began_whole = "shards" not in given
    config = TrainConfig.from_mapping(given)
    record = msgspec.convert({"began_whole": began_whole, **values, "format": FORMAT, "config": config}, RunRecord)
    if record.has_begun and record.precision not in _PRECISIONS:
        raise LookupError(record.precision)
    return record


def now() -> str:
    """Return the time in ISO 8601, to the second, with the time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that may change a run's numbers."""
    return {"python": python_version(), **{name: version(name) for name in VERSIONS_OF}}
