"""How good a model is on photos whose class is known."""

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch

from trainer.core.config import PrecisionName
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError, DatasetError, SettingError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress, halves, never_cancelled, no_progress
from trainer.core.results import ClassMetrics, EvaluatedPhoto, Evaluation
from trainer.core.statistics import wilson_interval
from trainer.core.text import text
from trainer.dataset.answers import answers_sentence, with_answers
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.records import SPLITS, Dataset, Photo
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.dataset.split import DEFAULT_FRACTIONS, cut, fingerprint
from trainer.hardware import devices
from trainer.hardware.parallel import CHUNK, in_parallel, one_thread, worker_count
from trainer.inference.closer_look import ENLARGED
from trainer.inference.coverage import strictness_of
from trainer.inference.metrics import confusion_matrix, expected_calibration_error, roc_auc
from trainer.inference.outputs import NetworkOutputs, OutputBuffer, loss_and_accuracy
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import verdict
from trainer.storage import model_file
from trainer.storage.model_description import ModelDescription
from trainer.storage.model_file import Model

ALL = "all"


def evaluate_outputs(
    outputs: NetworkOutputs, photos: Sequence[Photo], model: Model, *, dataset: str, split: str
) -> Evaluation:
    """Return the evaluation of what the model's network gave for these photos, in the same order."""
    description = model.description
    classes = description.classes
    truth = torch.tensor([photo.class_index for photo in photos])
    calibrated = outputs.logits.double() / description.temperature
    probabilities = calibrated.sigmoid()
    predicted = (probabilities >= description.threshold).long()
    matrix = confusion_matrix(predicted, truth)
    correct = matrix[0][0] + matrix[1][1]
    evaluated = _evaluated(outputs, probabilities, photos, model)
    return Evaluation(
        dataset=dataset,
        split=split,
        classes=classes,
        photos=len(photos),
        loss=loss_and_accuracy(calibrated, truth.float()).loss,
        accuracy=correct / len(photos),
        accuracy_interval=wilson_interval(correct, len(photos)),
        baseline=max(sum(row) for row in matrix) / len(photos),
        roc_auc=roc_auc(probabilities, truth),
        threshold=description.threshold,
        not_sure=sum(bool(photo.reason) for photo in evaluated),
        calibration_error=expected_calibration_error(probabilities, truth),
        calibration_error_before=expected_calibration_error(outputs.logits.double().sigmoid(), truth),
        confusion=matrix,
        per_class={name: _class_metrics(matrix, index) for index, name in enumerate(classes)},
        wrong=tuple(photo for photo in evaluated if photo.predicted != photo.class_name),
        right=tuple(photo for photo in reversed(evaluated) if photo.predicted == photo.class_name),
    )


def _evaluated(
    outputs: NetworkOutputs, probabilities: torch.Tensor, photos: Sequence[Photo], model: Model
) -> list[EvaluatedPhoto]:
    """Return each photo with its verdict, the surest first."""
    description = model.description
    similarities = model.detector.similarity(outputs.embeddings).tolist()
    both = [False] * len(photos) if outputs.seem_both is None else outputs.seem_both.tolist()
    evaluated = []
    for photo, probability, similarity, seems_both in zip(
        photos, probabilities.tolist(), similarities, both, strict=True
    ):
        found = verdict(description, probability, similarity, seems_both=seems_both)
        evaluated.append(
            EvaluatedPhoto(
                path=photo.path,
                class_name=description.classes[photo.class_index],
                predicted=found.nearest,
                probability=probability,
                reason=found.reason,
                unlike=found.unlike,
                strictness=None if seems_both else strictness_of(description, probability, similarity),
            )
        )
    return sorted(evaluated, key=lambda photo: -abs(photo.probability - description.threshold))


def _class_metrics(matrix: Sequence[Sequence[int]], index: int) -> ClassMetrics:
    hits, said, true = matrix[index][index], matrix[0][index] + matrix[1][index], sum(matrix[index])
    return ClassMetrics(
        photos=true,
        precision=hits / said if said else None,
        recall=hits / true if true else None,
        f1=2 * hits / (said + true) if said + true else None,
    )


@one_thread()
def evaluate_model(
    model: Path,
    dataset: DatasetChoice | Path,
    *,
    split: str | None = None,
    only: Container[str] = (),
    device: str = "auto",
    threads: int = 0,
    precision: PrecisionName = "auto",
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Evaluation:
    """Return how good a model is on a split of any dataset with the same two classes.

    Where no split is named it is the test split, if the dataset has one: in its folders, or because the model learnt
    from this very dataset, which is then split as it was for training. Otherwise no photo was held back, so all
    of them are used, and `note` is told so. Where `only` names paths, those photos are used, of whatever split.
    `progress` counts thousandths of the whole work.

    Raises ModelFileError, DatasetError, SettingError and CancelledError.
    """
    loaded = model_file.load(model)
    description = loaded.description
    place = devices.choose_device(device)
    predictor = Predictor(loaded, place, threads=threads, precision=devices.choose_precision(precision, place))
    scanning, predicting = halves(progress)
    asked = chosen_photos(
        description, dataset, split=split, only=only, progress=scanning, cancelled=cancelled, note=note
    )
    photos = asked.photos
    with open_source(asked.dataset.choice) as source:
        size, workers = description.preprocessing.image_size, worker_count(place, threads)
        outputs = _predict_all(predictor, DecodedPixels(source, photos, size), workers, predicting, cancelled)
        enlarged = DecodedPixels(source, photos, ENLARGED * size)
        outputs = look_closer(predictor, outputs, enlarged.one, workers, cancelled)
    return evaluate_outputs(outputs, photos, loaded, dataset=asked.dataset.name, split=asked.split)


class ChosenPhotos(NamedTuple):
    """The photos that a model is judged by."""

    dataset: Dataset
    split: str
    photos: tuple[Photo, ...]
    """Their class indices are those of the model."""


def chosen_photos(
    description: ModelDescription,
    dataset: DatasetChoice | Path,
    *,
    split: str | None,
    only: Container[str] = (),
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> ChosenPhotos:
    """Scan a dataset and return the photos by which `evaluate_model` judges a model.

    Raises DatasetError, SettingError and CancelledError.
    """
    if split not in (*SPLITS, ALL, None):
        raise SettingError(
            text("There is no split called {name}.", name=repr(split)),
            remedy=text("Choose one of {names}.", names=", ".join((*SPLITS, ALL))),
        )
    found = scan(dataset, progress=progress, cancelled=cancelled)
    if found.problems_sentence is not None:
        note(found.problems_sentence)
    chosen, photos = _choose(found, description, ALL if only else split, note)
    answered = with_answers(msgspec.structs.replace(found, photos=photos))
    photos = answered.photos
    if (sentence := answers_sentence(answered)) is not None:
        note(sentence)
    photos = tuple(photo for photo in photos if photo.path in only) if only else photos
    if not photos:
        raise DatasetError(
            text("{dataset} has no photos in the split {split}.", dataset=found.root, split=chosen),
            remedy=text("Choose another split."),
            path=found.root,
        )
    return ChosenPhotos(found, chosen, photos)


def _predict_all(
    predictor: Predictor, decoded: DecodedPixels, count: int, progress: Progress, cancelled: Cancelled
) -> NetworkOutputs:
    """Return the network's outputs for all photos, in order. Raises DatasetError and CancelledError."""

    def predict(chunk: list[int]) -> NetworkOutputs:
        return predictor.outputs(np.stack([decoded.one(index) for index in chunk]))

    buffer = OutputBuffer(len(decoded))
    for found in in_parallel(predict, in_chunks(range(len(decoded)), CHUNK), count):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        buffer.add(found.logits, found.embeddings)
        progress(buffer.done, len(decoded))
    return buffer.outputs()


def look_closer(
    predictor: Predictor,
    outputs: NetworkOutputs,
    enlarged: Callable[[int], np.ndarray],
    count: int,
    cancelled: Cancelled = never_cancelled,
) -> NetworkOutputs:
    """Replace the outputs of doubtful photos by what a closer look gives, with `count` threads, and return all.

    `enlarged` gives a photo by its index, uint8 [2 S, 2 S, 3]. Raises what it raises, and CancelledError.
    """

    def look(index: int) -> NetworkOutputs:
        return predictor.look_closer(outputs.one(index), enlarged(index))

    doubtful = predictor.doubtful(outputs)
    outputs = outputs._replace(seem_both=torch.zeros(len(outputs.logits), dtype=torch.bool))
    for index, found in zip(doubtful, in_parallel(look, doubtful, count), strict=True):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        outputs.put(index, found)
    return outputs


def _choose(
    found: Dataset, description: ModelDescription, split: str | None, note: Callable[[str], None]
) -> tuple[str, tuple[Photo, ...]]:
    """Return the split's name and its photos, whose class indices are those of the model."""
    if found.classes != description.classes:
        model, its = description.classes, found.classes
        raise DatasetError(
            text(
                "The model tells {first} from {second}, and {dataset} holds {one} and {other}.",
                first=model[0],
                second=model[1],
                dataset=found.root,
                one=its[0],
                other=its[1],
            ),
            remedy=text("Choose a dataset with the model's two classes."),
            path=found.root,
        )
    origin = description.origin
    learnt_from_it = fingerprint(found) == origin.fingerprint
    if split is None and not learnt_from_it and not found.split_counts().get("test"):
        note(
            text("These folders name no test split and the model did not learn from them, so all photos are looked at.")
        )
        split = ALL
    if split == ALL:
        return ALL, found.photos
    seed = origin.seed if learnt_from_it else 0
    fractions = origin.split_fractions if learnt_from_it else DEFAULT_FRACTIONS
    chosen = split or "test"
    return chosen, tuple(photo for photo in cut(found, fractions, seed).photos if photo.split == chosen)
