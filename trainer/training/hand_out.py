"""What the leader of a team gives the other ranks before the first batch, so that all know the same."""

from pathlib import Path

import msgspec

from trainer.core.config import TrainConfig
from trainer.core.errors import SettingError
from trainer.core.text import text
from trainer.files.vouched import sealed
from trainer.storage import run_record
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord
from trainer.training.distributed.team import Team
from trainer.training.run import Run


def hand_out(team: Team, record: RunRecord, folder: RunFolder, checkpoint: Path | None = None) -> None:
    """Give the other ranks what they need of the run's folder, with the checkpoint that it goes on from, if any.

    Raises RankLostError and CancelledError.
    """
    if team.ranks == 1:
        return

    def files() -> bytes:
        found = {file.name: file.read_bytes() for file in (folder.split, folder.model) if file.exists()}
        if checkpoint is not None:
            found[folder.checkpoint.name] = checkpoint.read_bytes()
        return msgspec.msgpack.encode({folder.config.name: sealed(record, version=run_record.FORMAT), **found})

    team.from_leader(files)


def take_over(team: Team, folder: RunFolder) -> None:
    """Put what the leader hands out into this rank's own folder. Raises RankLostError and CancelledError."""
    files = msgspec.msgpack.decode(team.from_leader(bytes), type=dict[str, bytes])
    for file in (folder.config, folder.split, folder.checkpoint, folder.model):
        if file.name in files:
            file.write_bytes(files[file.name])


def settled(run: Run) -> Run:
    """Return the run with the record that the leader of its team has. Raises RankLostError and CancelledError."""
    if run.team.ranks > 1:
        record = run.team.from_leader(lambda: msgspec.json.encode(run.record))
        run.record = msgspec.json.decode(record, type=RunRecord)
    return run


def refuse_unfit_team(team: Team, config: TrainConfig) -> None:
    """Raise SettingError where ranks would have nothing to do."""
    if team.ranks > config.shards:
        raise SettingError(
            text(
                "There are {ranks} ranks, and a batch has {shards} shards: some would have nothing to do.",
                ranks=team.ranks,
                shards=config.shards,
            ),
            remedy=text(
                "Start at most {shards} ranks, or begin a run with --shards {ranks}.",
                shards=config.shards,
                ranks=team.ranks,
            ),
        )
