"""What comes before the first batch: finding the photos, sharing them out, decoding them, and building the network."""

import copy
from pathlib import Path

import msgspec
import torch

from trainer import models
from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CheckpointError, SettingError
from trainer.core.events import RunStarted
from trainer.core.recipes import recipe
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.dataset.split import cut, fingerprint
from trainer.dataset.unchanged import refuse_changed
from trainer.hardware import devices
from trainer.hardware.threads import ThreadCount
from trainer.models import parameter_count
from trainer.models.network import Network
from trainer.models.transfer import Transfer
from trainer.storage.run_folder import RunFolder, RunRecord, now, versions
from trainer.training import checkpoint, optimisers, seeds
from trainer.training.batches import batch_count
from trainer.training.checkpoint import Progress
from trainer.training.data import Ingredients
from trainer.training.reporter import Reporter
from trainer.training.run import Run
from trainer.training.split_outputs import look


def begin(config: TrainConfig, out: Path | None, report: Reporter, control: RunControl) -> Run:
    """Return a new run, ready for its first batch, in a new folder under `out`.

    Raises DatasetError, SettingError, DiskError, and CancelledError where it is stopped before it is ready.
    """
    device = devices.choose(config.device)
    precision = devices.choose_precision(config.precision, device)
    found = scan(config.dataset, progress=report.progress("scan"), cancelled=control.should_stop)
    dataset = cut(found, config.split.fractions, config.seed)
    _tell(report, dataset)
    record = RunRecord(
        config=config,
        fingerprint=fingerprint(found),
        device=device.type,
        threads=ThreadCount(config.threads).best,
        precision=str(precision).removeprefix("torch."),
        created=now(),
        versions=versions(),
    )
    folder = RunFolder.create(out, config.recipe)
    report.keep_open(folder.locked())
    folder.write_record(record)
    folder.write_dataset(dataset)
    return _assemble(record, folder, dataset, report, control)


def go_on(path: Path, epochs: int | None, report: Reporter, control: RunControl) -> Run:
    """Return a run as its folder left it, ready for the next batch; `epochs`, if given, is its new last epoch.

    Raises CheckpointError, DatasetError where a photo is no longer what it was, SettingError and CancelledError.
    """
    folder = RunFolder.open(path)
    report.keep_open(folder.locked())
    folder.tidy()
    record = folder.read_record()
    if epochs is not None:
        record = msgspec.structs.replace(record, config=msgspec.structs.replace(record.config, epochs=epochs))
    if folder.model.exists() and not folder.checkpoint.exists():
        raise CheckpointError(
            f"The checkpoint {folder.checkpoint} is gone, so the run cannot go on.",
            remedy="Start a new run; the model that it made can still be used.",
            path=folder.checkpoint,
        )
    run = _assemble(record, folder, folder.read_dataset(), report, control, resumed=True)
    folder.write_record(record)
    return run


def _assemble(
    record: RunRecord,
    folder: RunFolder,
    dataset: Dataset,
    report: Reporter,
    control: RunControl,
    *,
    resumed: bool = False,
) -> Run:
    """Decode the photos, build the network, take up the checkpoint if there is one, and say that it begins."""
    config = record.config
    report.log_to(folder.events)
    source = open_source(dataset.root)
    report.keep_open(source)
    if resumed:
        refuse_changed(source, dataset)
    device = devices.choose(record.device)
    network = _network(config, device, report, control)
    optimiser = optimisers.make(
        config.optimiser,
        network.parameters(),
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        pretrained=network.pretrained(),
    )
    average = copy.deepcopy(network).requires_grad_(requires_grad=False) if config.averaging else None
    progress = Progress()
    if folder.checkpoint.exists():
        progress = checkpoint.load(folder.checkpoint, network, average, optimiser)
        _refuse_unfit(progress, config, folder)
    precision = devices.PRECISIONS[record.precision]
    data = Ingredients(config, dataset, source, network, device, precision, report, control).splits()
    if config.class_weighting == "balanced":
        data["train"].balance()
    if isinstance(network, Transfer) and progress == Progress():
        # Before anything is tuned, the features that recognise photos are those that classify them.
        network.get_used_to(look(network, data["train"], precision=precision).features.to(device))
        if average is not None:
            average.load_state_dict(network.state_dict())
    run = Run(
        config=config,
        record=record,
        folder=folder,
        dataset=dataset,
        data=data,
        network=network,
        average=average,
        optimiser=optimiser,
        device=device,
        precision=precision,
        progress=progress,
        report=report,
        control=control,
        threads=ThreadCount(config.threads),
    )
    _announce(run)
    return run


def _network(config: TrainConfig, device: torch.device, report: Reporter, control: RunControl) -> Network:
    """Return the run's network with its first weights. Raises ModelFileError, DownloadError and CancelledError."""
    torch.manual_seed(seeds.derive(config.seed, "weights"))
    name = recipe(config.recipe).network_of(config)
    network = models.build(name, image_size=config.image_size, dropout=config.dropout)
    if isinstance(network, Transfer):
        network.load_trunk(report.progress("download"), control.should_stop)
        network.tune(config.tuned_stages)
    return devices.put(network, device)


def _refuse_unfit(progress: Progress, config: TrainConfig, folder: RunFolder) -> None:
    """Raise where the checkpoint does not fit what is asked for, or what else the folder holds."""
    done = len(progress.history)
    if config.epochs < done:
        raise SettingError(
            f"The run has done {done} epochs already, and {config.epochs} were asked for.",
            remedy=f"Ask for {done} or more.",
        )
    if done and not folder.model.is_file():
        raise CheckpointError(
            f"The run's model {folder.model} is gone.", remedy="Put it back, or start a new run.", path=folder.model
        )


def _announce(run: Run) -> None:
    counts = run.dataset.split_counts()
    run.report(
        RunStarted(
            run_folder=str(run.folder.path),
            recipe=run.config.recipe,
            classes=run.dataset.classes,
            photos=counts,
            epochs=run.config.epochs,
            batches=batch_count(run.data["train"], run.config),
            parameters=parameter_count(run.network),
            device=run.record.device,
            threads=run.record.threads,
            history=tuple(run.progress.history),
        )
    )
    run.give(advice.before_training(counts["train"], from_nothing=not run.network.is_partly_frozen))


def _tell(report: Reporter, dataset: Dataset) -> None:
    """Say what of the dataset was left out and what is odd about it."""
    if dataset.problems:
        first = dataset.problems[0]
        report.note(
            f"{len(dataset.problems)} files were left out. The first: {first.path} ({first.reason}). "
            "Look through the dataset to see them all."
        )
    for note in dataset.notes:
        report.note(note)
