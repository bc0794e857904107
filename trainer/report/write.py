"""Writes the report of a run."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from trainer.core.errors import SettingError
from trainer.core.results import ErrorRecord, RunStatus
from trainer.core.text import plural, text
from trainer.files.atomic import write_atomically
from trainer.files.kinds import is_file
from trainer.files.regular import open_regular
from trainer.report.gather import gather
from trainer.report.render import HEAD_BYTES, is_report, render
from trainer.storage.run_folder import RunFolder


def write_report(
    run: Path,
    file: Path | None = None,
    *,
    private: bool = False,
    force: bool = False,
    status: RunStatus | None = None,
    device: str = "cpu",
    say: Callable[[str], str] = str,
    language: str = "en",
    note: Callable[[str], None] = lambda _sentence: None,
) -> Path:
    """Write the report of the run in this folder, and return where it is: by default `report.html` in the folder.

    A report that is there is written anew. Any other file stays as it is, unless `force`. `note` is told of mistakes
    that are shown without their pictures. The other arguments are those of `gather` and `render`.

    Raises CheckpointError where there is nothing to report, SettingError where another file is in the way, and
    DiskError and ModelFileError where one cannot be read or written.
    """
    file = file or RunFolder(run).report
    if not force:
        _refuse_other(file)
    report = gather(run, private=private, status=status, device=device)
    write_atomically(file, render(report, say=say, language=language))
    mistakes = report.test.mistakes if report.test is not None else ()
    if missing := sum(mistake.picture is None for mistake in mistakes):
        note(
            plural(
                missing,
                "A mistake is shown without its picture: the photo or the model is gone, changed or unreadable.",
                "%n mistakes are shown without their pictures: photos or model are gone, changed or unreadable.",
            )
        )
    return file


def leave_report(run: Path, *, status: RunStatus, device: str, note: Callable[[str], None]) -> None:
    """Write the report of a run that is about to end. Where that fails, `note` is told: the model is there."""
    try:
        write_report(run, status=status, device=device, note=note)
    except Exception as error:  # noqa: BLE001 - a report is worth no run, whatever the reason
        note(text("The run's report could not be written. {reason}", reason=ErrorRecord.of(error).sentence))


def _refuse_other(file: Path) -> None:
    """Raise SettingError where something lies at this path that is no report of CatDog."""
    if not os.path.lexists(file):
        return
    its_own = False
    with suppress(OSError):  # that may not be read
        if is_file(file):  # to open a pipe would wait for whoever writes into it
            with open_regular(file) as opened:
                its_own = is_report(opened.read(HEAD_BYTES))
    if not its_own:
        raise SettingError(
            text("{file} is there already, and is no report of CatDog.", file=str(file)),
            remedy=text("Name another file (in the terminal: --out), or delete this one."),
            path=file,
        )
