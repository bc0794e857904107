"""Take up a run where its folder left it, or take part in one that another process has ready."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from msgspec import structs

from trainer.core.control import RunControl
from trainer.core.errors import CheckpointError, DatasetError, SettingError
from trainer.core.recipes import recipe
from trainer.core.text import plural, text
from trainer.dataset.records import Dataset
from trainer.dataset.unchanged import refuse_changed, refuse_different
from trainer.hardware import devices
from trainer.hardware.machine import machine_words
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import log_damage, read_metrics
from trainer.storage.run_record import RunRecord, versions
from trainer.training import checkpoint
from trainer.training.budget import Stopwatch
from trainer.training.checkpoint import Expected
from trainer.training.distributed.team import ALONE, Team
from trainer.training.find_checkpoint import Found, find_checkpoint
from trainer.training.found_photos import find_photos
from trainer.training.hand_out import hand_out, refuse_unfit_team, settled, take_over
from trainer.training.lost_model import damage_of_model, set_aside, settle_model
from trainer.training.prepare import assemble
from trainer.training.reporter import Reporter
from trainer.training.run import Run


def resume(
    path: Path,
    epochs: int | None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    *,
    threads: int | None = None,
    photos: Path | None = None,
    team: Team = ALONE,
) -> Run:
    """Return a run as its folder left it, ready for the next batch; `epochs`, if given, is its new last epoch.

    `threads`, if given, is how many compute from here on.

    Where its patience had ended it, and there are epochs left of those given, its patience begins anew. `photos` is
    where the dataset is on this machine, if that is another place; the run's folder keeps the one that it knows.

    Raises CheckpointError, DatasetError where a photo is no longer what it was, SettingError and CancelledError.
    """
    watch = Stopwatch()
    folder = RunFolder.open(path)
    resources.enter_context(folder.locked())
    folder.tidy()
    record = folder.read_record()
    _refuse_corrections(record, path)
    dataset = _dataset_here(folder, record, photos, report, control)
    damage = damage_of_model(folder)
    has_model = folder.model.is_file() and damage is None
    found = find_checkpoint(folder, Expected.of(record, dataset), has_model=has_model)
    if found.checkpoint is None:  # perhaps one of CatDog 0.1's runs that could not make a single step
        recipe(record.config.recipe).check(record.config)
    if not record.has_begun:
        record = _chosen_here(record)
    if epochs is not None and epochs != record.config.epochs:
        record = _with_epochs(record, epochs)
    if threads is not None:
        record = structs.replace(record, config=structs.replace(record.config, threads=threads))
    _refuse_unfit(found, record)
    refuse_unfit_team(team, record.config)
    report.log_to(folder.events)
    _tell_of_former_version(record, report)
    _tell_of_damage(folder, found, report)
    if damage is not None:
        report.note(set_aside(folder, damage))
    if found.note is not None:
        report.note(found.note)
    hand_out(team, record, folder, found.path)
    run = assemble(
        record,
        folder,
        dataset,
        watch,
        found=found,
        check=refuse_changed,
        report=report,
        control=control,
        resources=resources,
        team=team,
    )
    settle_model(run)
    done = len(run.progress.history)
    if done >= record.config.epochs:
        report.note(
            plural(
                done,
                "The run's only epoch is done: its model is tested once more. To train on, give it more epochs.",
                "The run's %n epochs are done: its model is tested once more. To train on, give it more epochs.",
            )
        )
    if epochs is not None and epochs > done and run.out_of_patience:
        run.record = structs.replace(record, patience_since=done)
    run.keep(lambda: folder.write_record(run.record))
    if done:  # what a damaged table held is in the checkpoint too
        run.keep(lambda: folder.write_history(run.progress.history))
    return settled(run)


def take_part(photos: Path | None, report: Reporter, control: RunControl, resources: ExitStack, *, team: Team) -> Run:
    """Return the run that the leader of the team has ready, in a folder that goes away at its end.

    `photos` is where its dataset is on this machine; None where that is the place that the leader names. Raises
    DatasetError where these are other photos, RankLostError and CancelledError.
    """
    watch = Stopwatch()
    folder = RunFolder(Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="catdog-rank-"))))
    take_over(team, folder)
    report.log_to(folder.events)
    found = Found()
    if folder.checkpoint.exists():
        found = Found(checkpoint.read(folder.checkpoint), folder.checkpoint)
    run = assemble(
        folder.read_record(),
        folder,
        _at(folder.read_dataset(), photos),
        watch,
        found=found,
        check=refuse_different if team.is_first_on_host else lambda _source, _dataset: None,
        report=report,
        control=control,
        resources=resources,
        team=team,
    )
    settle_model(run)
    return settled(run)


def _refuse_corrections(record: RunRecord, path: Path) -> None:
    if record.begins_with:
        raise CheckpointError(
            text("The run {folder} learnt from corrections, in one step: there is nothing to go on with.", folder=path),
            remedy=text("Learn from the corrections anew: catdog-cli learn."),
            path=path,
        )


def _dataset_here(
    folder: RunFolder, record: RunRecord, photos: Path | None, report: Reporter, control: RunControl
) -> Dataset:
    """Return a run's dataset, whose photos are at `photos` on this machine where they have moved.

    A run that was killed before it wrote its split down finds and splits the same photos again.
    """
    if not folder.split.exists():
        config = record.config if photos is None else structs.replace(record.config, dataset=str(photos))
        found = find_photos(config, report.progress("scan"), control.should_stop)
        if found.fingerprint != record.fingerprint:
            raise DatasetError(
                text("The photos in {folder} are not those that the run began with.", folder=config.dataset),
                remedy=text("Put those back, or start a new run."),
                path=config.dataset,
            )
        folder.write_dataset(_at(found.dataset, None if photos is None else Path(record.config.dataset)))
    return _at(folder.read_dataset(), photos)


def _at(dataset: Dataset, photos: Path | None) -> Dataset:
    return dataset if photos is None else structs.replace(dataset, root=str(photos))


def _chosen_here(record: RunRecord) -> RunRecord:
    """Return the record of a run that was prepared on another machine, with what is chosen where it is trained."""
    device = devices.choose_device(record.config.device)
    precision = devices.choose_precision(record.config.precision, device)
    return structs.replace(
        record,
        has_begun=True,
        device=device.type,
        precision=str(precision).removeprefix("torch."),
        versions=versions(),
        machine=machine_words(device),
    )


def _tell_of_former_version(record: RunRecord, report: Reporter) -> None:
    """Say where a run cannot go on exactly."""
    if record.began_whole:
        report.note(
            text(
                "A former version of CatDog began this run. It goes on from where it was, but to the last digit its "
                "numbers are no longer those that it would have had."
            )
        )


def _tell_of_damage(folder: RunFolder, found: Found, report: Reporter) -> None:
    """Say which files are damaged without any harm to the run: its checkpoint holds all that counts."""
    if damage := log_damage(folder.path):
        report.note(damage)
    history = found.checkpoint.progress.history if found.checkpoint is not None else []
    if folder.metrics.is_file() and list(read_metrics(folder.metrics)[: len(history)]) != history:
        table = str(folder.metrics)
        report.note(text("{table} is damaged, so it is written anew from the checkpoint.", table=table))


def _with_epochs(record: RunRecord, epochs: int) -> RunRecord:
    """Return the record of a run that is to have another number of epochs, whatever time it was given before."""
    config = structs.replace(record.config, epochs=epochs, time_budget=0)
    return structs.replace(record, config=config, plan=())


def _refuse_unfit(found: Found, record: RunRecord) -> None:
    """Raise where the checkpoint does not fit what is asked for. Raises SettingError and CheckpointError."""
    done = len(found.checkpoint.progress.history) if found.checkpoint is not None else 0
    if record.config.epochs < done:
        raise SettingError(
            plural(
                done,
                "The run has done %n epoch already, and {asked} were asked for.",
                "The run has done %n epochs already, and {asked} were asked for.",
                asked=record.config.epochs,
            ),
            remedy=text("Ask for {epochs} or more.", epochs=done),
        )
