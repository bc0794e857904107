"""Everything that can go wrong for a user: each error says what happened, to which file, and what to do."""

from pathlib import Path

from trainer.core.text import join


class TrainerError(Exception):
    """An error whose text is fit for the user: one sentence with the file in it, then the remedy.

    `exit_code` is what the command line ends with: 1 for work that failed, 2 for a wrong request.
    """

    exit_code = 1

    def __init__(self, what: str, *, remedy: str = "", path: Path | str | None = None) -> None:
        self.what = what
        self.remedy = remedy
        self.path = None if path is None else str(path)
        super().__init__(f"{what} {remedy}".rstrip())

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        return join([self.what, self.remedy]) if self.remedy else self.what


class SettingError(TrainerError):
    """A setting that does not exist or has a value out of its range. Raised before any work is done."""

    exit_code = 2


class DatasetError(TrainerError):
    """The folder or zip is not a dataset that can be used."""


class PhotoError(TrainerError):
    """One photo cannot be read. `kind` is a short fixed word, such as "truncated" (see `trainer.dataset.photo`)."""

    def __init__(self, kind: str, reason: str, *, path: Path | str | None = None) -> None:
        self.kind = kind
        super().__init__(reason, path=path)


class ModelFileError(TrainerError):
    """A model file is damaged, of another kind, or from a newer version."""


class ExportError(TrainerError):
    """A model cannot be exported, an export is not what its model says, or a file is no export."""


class CheckpointError(TrainerError):
    """A run folder cannot be resumed."""


class DiskError(TrainerError):
    """Something could not be written."""


class NonFiniteLossError(TrainerError):
    """The loss became infinite or not a number, so the weights after it are worthless."""


class RankLostError(TrainerError):
    """Another process that works on the same run has ended, or can no longer be reached."""


class CancelledError(TrainerError):
    """The user cancelled before the work was done. Nothing is lost."""

    exit_code = 130
