"""How good a model is on photos whose class is known."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from trainer import devices, model_file
from trainer.batches import SplitData
from trainer.dataset import cache
from trainer.dataset.records import SPLITS, Dataset, Photo
from trainer.dataset.scan import scan
from trainer.dataset.sources import open_source
from trainer.dataset.split import DEFAULT_FRACTIONS, cut, fingerprint
from trainer.errors import DatasetError, SettingError
from trainer.inference import fit_of, logits_of
from trainer.model_description import ModelDescription
from trainer.results import ClassMetrics, Evaluation, JudgedPhoto
from trainer.statistics import wilson_interval
from trainer.torchvision_shim import torchmetrics

ALL = "all"

Progress = Callable[[int, int], None]


def assess(
    logits: torch.Tensor,
    photos: Sequence[Photo],
    *,
    description: ModelDescription,
    dataset: str,
    split: str,
) -> Evaluation:
    """Return the evaluation of the model's logits [N] for these photos, in the same order."""
    classes, threshold = description.classes, description.threshold
    truth = torch.tensor([photo.class_index for photo in photos])
    calibrated = logits / description.temperature
    probabilities = calibrated.double().sigmoid()
    predicted = (probabilities >= threshold).long()
    matrix = torchmetrics.functional.classification.binary_confusion_matrix(predicted, truth).tolist()
    correct = matrix[0][0] + matrix[1][1]
    judged = [
        JudgedPhoto(
            path=photo.path,
            class_name=classes[photo.class_index],
            predicted=classes[index],
            probability=probability,
        )
        for photo, index, probability in zip(photos, predicted.tolist(), probabilities.tolist(), strict=True)
    ]
    judged.sort(key=lambda photo: -abs(photo.probability - threshold))
    return Evaluation(
        dataset=dataset,
        split=split,
        classes=classes,
        photos=len(photos),
        loss=fit_of(calibrated, truth.float()).loss,
        accuracy=correct / len(photos),
        accuracy_interval=wilson_interval(correct, len(photos)),
        baseline=max(sum(row) for row in matrix) / len(photos),
        roc_auc=_roc_auc(probabilities, truth),
        threshold=threshold,
        confusion=((matrix[0][0], matrix[0][1]), (matrix[1][0], matrix[1][1])),
        per_class={name: _class_metrics(matrix, index) for index, name in enumerate(classes)},
        wrong=tuple(photo for photo in judged if photo.predicted != photo.class_name),
        right=tuple(photo for photo in reversed(judged) if photo.predicted == photo.class_name),
    )


def _roc_auc(probabilities: torch.Tensor, truth: torch.Tensor) -> float | None:
    if truth.min() == truth.max():
        return None
    area: float = torchmetrics.functional.classification.binary_auroc(probabilities, truth).item()
    return area


def _class_metrics(matrix: list[list[int]], index: int) -> ClassMetrics:
    hits, said, true = matrix[index][index], matrix[0][index] + matrix[1][index], sum(matrix[index])
    return ClassMetrics(
        photos=true,
        precision=hits / said if said else None,
        recall=hits / true if true else None,
        f1=2 * hits / (said + true) if said + true else None,
    )


def evaluate_model(
    model: Path,
    dataset: Path,
    *,
    split: str | None = None,
    device: str = "auto",
    threads: int = 0,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    note: Callable[[str], None] = lambda _text: None,
) -> Evaluation:
    """Return how a model fares on a split of any dataset of the same two classes.

    Where no split is named it is the test split, if the dataset has one: in its folders, or because the model learnt
    from this very dataset, which is then cut as it was for training. Otherwise no photo was kept back from anything, so
    all of them are looked at, and `note` is told so. `progress` counts thousandths of the whole work.

    Raises ModelFileError, DatasetError, SettingError and CancelledError.
    """
    if split not in (*SPLITS, ALL, None):
        raise SettingError(f"There is no split called {split!r}.", remedy=f"Choose {', '.join(SPLITS)} or {ALL}.")
    network, description = model_file.load(model)
    place = devices.choose(device)
    devices.set_threads(threads)
    found = scan(dataset, progress=_part(progress, 0), cancelled=cancelled)
    chosen, photos = _choose(found, description, split, note)
    if not photos:
        raise DatasetError(f"{dataset} has no photos in the split {chosen}.", remedy="Choose another split.")
    with open_source(dataset) as source:
        size = description.preprocessing.image_size
        pixels = cache.prepare(source, photos, size, progress=_part(progress, 1), cancelled=cancelled, note=note)
        data = SplitData(pixels, range(len(photos)), photos, place)
        logits = logits_of(network.to(place), data, progress=_part(progress, 2), cancelled=cancelled)
    return assess(logits, photos, description=description, dataset=dataset.name, split=chosen)


def _part(progress: Progress, part: int) -> Progress:
    """Return a progress that fills one of the three equal parts of another."""
    return lambda done, total: progress((1000 * part + 1000 * done // total) // 3, 1000)


def _choose(
    found: Dataset, description: ModelDescription, split: str | None, note: Callable[[str], None]
) -> tuple[str, tuple[Photo, ...]]:
    """Return the split's name and its photos, whose class indices are those of the model."""
    if found.classes != description.classes:
        raise DatasetError(
            f"The model tells {' from '.join(description.classes)}, "
            f"and {found.root} holds {' and '.join(found.classes)}.",
            remedy="Choose a dataset with the model's two classes.",
            path=found.root,
        )
    origin = description.origin
    learnt_from_it = fingerprint(found) == origin.fingerprint
    if split is None and not learnt_from_it and not found.split_counts().get("test"):
        note("These folders name no test split and the model did not learn from them, so all photos are looked at.")
        split = ALL
    if split == ALL:
        return ALL, found.photos
    seed = origin.seed if learnt_from_it else 0
    fractions = origin.split_fractions if learnt_from_it else DEFAULT_FRACTIONS
    chosen = split or "test"
    return chosen, tuple(photo for photo in cut(found, fractions, seed).photos if photo.split == chosen)
