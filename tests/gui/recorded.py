"""A run as events, made by hand: what the pages are shown in tests."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

from trainer.core.events import (
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    CheckpointSaved,
    EpochFinished,
    RunStarted,
    StageProgressed,
    terminal,
)
from trainer.core.results import ClassMetrics, EpochMetrics, EvaluatedPhoto, Evaluation, EvaluationMetrics, RunResult
from trainer.core.run_state import RunState, reduce
from trainer.dataset.records import Dataset, Photo, Problem, SplitName

BATCHES = 20
BEST = 4
UNSURE = {
    ("dog", "cat", 3): "It could be either.",
    ("dog", "cat", 4): "Neither cat nor dog, as far as it can tell.",
    ("cat", "dog", 1): "It could be either.",
}
ADVICE = AdviceGiven(kind="overfitting", text="Overfitting: the validation loss rises.", remedy="Try more photos.")


def epoch(number: int) -> EpochMetrics:
    """Return one epoch: validation is best in epoch 4."""
    train = 0.69 * math.exp(-number / 5)
    validation = 0.4 + 0.02 * abs(number - BEST)
    return EpochMetrics(
        epoch=number,
        train_loss=train,
        train_accuracy=1 - train / 2,
        val_loss=validation,
        val_accuracy=1 - validation / 2,
        learning_rate=1e-4,
        seconds=4.0,
        photos_per_second=200.0,
    )


def batch(number: int, done: int) -> BatchFinished:
    """Return a batch of an epoch."""
    return BatchFinished(
        epoch=number,
        batch=done,
        batches=BATCHES,
        loss=0.5 - 0.01 * done,
        accuracy=0.7 + 0.01 * done,
        photos_per_second=210.0,
        seconds_left=125.0,
    )


def started(folder: str = "/runs/one", epochs: int = 6) -> RunStarted:
    """Return the event that begins a run."""
    return RunStarted(
        run_folder=folder,
        recipe="classic",
        classes=("cat", "dog"),
        photos={split: {"cat": 10, "dog": 10} for split in ("train", "validation", "test")},
        epochs=epochs,
        batches=BATCHES,
        parameters=3_453_121,
        device="cpu",
        threads=2,
    )


def events(epochs: int = 6, folder: str = "/runs/one") -> Iterator[AnyEvent]:
    """Yield a run's events without the terminal one."""
    yield StageProgressed(stage="scan", done=30, total=60)
    yield StageProgressed(stage="decode", done=60, total=60)
    yield started(folder, epochs)
    for number in range(1, epochs + 1):
        for done in range(1, BATCHES + 1):
            yield batch(number, done)
        yield EpochFinished(metrics=epoch(number), is_best=number <= BEST)
        yield CheckpointSaved(epoch=number + 1, batch=0)
    yield ADVICE


def result(
    status: str = "completed", *, epochs: int = 6, model: str | None = "/runs/one/model.safetensors"
) -> RunResult:
    """Return how the run ended."""
    return RunResult(
        status=status,  # type: ignore[arg-type]  # a test's own word
        run_folder="/runs/one",
        model=model,
        best_epoch=BEST if model else None,
        history=tuple(epoch(number) for number in range(1, epochs + 1)),
        evaluation=metrics() if model else None,
    )


def state(epochs: int = 6, *, ended: bool = False) -> RunState:
    """Return the state after the events."""
    reached = RunState()
    for event in events(epochs):
        reached = reduce(reached, event)
    return reduce(reached, terminal(result(epochs=epochs))) if ended else reached


def metrics() -> EvaluationMetrics:
    """Return the numbers of an evaluation of 40 photos, 33 of them right."""
    return EvaluationMetrics(
        dataset="drawings",
        split="test",
        classes=("cat", "dog"),
        photos=40,
        loss=0.41,
        accuracy=0.825,
        accuracy_interval=(0.68, 0.913),
        baseline=0.5,
        roc_auc=0.9,
        threshold=0.5,
        not_sure=3,
        calibration_error=0.021,
        calibration_error_before=0.063,
        confusion=((18, 2), (5, 15)),
        per_class={
            "cat": ClassMetrics(photos=20, precision=18 / 23, recall=0.9, f1=0.837),
            "dog": ClassMetrics(photos=20, precision=15 / 17, recall=0.75, f1=0.811),
        },
    )


def evaluation() -> Evaluation:
    """Return the same with its photos; on two of the dogs called cat and one cat called dog it is not sure."""
    numbers = metrics()
    judged = {
        (true, said): [
            EvaluatedPhoto(
                path=f"{true}s/{true}.{said}.{number}.jpg",
                class_name=true,
                predicted=said,
                probability=0.9 if said == "dog" else 0.2,
                reason=UNSURE.get((true, said, number), ""),
                unlike=UNSURE.get((true, said, number), "").startswith("Neither"),
                strictness=-1.0 if (true, said, number) in UNSURE else 0.1 * (number + 1),
            )
            for number in range(numbers.confusion[row][column])
        ]
        for row, true in enumerate(numbers.classes)
        for column, said in enumerate(numbers.classes)
    }
    return Evaluation(
        **{name: getattr(numbers, name) for name in numbers.__struct_fields__},
        wrong=tuple(judged["cat", "dog"] + judged["dog", "cat"]),
        right=tuple(judged["cat", "cat"] + judged["dog", "dog"]),
    )


def dataset(root: str = "/photos/pets", *, count: int = 40, splits: tuple[SplitName, ...] = ()) -> Dataset:
    """Return a scanned dataset of `count` photos, half of each class; the folders name the splits given."""
    photos = tuple(
        Photo(
            path=f"{'cats' if number % 2 == 0 else 'dogs'}/{number:05}.jpg",
            class_index=number % 2,
            split=splits[number // 2 % len(splits)] if splits else None,
            bytes=1000,
            modified_ns=0,
            width=320,
            height=240,
            digest=f"{number:032x}",
        )
        for number in range(count)
    )
    return Dataset(
        root=root,
        layout="split folders" if splits else "class folders",
        classes=("cat", "dog"),
        photos=tuple(sorted(photos, key=lambda photo: photo.path)),
    )


def cut_off_run(finished: RunResult, runs_folder: Path) -> Path:
    """Return a run below `runs_folder` that was cut off: a copy of a finished one without its last event."""
    folder = runs_folder / "2026-11-22_0935_classic"
    shutil.copytree(finished.run_folder, folder)
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join(lines[:-1]))
    return folder


def problems(count: int = 3) -> tuple[Problem, ...]:
    """Return files that were left out."""
    kinds = ("truncated", "not an image")
    return tuple(
        Problem(path=f"cats/bad.{number}.jpg", kind=kinds[number % 2], reason="This photo is damaged.")
        for number in range(count)
    )
