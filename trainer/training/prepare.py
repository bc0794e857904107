"""Everything before the first batch: find the photos, split them, decode them, and build the network."""

import copy
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import torch

from trainer import models
from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError, DiskError
from trainer.core.events import RunStarted
from trainer.core.progress import no_progress
from trainer.core.recipes import recipe
from trainer.dataset.answers import answers_sentence
from trainer.dataset.records import Dataset, Photo
from trainer.dataset.replaced import PhotoWatch, Replaced
from trainer.dataset.sources.source import PhotoSource, open_source
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
from trainer.training.data import seeds
from trainer.training.data.splits import SplitBuilder, Splits
from trainer.training.disk_room import Room, check_room
from trainer.training.distributed.team import ALONE, Team
from trainer.training.find_checkpoint import Found
from trainer.training.foresight import Foresight
from trainer.training.found_photos import find_photos
from trainer.training.hand_out import hand_out, refuse_unfit_team, settled
from trainer.training.keep_to_time import tell_plan
from trainer.training.reporter import Reporter
from trainer.training.run import Run, with_planned_epochs
from trainer.training.shards import shapes_of
from trainer.training.split_outputs import compute_outputs, seconds_a_photo
from trainer.training.training_state import TrainingState


def start(
    config: TrainConfig,
    out: Path | None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    *,
    known: Sequence[Photo] = (),
    team: Team = ALONE,
) -> Run:
    """Return a new run, ready for its first batch, in a new folder under `out`.

    Photos that are `known` from an earlier scan, and have not changed, are not read again to find them.

    `resources` closes at the run's end what it keeps open: its lock and the dataset. Where the run is stopped before it
    is ready, or the disk refuses, its folder is removed again. Raises DatasetError, SettingError, DiskError and
    CancelledError.
    """
    watch = Stopwatch()
    recipe(config.recipe).check(config)
    refuse_unfit_team(team, config)
    device = devices.choose_device(config.device)
    precision = devices.choose_precision(config.precision, device)
    dataset, fingerprint = find_photos(config, report.progress("scan"), control.should_stop, known=known)
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
        report.log_to(folder.events)
        hand_out(team, record, folder)
        run = assemble(
            record,
            folder,
            dataset,
            watch,
            found=Found(),
            report=report,
            control=control,
            resources=resources,
            team=team,
        )
        return settled(run)
    except (CancelledError, DiskError):
        report.close_log()
        resources.close()
        folder.discard()
        raise


def assemble(
    record: RunRecord,
    folder: RunFolder,
    dataset: Dataset,
    watch: Stopwatch,
    *,
    found: Found,
    check: Callable[[PhotoSource, Dataset], None] = lambda _source, _dataset: None,
    report: Reporter,
    control: RunControl,
    resources: ExitStack,
    team: Team,
) -> Run:
    """Build the network, put it where the run goes on, prepare the splits, and announce the run."""
    config = record.config
    source = resources.enter_context(open_source(dataset.choice))
    check(source, dataset)
    device, precision = devices.choose_device(record.device), devices.PRECISIONS[record.precision]
    resources.enter_context(devices.repeatable(device))
    workers = resources.enter_context(Workers(_worker_count(config, device)))
    network = _network(config, device, report, control)
    optimiser = _optimiser(config, network)
    ema = copy.deepcopy(network).requires_grad_(requires_grad=False) if config.ema_decay else None
    if team.leads:  # what the others write goes away with them
        check_room(folder, Room.of(network, ema, optimiser), report.note)
    saved, progress = found.checkpoint, TrainingState()
    if saved is not None:
        checkpoint.restore(saved, network, ema, optimiser, found.path or folder.checkpoint)
        progress = saved.progress
        watch.add(progress.run_seconds)
    replaced = Replaced(report.note)
    builder = SplitBuilder(
        config=config,
        dataset=dataset,
        source=source,
        network=network,
        device=device,
        precision=precision,
        report=report,
        control=control,
        replaced=replaced,
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
        replaced=replaced,
        photo_watch=PhotoWatch(source, dataset.photos, replaced),
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
        identity=checkpoint.identity_of(record, dataset),
        last_is_whole=found.path == folder.checkpoint,
    )
    run.seconds_a_look = _seconds_a_look(splits, preparing)
    if isinstance(network, Transfer) and progress == TrainingState():
        _fit_feature_scale(run, network)
    run.config = with_planned_epochs(config, record.plan, run.steps_done, run.batches)
    if config.time_budget and team.leads:
        run.budget = _time_budget(run)
    _announce(run)
    return run


def _seconds_a_look(splits: Splits, preparing: float) -> float:
    """Return how long each photo took of so many seconds in which the splits were made ready."""
    looks = len(splits.train) + len(splits.validation)
    if splits.mirroring is not None:
        looks += len(splits.train) - splits.mirroring.looks
    return preparing / looks


def _time_budget(run: Run) -> TimeBudget:
    """Return what keeps the run to its time."""
    photos = {split: sum(classes.values()) for split, classes in run.dataset.split_counts().items()}
    budget = TimeBudget(
        run.record.config,
        run.record.plan,
        run.watch,
        batches=run.batches,
        photos=photos,
        looks=1 + run.network.averages_mirrored,
    )
    budget.meter.looking_at_a_photo = _seconds_a_photo(run)
    if run.network.has_frozen_layers:  # the test photos go through these once the training is over
        budget.meter.preparing_a_photo = run.seconds_a_look
    return budget


def _seconds_a_photo(run: Run) -> float:
    """Return how long all ranks together look at a photo in validation."""
    seconds = seconds_a_photo(
        run.eval_network,
        run.splits.validation,
        run.workers,
        precision=run.precision,
        clock=lambda: run.watch.seconds,
    )
    return seconds / run.team.ranks


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
    # Where photos are varied in every epoch, this is the backbone's first look at them, and takes as long as an epoch.
    takes_long = not run.config.augment.only_mirrors
    # Nothing is tuned yet, so the embeddings are the very features that the head is about to see.
    found = compute_outputs(
        network,
        run.splits.train,
        run.workers,
        precision=run.precision,
        progress=run.report.progress("decode") if takes_long else no_progress,
        cancelled=run.control.should_stop,
        team=run.team,
    )
    network.fit_feature_scale(found.embeddings.to(run.device))
    if run.ema is not None:
        run.ema.load_state_dict(network.state_dict())


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
            augmented=not run.config.augment.only_mirrors,
            history=tuple(run.progress.history),
        )
    )
    tell_plan(run)
    run.report_advice(advice.before_training(counts["train"], from_nothing=not run.network.has_frozen_layers))


def _tell(report: Reporter, dataset: Dataset) -> None:
    """Tell which files were left out and what is unusual about the dataset."""
    for note in (dataset.problems_sentence, *dataset.notes, answers_sentence(dataset)):
        if note is not None:
            report.note(note)
