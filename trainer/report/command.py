"""The command line that repeats a run."""

import shlex
from collections.abc import Sequence

from trainer.core.setting_values import TIME, SettingValue, values_of
from trainer.storage.run_record import RunRecord

_DATASET, _MODEL = "DATASET", "MODEL"
"""What stands for a path in a report that names none."""


def command_line(record: RunRecord, *, private: bool = False) -> str:
    """Return the command that begins the same run anew, as a shell reads it.

    With `private`, no path is in it: `DATASET` stands for that of the photos, and which photos were left out, or which
    folders were chosen, is not said.
    """
    config = record.config
    dataset = _DATASET if private else config.dataset
    if record.begins_with:
        return _joined(["catdog-cli", "learn", dataset, "--model", _MODEL if private else record.begins_with])
    words = ["catdog-cli", "train", dataset, "--recipe", config.recipe]
    if not private:
        words += [f"--class-folder={folder}" for folder in config.class_folders]
        words += [f"--leave-out={photo}" for photo in config.left_out]
    # With the epochs that its time came to, the run is the same anywhere; the time would come to others elsewhere.
    changed = [value for value in values_of(config) if value.changed and value.name != TIME]
    words += [word for value in changed if not value.name.startswith("split.") for word in _option(value)]
    if any(value.name.startswith("split.") for value in changed):
        words += ["--split", "/".join(f"{100 * share:.6g}" for share in config.split.fractions)]
    return _joined(words)


def _option(setting: SettingValue) -> list[str]:
    name = setting.name.removeprefix("augment.").replace("_", "-")
    if isinstance(setting.value, bool):
        return [f"--{name}" if setting.value else f"--no-{name}"]
    return [f"--{name}", str(setting.value)]


def _joined(words: Sequence[str]) -> str:
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """Return a word as a shell reads it; signs that cannot be seen are written as their numbers (bash, zsh)."""
    if word.isprintable():
        return shlex.quote(word)
    signs = (sign if sign.isprintable() else _numbered(sign) for sign in word.replace("\\", r"\\").replace("'", r"\'"))
    return f"$'{''.join(signs)}'"


def _numbered(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode(errors="surrogateescape"))
