"""A model learns from its user's corrections, with its old photos kept in mind, and says what that did to both."""

import copy
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import torch

from trainer.core.errors import DatasetError, ModelFileError
from trainer.core.progress import Cancelled, Progress, halves, never_cancelled, no_progress
from trainer.core.results import Evaluation
from trainer.core.statistics import mcnemar_p_value, wilson_interval
from trainer.core.text import join, plural, text
from trainer.dataset.label_file import Label, LabelBook, LabelFile
from trainer.dataset.names import class_key
from trainer.dataset.records import Photo
from trainer.inference.evaluate import evaluate_outputs
from trainer.inference.negatives import negatives
from trainer.inference.outputs import NetworkOutputs, loss_and_accuracy
from trainer.inference.verdict import verdict
from trainer.labelling.adjust import Examples, Linear, adjust, balanced
from trainer.labelling.eye import Eye
from trainer.labelling.heap import Heap, look_at
from trainer.labelling.memory import Memory, memory_of
from trainer.models.detector import Detector
from trainer.models.transfer import Transfer
from trainer.storage import model_file
from trainer.storage.model_file import Model

# How much all corrections count together, where all old photos count 1; and how firmly the model stays what it was.
# Chosen once by drawings and photos (see tests/benchmarks/RESULTS.md): more of the one or less of the other changes old
# verdicts, the contrary learns little from twenty corrections.
CORRECTIONS_WEIGHT = 1.0
DECAY = 1.0
LEAST = 4
"""Corrections from which something can be learnt."""
_FOLDS = 5
# Below this p-value a loss of old photos is no accident, and this share of them is too many to lose to one either.
_WORSE_P, _WORSE_SHARE = 0.1, 0.01

Judgement = Literal["better", "same", "worse"]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts on the same photos, before and after. Right is a sure verdict that is true."""

    photos: int
    right_before: int
    right_after: int
    unsure_before: int
    unsure_after: int
    only_before: int
    """Photos that only the model before gets right."""
    only_after: int

    @property
    def p_value(self) -> float:
        """Of McNemar's exact test."""
        return mcnemar_p_value(self.only_before, self.only_after)

    def interval(self, right: int) -> tuple[float, float]:
        """Return the 95 % Wilson interval of a share of the photos."""
        return wilson_interval(right, self.photos)


class BeforeAfter(msgspec.Struct, frozen=True, kw_only=True):
    """What learning did."""

    old: Judged | None
    """On old photos that were not learnt from; None where none are known."""
    new: Judged
    """On the corrections, each judged by a model that did not learn from it."""
    remembered: int
    """Corrections that the new model gets right, having learnt from them."""

    @property
    def judgement(self) -> Judgement:
        """Whether the model became better, or worse on old photos."""
        if self.old is not None:
            lost = self.old.only_before - self.old.only_after
            if lost > 0 and (self.old.p_value < _WORSE_P or lost > _WORSE_SHARE * self.old.photos):
                return "worse"
        return "better" if self.new.right_after > self.new.right_before else "same"

    @property
    def sentence(self) -> str:
        """The judgement in words."""
        before, after = self.new.right_before, self.new.right_after
        on_new = plural(
            self.new.photos,
            "Of %n corrected photo that it had not learnt from, {after} is right now, {before} before.",
            "Of %n corrected photos, judged without having learnt from them, {after} are right now, {before} before.",
            after=after,
            before=before,
        )
        if self.old is None:
            return join([on_new, text("No old photos are known, so nobody can tell whether it forgot any.")])
        on_old = plural(
            self.old.photos,
            "Of %n old photo {after} is right now, {before} before.",
            "Of %n old photos {after} are right now, {before} before.",
            after=self.old.right_after,
            before=self.old.right_before,
        )
        verdicts: dict[Judgement, str] = {
            "better": text("It became better."),
            "same": text("It became neither better nor worse."),
            "worse": text("It became worse on old photos: better keep the old one."),
        }
        return join([verdicts[self.judgement], on_new, on_old])


class Losses(NamedTuple):
    """Mean cross-entropies on the corrections that are of a class, in nats; 0 where there are none."""

    learnt: float
    out_of_fold: float


class Learnt(NamedTuple):
    """A model that learnt from corrections, not saved yet."""

    model: Model
    report: BeforeAfter
    digests: tuple[str, ...]
    """The photos that it learnt from."""
    losses: Losses
    evaluation: Evaluation | None
    """On the old photos that judge; None where none are known."""


class _Fold(NamedTuple):
    """Of each correction, what a model says that did not learn from it."""

    outcomes: list[tuple[bool, bool]]
    """Whether the verdict is right, and whether it is "not sure"."""
    logits: torch.Tensor


class _New(NamedTuple):
    embeddings: torch.Tensor
    labels: list[Label]
    """first, second or neither, in the order of the model's classes."""


def learn(
    model: Path,
    file: LabelFile,
    *,
    device: str = "auto",
    threads: int = 0,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Learnt:
    """Return the model that a model becomes by the labels in a collection.

    Its backbone stays. Its head and what tells "neither" move as little as fits the corrections and the old photos
    together. Raises ModelFileError for a model whose backbone is not frozen or that has other classes, DatasetError
    with too few corrections, and CancelledError.
    """
    before = model_file.load(model)
    network = before.network
    if not isinstance(network, Transfer) or before.description.tuned_stages:
        raise ModelFileError(
            text("This model cannot learn from a few corrections: its whole network was trained."),
            remedy=text("Use the starter model or one of the recipe transfer, or train anew with your photos added."),
            path=model,
        )
    eye = Eye(model, file.classes, device=device, threads=threads)
    if not eye.knows_classes:
        raise ModelFileError(
            text("These corrections are of {first} and {second}.", first=file.classes[0], second=file.classes[1]),
            remedy=text("Use a model of these classes."),
            path=model,
        )
    of_old, of_new = halves(progress)
    memory = memory_of(model, eye, progress=of_old, cancelled=cancelled)
    heap = look_at(file, [], eye, progress=of_new, cancelled=cancelled).heap
    new, digests = _corrections(
        file, heap, turned=class_key(file.classes[0]) != class_key(before.description.classes[0])
    )
    if len(new.labels) < LEAST:
        raise DatasetError(
            plural(
                len(new.labels),
                "There is %n correction that can be read; from {least} on something can be learnt.",
                "There are %n corrections that can be read; from {least} on something can be learnt.",
                least=LEAST,
            ),
            remedy=text("Correct or remember some more photos first."),
        )
    learner = _Learner(before, network, memory)
    after = learner.learn(new)
    fold = _out_of_fold(learner, new)
    report = BeforeAfter(
        old=_judge_old(before, after, memory) if memory is not None else None,
        new=_judged(_right(before, new), fold.outcomes),
        remembered=sum(right for right, _ in _right(after, new)),
    )
    losses = Losses(_loss(_outputs(after, new.embeddings).logits, new, after), _loss(fold.logits, new, after))
    return Learnt(after, report, digests, losses, _evaluate(after, memory))


class _Learner:
    """Learns from corrections, as often as folds need it."""

    def __init__(self, before: Model, network: Transfer, memory: Memory | None) -> None:
        self._before, self._network, self._memory = before, network, memory
        self._others = negatives(before.description.network)
        mean, std = network.feature_mean, network.feature_std
        weights = network.head.weight.detach()[0] / std
        assert network.head.bias is not None
        self._head = Linear(weights, network.head.bias.detach()[0] - (weights * mean).sum())
        self._scale = std

    def learn(self, new: _New) -> Model:
        """Return the model that fits these corrections too."""
        network = copy.copy(self._network)  # which shares the backbone, that stays as it is
        network._modules = {**self._network._modules, "head": copy.deepcopy(self._network.head)}  # noqa: SLF001 - torch's own way
        of_class = torch.tensor([label != "neither" for label in new.labels])
        if of_class.any():
            head = self._fit_head(new, of_class)
            with torch.no_grad():
                network.head.weight.copy_((head.weights * self._scale)[None])
                assert network.head.bias is not None
                network.head.bias.copy_((head.bias + (head.weights * network.feature_mean).sum())[None])
        return self._before._replace(network=network, detector=self._fit_detector(new))

    def _fit_head(self, new: _New, of_class: torch.Tensor) -> Linear:
        targets = torch.tensor([float(label == "second") for label in new.labels])[of_class]
        # Logits in use are divided by the temperature, so what is learnt is too.
        temperature = self._before.description.temperature
        head = Linear(self._head.weights / temperature, self._head.bias / temperature)
        weight = torch.full((len(targets),), CORRECTIONS_WEIGHT / len(targets))
        found = adjust(
            head, self._old_of_classes(), Examples(new.embeddings[of_class], targets, weight), self._scale, decay=DECAY
        )
        return Linear(found.weights * temperature, found.bias * temperature)

    def _fit_detector(self, new: _New) -> Detector:
        """Move the probe of each class: its own photos and corrections on one side, "neither" on the other."""
        detector = self._before.detector
        if detector.kind != "probes" or self._others is None or len(detector.directions) != 2:
            return detector
        limit = self._before.description.limits.likeness
        probes: list[Linear] = []
        for index, label in enumerate(("first", "second")):
            mine = torch.tensor([each in (label, "neither") for each in new.labels])
            before = Linear(detector.directions[index], detector.offsets[index] - limit)  # 0 is the limit of "neither"
            if not mine.any():
                probes.append(before)
                continue
            targets = torch.tensor([float(each == label) for each in new.labels])[mine]
            weight = torch.full((len(targets),), CORRECTIONS_WEIGHT / len(targets))
            examples = Examples(new.embeddings[mine], targets, weight)
            probes.append(adjust(before, self._old_of_probe(index), examples, self._scale, decay=DECAY))
        return detector._replace(
            directions=torch.stack([probe.weights for probe in probes]),
            offsets=torch.stack([probe.bias + limit for probe in probes]),
        )

    def _old_of_classes(self) -> Examples:
        if self._memory is None:
            return _nothing(self._scale)
        old = self._memory.learnt
        return Examples(old.embeddings, old.targets, balanced(old.targets, 1.0))

    def _old_of_probe(self, index: int) -> Examples:
        assert self._others is not None
        own = self._memory.learnt.embeddings[self._memory.learnt.targets == index] if self._memory is not None else None
        points = self._others if own is None else torch.cat([own, self._others])
        targets = torch.cat([torch.ones(len(points) - len(self._others)), torch.zeros(len(self._others))])
        return Examples(points, targets, balanced(targets, 1.0))


def _nothing(scale: torch.Tensor) -> Examples:
    return Examples(torch.zeros(0, len(scale)), torch.zeros(0), torch.zeros(0))


def _corrections(book: LabelBook, heap: Heap, *, turned: bool) -> tuple[_New, tuple[str, ...]]:
    """Return the labelled photos, with their classes as the model has them."""
    swapped: dict[Label, Label] = {"first": "second", "second": "first"} if turned else {}
    found = [
        (row, swapped.get(label, label), digest)
        for row, digest in enumerate(heap.digests)
        if (label := book.labels.get(digest)) in ("first", "second", "neither") and label is not None
    ]
    rows = torch.tensor([row for row, _, _ in found], dtype=torch.long)
    new = _New(heap.outputs.embeddings[rows], [label for _, label, _ in found])
    return new, tuple(digest for _, _, digest in found)


def _right(model: Model, new: _New) -> list[tuple[bool, bool]]:
    """Return for each correction whether the verdict is right, and whether it is "not sure"."""
    outputs, described = _outputs(model, new.embeddings), model.description
    probabilities = (outputs.logits.double() / described.temperature).sigmoid().tolist()
    similarities = model.detector.similarity(outputs.embeddings).tolist()
    verdicts = list(map(partial(verdict, described), probabilities, similarities))
    classes = described.classes
    wanted = [None if label == "neither" else classes[label == "second"] for label in new.labels]
    return [
        (found.unlike if want is None else found.class_name == want, found.class_name is None)
        for found, want in zip(verdicts, wanted, strict=True)
    ]


def _out_of_fold(learner: _Learner, new: _New) -> _Fold:
    """Judge each correction by a model that did not learn from it."""
    count = len(new.labels)
    outcomes: list[tuple[bool, bool]] = [(False, True)] * count
    logits = torch.zeros(count)
    folds = min(_FOLDS, count)
    for fold in range(folds):
        out = [row for row in range(count) if row % folds == fold]
        model = learner.learn(_rows(new, [row for row in range(count) if row % folds != fold]))
        held = _rows(new, out)
        logits[torch.tensor(out)] = _outputs(model, held.embeddings).logits
        for row, outcome in zip(out, _right(model, held), strict=True):
            outcomes[row] = outcome
    return _Fold(outcomes, logits)


def _rows(new: _New, rows: Sequence[int]) -> _New:
    return _New(new.embeddings[torch.tensor(rows)], [new.labels[row] for row in rows])


def _judge_old(before: Model, after: Model, memory: Memory) -> Judged:
    labels: list[Label] = ["second" if target else "first" for target in memory.judging.targets.tolist()]
    old = _New(memory.judging.embeddings, labels)
    return _judged(_right(before, old), _right(after, old))


def _judged(before: list[tuple[bool, bool]], after: list[tuple[bool, bool]]) -> Judged:
    pairs = [(was, now) for (was, _), (now, _) in zip(before, after, strict=True)]
    return Judged(
        photos=len(pairs),
        right_before=sum(was for was, _ in pairs),
        right_after=sum(now for _, now in pairs),
        unsure_before=sum(unsure for _, unsure in before),
        unsure_after=sum(unsure for _, unsure in after),
        only_before=sum(was and not now for was, now in pairs),
        only_after=sum(now and not was for was, now in pairs),
    )


def _outputs(model: Model, embeddings: torch.Tensor) -> NetworkOutputs:
    """Return what the model gives for photos by their features: those of a frozen backbone are its embeddings."""
    network = model.network.eval()
    with torch.inference_mode():
        return NetworkOutputs(network.forward_head(embeddings), embeddings)


def _loss(logits: torch.Tensor, new: _New, model: Model) -> float:
    """Return the mean cross-entropy of the corrections that are of a class."""
    rows = [row for row, label in enumerate(new.labels) if label != "neither"]
    if not rows:
        return 0.0
    targets = torch.tensor([float(new.labels[row] == "second") for row in rows])
    return loss_and_accuracy(logits[torch.tensor(rows)] / model.description.temperature, targets).loss


def _evaluate(model: Model, memory: Memory | None) -> Evaluation | None:
    """Return the evaluation on the old photos that judge; they have no files, so they are numbered."""
    if memory is None:
        return None
    photos = [
        Photo(
            path=str(text("old photo {number}", number=number)),
            class_index=int(target),
            split="test",
            bytes=0,
            modified_ns=0,
            width=0,
            height=0,
            digest="",
        )
        for number, target in enumerate(memory.judging.targets.tolist(), start=1)
    ]
    outputs = _outputs(model, memory.judging.embeddings)
    return evaluate_outputs(outputs, photos, model, dataset=str(text("old photos")), split="test")
