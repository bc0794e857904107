"""Keep what was learnt from corrections as a run, which the lists of runs and models show like any other."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from trainer.core.config import TrainConfig
from trainer.core.events import EpochFinished, RunCompleted, RunStarted
from trainer.core.results import EpochMetrics, RunResult
from trainer.dataset.label_file import LabelBook
from trainer.dataset.records import Dataset, Photo
from trainer.dataset.split import fingerprint
from trainer.hardware.devices import choose_device
from trainer.hardware.machine import machine_words
from trainer.labelling.corrections import Learnt
from trainer.models import parameter_count
from trainer.report.write import leave_report
from trainer.storage import model_file, training_photos
from trainer.storage.event_log import EventLog
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord, now, versions

_RECIPE = "transfer"


def save_run(
    learnt: Learnt,
    book: LabelBook,
    began_with: Path,
    out: Path | None = None,
    *,
    seconds: float = 0.0,
    note: Callable[[str], None],
) -> RunFolder:
    """Write a run folder with the model, what it learnt from, and how it fares. Raises DiskError.

    `note` is told where its report could not be written, or not with all pictures.
    It has a single epoch, whose training photos are the corrections, and no checkpoint: nothing is left to go on with.
    """
    dataset = _dataset(learnt, book)
    settings = {"dataset": str(book.path), "recipe": _RECIPE, "epochs": 1, "patience": 0}
    config = TrainConfig.from_mapping({**settings, "backbone": learnt.model.description.network})
    record = RunRecord(
        config=config,
        fingerprint=fingerprint(dataset),
        device=choose_device("cpu").type,
        threads=1,
        precision="float32",
        created=now(),
        versions=versions(),
        machine=machine_words(choose_device("cpu")),
        begins_with=str(began_with),
    )
    epoch = _epoch(learnt, seconds)
    folder = RunFolder.create(out, "corrections")
    with folder.locked():
        folder.write_record(record)
        folder.write_dataset(dataset)
        described = learnt.model.description
        origin = msgspec.structs.replace(
            described.origin,
            created=record.created,
            catdog=record.versions["catdog"],
            torch=record.versions["torch"],
            dataset=book.name,
            fingerprint=record.fingerprint,
            photos=dataset.split_counts(),
            epoch=epoch,
        )
        evaluation = learnt.evaluation
        test = evaluation.metrics() if evaluation is not None else None
        model = learnt.model._replace(description=msgspec.structs.replace(described, origin=origin, test=test))
        digest = model_file.save(folder.model, model)
        # Only the head has learnt, so the model sees photos as the one that it began with.
        beside = RunFolder(began_with.parent).training_photos
        training_photos.carry_over(beside, learnt.model.digest, folder.training_photos, digest)
        folder.write_history([epoch])
        if evaluation is not None:
            folder.write_evaluation(evaluation)
        _write_events(folder, record, dataset, epoch, learnt)
        leave_report(folder.path, status="completed", device=record.device, note=note)
    return folder


def _dataset(learnt: Learnt, book: LabelBook) -> Dataset:
    """Return the corrections of a class as a dataset of training photos."""
    photos = []
    for digest in learnt.digests:
        known, label = book.photos[digest], book.labels[digest]
        if label in ("first", "second"):
            photos.append(
                Photo(
                    path=known.key,
                    class_index=int(label == "second"),
                    split="train",
                    bytes=known.bytes,
                    modified_ns=known.modified_ns,
                    width=known.width,
                    height=known.height,
                    digest=digest,
                )
            )
    photos.sort(key=lambda photo: photo.path)
    return Dataset(root=str(book.path), layout="labels", classes=book.classes, photos=tuple(photos))


def _epoch(learnt: Learnt, seconds: float) -> EpochMetrics:
    """Return the one epoch: on the corrections as learnt, and on each as judged without it."""
    new, losses = learnt.report.new, learnt.losses
    return EpochMetrics(
        epoch=1,
        train_loss=losses.learnt,
        train_accuracy=learnt.report.remembered / new.photos,
        val_loss=losses.out_of_fold,
        val_accuracy=new.right_after / new.photos,
        learning_rate=0.0,
        seconds=seconds,
        photos_per_second=new.photos / seconds if seconds else 0.0,
    )


def _write_events(folder: RunFolder, record: RunRecord, dataset: Dataset, epoch: EpochMetrics, learnt: Learnt) -> None:
    evaluation = learnt.evaluation
    with EventLog(folder.events) as log:
        log.write(
            RunStarted(
                run_folder=str(folder.path),
                recipe=_RECIPE,
                classes=dataset.classes,
                photos=dataset.split_counts(),
                epochs=1,
                batches=1,
                parameters=parameter_count(learnt.model.network),
                device=record.device,
                threads=record.threads,
            )
        )
        log.write(EpochFinished(metrics=epoch, is_best=True))
        log.write(
            RunCompleted(
                result=RunResult(
                    status="completed",
                    run_folder=str(folder.path),
                    model=str(folder.model),
                    best_epoch=1,
                    history=(epoch,),
                    evaluation=evaluation.metrics() if evaluation is not None else None,
                )
            )
        )
