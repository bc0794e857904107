"""Everything before the first batch: find the photos, split them, decode them, and build the network."""

import copy
import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
import torch

from trainer import models
from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, CheckpointError, SettingError
from trainer.core.events import RunStarted
from trainer.core.recipes import recipe
from trainer.core.text import join, plural, text
from trainer.dataset.answers import answers_sentence
from trainer.dataset.records import Dataset
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.dataset.unchanged import refuse_changed, refuse_different
from trainer.hardware import devices
from trainer.hardware.machine import machine_words
from trainer.hardware.parallel import Workers, worker_count
from trainer.inference.negatives import negatives
from trainer.models import parameter_count, trainable_parameter_count
from trainer.models.network import Network
from trainer.models.transfer import Transfer
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord, now, versions
from trainer.training import checkpoint, optimisers
from trainer.training.budget import Stopwatch, TimeBudget
from trainer.training.checkpoint import TrainingState
from trainer.training.data import seeds
from trainer.training.data.splits import SplitBuilder
from trainer.training.distributed.team import ALONE, Team
from trainer.training.foresight import Foresight
from trainer.training.found_photos import find_photos
from trainer.training.hand_out import hand_out, refuse_unfit_team, settled, take_over
from trainer.training.keep_to_time import tell_plan
from trainer.training.reporter import Reporter
from trainer.training.run import Run, with_planned_epochs
from trainer.training.shards import shapes_of
from trainer.training.split_outputs import compute_outputs


def start(
    config: TrainConfig,
    out: Path | None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    *,
    team: Team = ALONE,
) -> Run:
    """Return a new run, ready for its first batch, in a new folder under `out`.

    `resources` closes at the run's end what it keeps open: its lock and the dataset. Where the run is stopped before it
    is ready, its folder is removed again. Raises DatasetError, SettingError, DiskError and CancelledError.
    """
    watch = Stopwatch()
    recipe(config.recipe).check(config)
    refuse_unfit_team(team, config)
    device = devices.choose_device(config.device)
    precision = devices.choose_precision(config.precision, device)
    dataset, fingerprint = find_photos(config, report.progress("scan"), control.should_stop)
    _tell(report, dataset)
    record = RunRecord(
        config=config,
        fingerprint=fingerprint,
        device=device.type,
        threads=_worker_count(config, device),
        precision=str(precision).removeprefix("torch."),
        created=now(),
        versions=versions(),
        machine=machine_words(device),
    )
    folder = RunFolder.create(out, config.recipe)
    try:
        resources.enter_context(folder.locked())
        folder.write_record(record)
        folder.write_dataset(dataset)
        hand_out(team, record, folder)
        return settled(
            _assemble(record, folder, dataset, watch, report=report, control=control, resources=resources, team=team)
        )
    except CancelledError:
        report.close_log()
        resources.close()
        folder.discard()
        raise


def resume(
    path: Path,
    epochs: int | None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    *,
    photos: Path | None = None,
    team: Team = ALONE,
) -> Run:
    """Return a run as its folder left it, ready for the next batch; `epochs`, if given, is its new last epoch.

    Where its patience had ended it, and there are epochs left of those given, its patience begins anew. `photos` is
    where the dataset is on this machine, if that is another place; the run's folder keeps the one that it knows.

    Raises CheckpointError, DatasetError where a photo is no longer what it was, SettingError and CancelledError.
    """
    watch = Stopwatch()
    folder = RunFolder.open(path)
    resources.enter_context(folder.locked())
    folder.tidy()
    record = folder.read_record()
    if record.begins_with:
        raise CheckpointError(
            text("The run {folder} learnt from corrections, in one step: there is nothing to go on with.", folder=path),
            remedy=text("Learn from the corrections anew: catdog-cli learn."),
            path=path,
        )
    if not folder.checkpoint.exists():  # perhaps one of CatDog 0.1's runs that could not make a single step
        recipe(record.config.recipe).check(record.config)
    if not record.has_begun:
        record = _chosen_here(record)
    if epochs is not None and epochs != record.config.epochs:
        record = _with_epochs(record, epochs)
    if folder.model.exists() and not folder.checkpoint.exists():
        raise CheckpointError(
            text("The checkpoint {path} is gone, so the run cannot go on.", path=str(folder.checkpoint)),
            remedy=text("Start a new run; the model that it made can still be used."),
            path=folder.checkpoint,
        )
    _tell_of_former_version(record, report)
    dataset = _dataset_here(folder, photos)
    refuse_unfit_team(team, record.config)
    hand_out(team, record, folder)
    run = _assemble(
        record,
        folder,
        dataset,
        watch,
        check=refuse_changed,
        report=report,
        control=control,
        resources=resources,
        team=team,
    )
    done = len(run.progress.history)
    if epochs is not None and epochs > done and run.out_of_patience:
        run.record = msgspec.structs.replace(record, patience_since=done)
    folder.write_record(run.record)
    return settled(run)


def take_part(photos: Path | None, report: Reporter, control: RunControl, resources: ExitStack, *, team: Team) -> Run:
    """Return the run that the leader of the team has ready, in a folder that goes away at its end.

    `photos` is where its dataset is on this machine; None where that is the place that the leader names. Raises
    DatasetError where these are other photos, RankLostError and CancelledError.
    """
    watch = Stopwatch()
    folder = RunFolder(Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="catdog-rank-"))))
    take_over(team, folder)
    dataset = _dataset_here(folder, photos)
    run = _assemble(
        folder.read_record(),
        folder,
        dataset,
        watch,
        check=refuse_different if team.is_first_on_host else lambda _source, _dataset: None,
        report=report,
        control=control,
        resources=resources,
        team=team,
    )
    return settled(run)


def _dataset_here(folder: RunFolder, photos: Path | None) -> Dataset:
    """Return a run's dataset, whose photos are at `photos` on this machine where they have moved."""
    dataset = folder.read_dataset()
    return dataset if photos is None else msgspec.structs.replace(dataset, root=str(photos))


def _tell_of_former_version(record: RunRecord, report: Reporter) -> None:
    """Say where a run cannot go on exactly."""
    if record.began_whole:
        report.note(
            text(
                "A former version of CatDog began this run. It goes on from where it was, but to the last digit its "
                "numbers are no longer those that it would have had."
            )
        )


def _with_epochs(record: RunRecord, epochs: int) -> RunRecord:
    """Return the record of a run that is to have another number of epochs, whatever time it was given before."""
    config = msgspec.structs.replace(record.config, epochs=epochs, time_budget=0)
    return msgspec.structs.replace(record, config=config, plan=())


def _assemble(
    record: RunRecord,
    folder: RunFolder,
    dataset: Dataset,
    watch: Stopwatch,
    *,
    check: Callable[[PhotoSource, Dataset], None] = lambda _source, _dataset: None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    team: Team,
) -> Run:
    """Build the network, load the checkpoint if there is one, prepare the splits, and announce the run."""
    config = record.config
    report.log_to(folder.events)
    source = resources.enter_context(open_source(dataset.choice))
    check(source, dataset)
    device, precision = devices.choose_device(record.device), devices.PRECISIONS[record.precision]
    resources.enter_context(devices.repeatable(device))
    workers = resources.enter_context(Workers(_worker_count(config, device)))
    network = _network(config, device, report, control)
    optimiser = _optimiser(config, network)
    ema = copy.deepcopy(network).requires_grad_(requires_grad=False) if config.ema_decay else None
    progress = TrainingState()
    if folder.checkpoint.exists():
        progress = checkpoint.load(folder.checkpoint, network, ema, optimiser)
        _refuse_unfit(progress, config, folder)
        watch.add(progress.run_seconds)
    builder = SplitBuilder(
        config=config,
        dataset=dataset,
        source=source,
        network=network,
        device=device,
        precision=precision,
        report=report,
        control=control,
        team=team,
        over=Foresight(watch, config.time_budget or math.inf, report.note).over,
    )
    began = watch.seconds
    splits = builder.build()
    preparing = watch.seconds - began
    if config.class_weighting == "balanced":
        splits.train.balance()
    run = Run(
        config=config,
        record=record,
        folder=folder,
        dataset=dataset,
        splits=splits,
        source=source,
        network=network,
        ema=ema,
        optimiser=optimiser,
        device=device,
        precision=torch.float32 if progress.in_float32 else precision,
        progress=progress,
        report=report,
        control=control,
        workers=workers,
        watch=watch,
        budget=None,
        team=team,
        exchange=team.exchange_for(device, shapes_of(network)),
    )
    if isinstance(network, Transfer) and progress == TrainingState():
        _fit_feature_scale(run, network)
    run.config = with_planned_epochs(config, record.plan, run.steps_done, run.batches)
    if config.time_budget:
        run.budget = _time_budget(run, preparing)
    _announce(run)
    return run


def _time_budget(run: Run, preparing: float) -> TimeBudget:
    """Return what keeps the run to its time, after so many seconds of making its splits ready."""
    photos = {split: sum(classes.values()) for split, classes in run.dataset.split_counts().items()}
    budget = TimeBudget(
        run.record.config,
        run.record.plan,
        run.watch,
        batches=run.batches,
        photos=photos,
        looks=1 + run.network.averages_mirrored,
    )
    if run.network.has_frozen_layers:  # the test photos go through these once the training is over
        views = 1 + run.config.augment.flip
        budget.meter.preparing_a_photo = preparing / (views * photos["train"] + photos["validation"])
    return budget


def _chosen_here(record: RunRecord) -> RunRecord:
    """Return the record of a run that was prepared on another machine, with what is chosen where it is trained."""
    device = devices.choose_device(record.config.device)
    precision = devices.choose_precision(record.config.precision, device)
    return msgspec.structs.replace(
        record,
        has_begun=True,
        device=device.type,
        precision=str(precision).removeprefix("torch."),
        versions=versions(),
        machine=machine_words(device),
    )


def _network(config: TrainConfig, device: torch.device, report: Reporter, control: RunControl) -> Network:
    """Return the run's network with its first weights. Raises ModelFileError, DownloadError and CancelledError."""
    torch.manual_seed(seeds.derive(config.seed, "weights"))
    name = recipe(config.recipe).network_of(config)
    network = models.build(name, image_size=config.image_size, dropout=config.dropout)
    if isinstance(network, Transfer):
        network.load_pretrained(report.progress("download"), control.should_stop)
        network.unfreeze(config.tuned_stages)
        negatives(name)  # the detector needs them after the last epoch: damage is told before the first
    return devices.to_device(network, device)


def _optimiser(config: TrainConfig, network: Network) -> torch.optim.Optimizer:
    return optimisers.build(
        config.optimiser,
        network.parameters(),
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        pretrained=network.pretrained_parameters(),
    )


def _worker_count(config: TrainConfig, device: torch.device) -> int:
    """Return how many threads compute: as many as the machine has use for, since no number depends on them."""
    # While all shards of a batch are computed, those of the next one are made.
    return min(worker_count(device, config.threads), 2 * config.shards)


def _fit_feature_scale(run: Run, network: Transfer) -> None:
    """Bring the features to one scale, before anything is learnt from them. Raises CancelledError."""
    # Nothing is tuned yet, so the embeddings are the very features that the head is about to see.
    found = compute_outputs(
        network,
        run.splits.train,
        run.workers,
        precision=run.precision,
        cancelled=run.control.should_stop,
        team=run.team,
    )
    network.fit_feature_scale(found.embeddings.to(run.device))
    if run.ema is not None:
        run.ema.load_state_dict(network.state_dict())


def _refuse_unfit(progress: TrainingState, config: TrainConfig, folder: RunFolder) -> None:
    """Raise where the checkpoint does not fit what is asked for, or what else the folder holds."""
    done = len(progress.history)
    if config.epochs < done:
        raise SettingError(
            plural(
                done,
                "The run has done %n epoch already, and {asked} were asked for.",
                "The run has done %n epochs already, and {asked} were asked for.",
                asked=config.epochs,
            ),
            remedy=text("Ask for {epochs} or more.", epochs=done),
        )
    if done and not folder.model.is_file():
        raise CheckpointError(
            text("The run's model {path} is gone.", path=str(folder.model)),
            remedy=text("Put it back, or start a new run."),
            path=folder.model,
        )


def _announce(run: Run) -> None:
    counts = run.dataset.split_counts()
    for note in run.team.notes():
        run.report.note(note)
    run.report(
        RunStarted(
            run_folder=str(run.folder.path),
            recipe=run.config.recipe,
            classes=run.dataset.classes,
            photos=counts,
            epochs=run.record.config.epochs,
            batches=run.batches,
            parameters=parameter_count(run.network),
            trainable_parameters=trainable_parameter_count(run.network),
            device=run.record.device,
            threads=run.workers.count,
            history=tuple(run.progress.history),
        )
    )
    tell_plan(run)
    run.report_advice(advice.before_training(counts["train"], from_nothing=not run.network.has_frozen_layers))


def _tell(report: Reporter, dataset: Dataset) -> None:
    """Tell which files were left out and what is unusual about the dataset."""
    if dataset.problems:
        first = dataset.problems[0]
        report.note(
            join(
                [
                    plural(len(dataset.problems), "%n file was left out.", "%n files were left out."),
                    text("The first: {path}: {reason}", path=first.path, reason=first.reason),
                    text("Look through the dataset to see them all."),
                ]
            )
        )
    for note in (*dataset.notes, answers_sentence(dataset)):
        if note is not None:
            report.note(note)
