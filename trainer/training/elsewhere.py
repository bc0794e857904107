"""A run prepared here and trained elsewhere: its folder, as it is before the first batch, with the commands to run.

The folder is a run's own: elsewhere it is resumed from nothing, and what comes back is the same folder, finished.
"""

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from trainer.core.config import TrainConfig
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.recipes import recipe
from trainer.core.text import Text, join, plural, text
from trainer.dataset.records import Dataset, Photo
from trainer.files.atomic import write_atomically
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord, now, versions
from trainer.training.found_photos import find_photos

README = "README.txt"
SCRIPT = "train.sh"

_SCRIPT = """\
#!/bin/sh
# On one machine:                sh train.sh PHOTOS
# On several, on each of them:   sh train.sh PHOTOS FIRST_MACHINE MACHINES NUMBER
#   FIRST_MACHINE is the name or address of the first one, MACHINES how many there are, and NUMBER which of them this
#   is: 0 for the first, 1 for the second. PHOTOS is where the photos are on this machine. README.txt says more.
set -e
here=$(cd "$(dirname "$0")" && pwd)
case $# in
1) exec python -m trainer train --resume "$here" "$1" ;;
4) exec torchrun --master-addr "$2" --master-port "${PORT:-29500}" --nnodes "$3" --node-rank "$4" \\
    --nproc-per-node "${PROCESSES:-1}" -m trainer train --resume "$here" "$1" ;;
*) sed -n '2,6s/^# //p' "$0"; exit 2 ;;
esac
"""


def prepare_elsewhere(
    config: TrainConfig,
    parent: Path,
    *,
    known: Sequence[Photo] = (),
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Path:
    """Write a new folder below `parent` with all that a run needs but the photos, and return it.

    Photos that are `known` from an earlier scan, and have not changed, are not read again to find them. Device and
    precision are chosen where it is trained. Raises DatasetError, SettingError, DiskError and
    CancelledError.
    """
    recipe(config.recipe).check(config)
    dataset, fingerprint = find_photos(config, progress, cancelled, known=known)
    record = RunRecord(
        config=config,
        fingerprint=fingerprint,
        device=config.device,
        threads=config.threads,
        precision=config.precision,
        created=now(),
        versions=versions(),
        has_begun=False,
    )
    folder = RunFolder.create(parent, config.recipe)
    try:
        folder.write_dataset(dataset)
        write_atomically(folder.path / README, _readme(folder, record, dataset))
        write_atomically(folder.path / SCRIPT, _SCRIPT)
        folder.write_record(record)
    except BaseException:
        folder.discard()
        raise
    with suppress(OSError):  # `sh train.sh` needs no permission
        (folder.path / SCRIPT).chmod(0o755)
    return folder.path


def _readme(folder: RunFolder, record: RunRecord, dataset: Dataset) -> str:
    parts: list[str] = [
        text("A run of CatDog, prepared on {day} to be trained on another machine.", day=record.created[:10]),
        _photos(dataset),
        text(
            "1. Install CatDog {version} with torch {torch} there, from its source: pip install . (other versions "
            "may give slightly other numbers).",
            version=record.versions["catdog"],
            torch=record.versions["torch"],
        ),
        text("2. Copy this folder there, and the photos as they are: names, folders and files must be the same."),
        text("3. Train it on one machine:"),
        "   sh train.sh PHOTOS",
        text(
            "   or on several, with the same result where their processors are of one kind. On each, with its own "
            "number (0, 1, …) at the end:"
        ),
        "   sh train.sh PHOTOS FIRST_MACHINE MACHINES NUMBER",
        text(
            "   The first machine, number 0, needs this folder; the others need the script and the photos. The ports "
            "between them must be open. Where a machine fails, all end within seconds; the same command goes on "
            "where it was, also with another number of machines."
        ),
        text(
            "4. Bring this folder back, and take it in: in the window, page Train, “Take a run back…”, or in the "
            "terminal:"
        ),
        f"   catdog-cli runs import {shlex.quote(folder.path.name)}",
        text(
            "What is here: config.json holds the settings, split.json which photo is for training, validation and "
            "test, train.sh the commands. Training adds the rest. No photo is in it."
        ),
    ]
    return str(join(parts, "\n\n")) + "\n"


def _photos(dataset: Dataset) -> Text:
    return plural(
        len(dataset.photos),
        "It learns from %n photo, which is not in this folder: {name}.",
        "It learns from %n photos, which are not in this folder: {name}.",
        name=dataset.name,
    )
