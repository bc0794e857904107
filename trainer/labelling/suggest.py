"""After each label: a suggestion for every photo, how good these are, and what to ask next."""

from itertools import zip_longest
from typing import NamedTuple

import torch

from trainer.dataset.label_file import Label, LabelBook
from trainer.labelling.eye import Judged
from trainer.labelling.features import standardised
from trainer.labelling.head import Estimate, Head, fit_head, learn
from trainer.labelling.heap import Heap
from trainer.labelling.order import group, most_helpful

# How many photos are named as those whose labels would help most.
NEXT = 10
# From so many photos of neither class on, others like them are recognised.
_LEAST_NEITHER = 3
# A model that calls so many photos of a class neither, and such a share of them, is not believed.
_LEAST_WRONG, _MOST_WRONG = 3, 0.2
# In logits: to call a photo of a class neither is worse than to ask once more.
_SURELY_NEITHER = 2.0
_LARGEST_LOGIT = 12.0


class Suggestions(NamedTuple):
    """What is suggested for the N photos of a heap. Nothing of it is a label."""

    digests: tuple[str, ...]
    probabilities: torch.Tensor | None
    """Float32 [N], of the second class; None before anything is known of the classes."""
    neither: torch.Tensor
    """Bool [N]: photos that are of neither class, as far as can be told."""
    estimate: Estimate | None
    """How good the probabilities are on labelled photos; None with too few labels."""
    helpful: tuple[str, ...]
    """The photos whose labels would help most, the best first."""
    groups: tuple[tuple[str, ...], ...]
    """All photos, by likeness."""

    def of(self, row: int) -> tuple[Label, float] | None:
        """Return the suggested label of a photo, with its probability; None where there is none."""
        if bool(self.neither[row]):
            return "neither", 1.0
        if self.probabilities is None:
            return None
        probability = float(self.probabilities[row])
        return ("second", probability) if probability >= 0.5 else ("first", 1 - probability)

    def above(self, book: LabelBook, least: float) -> dict[Label, list[str]]:
        """Return the photos without a label whose suggested class is at least so probable, by that class."""
        found: dict[Label, list[str]] = {"first": [], "second": []}
        for row, digest in enumerate(self.digests):
            suggested = self.of(row) if digest not in book.labels else None
            if suggested is not None and suggested[0] != "neither" and suggested[1] >= least:
                found[suggested[0]].append(digest)
        return found

    def in_order(self, book: LabelBook) -> list[str]:
        """Return the photos without a label, in the order in which they should be asked for.

        Those that help most come first, then the most doubtful.
        """
        if self.probabilities is None:
            rest = [digest for members in self.groups for digest in members]
        else:
            rest = [self.digests[row] for row in (self.probabilities - 0.5).abs().argsort(stable=True).tolist()]
        return [digest for digest in dict.fromkeys([*self.helpful, *rest]) if digest not in book.labels]

    def likely_neither(self, book: LabelBook) -> list[str]:
        """Return the photos without a label that are suggested to be of neither class."""
        return [
            digest for row, digest in enumerate(self.digests) if digest not in book.labels and bool(self.neither[row])
        ]


class Suggester:
    """Makes suggestions for one heap, as often as labels change. May be called in any one thread at a time."""

    def __init__(self, heap: Heap, judged: Judged | None) -> None:
        """Take a heap and what a model that knows its classes says of it, if there is one."""
        self._heap, self._judged = heap, judged
        self._features = standardised(heap.outputs.embeddings)
        self._offset = torch.zeros(len(heap.digests))
        if judged is not None:
            self._offset = judged.probabilities.logit().clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT).float()
        self._rows = heap.rows()
        self._groups = tuple(tuple(heap.digests[row] for row in rows) for rows in group(self._features))

    def suggest(self, book: LabelBook) -> Suggestions:
        """Return suggestions by all labels so far. Takes a fraction of a second."""
        rows, targets = self._labelled(book, "first", "second")
        head, estimate = None, None
        if len(set(targets)) == 2:
            chosen = torch.tensor(rows)
            judged = torch.tensor([self._heap.digests[row] not in book.accepted for row in rows])
            head, estimate = learn(self._features[chosen], torch.tensor(targets), self._offset[chosen], judged)
        logits = self._logits(head)
        return Suggestions(
            digests=self._heap.digests,
            probabilities=None if logits is None else logits.sigmoid(),
            neither=self._neither(book),
            estimate=estimate,
            helpful=self._helpful(book, logits),
            groups=self._groups,
        )

    def _logits(self, head: Head | None) -> torch.Tensor | None:
        if head is not None:
            return head.logits(self._features, self._offset)
        return None if self._judged is None else self._offset

    def _neither(self, book: LabelBook) -> torch.Tensor:
        """Return which photos seem to be of neither class: by those that a person said so of, else by the model."""
        others, _ = self._labelled(book, "neither", "neither")
        own, _ = self._labelled(book, "first", "second")
        if len(others) < _LEAST_NEITHER or not own:
            nothing = torch.zeros(len(self._rows), dtype=torch.bool)
            return nothing if self._judged is None or self._is_wrong_about(own) else self._judged.unlike
        rows = torch.tensor([*own, *others])
        targets = torch.tensor([0.0] * len(own) + [1.0] * len(others))
        head = fit_head(self._features[rows], targets, torch.zeros(len(rows)))
        return head.logits(self._features, torch.zeros(len(self._rows))) > _SURELY_NEITHER

    def _is_wrong_about(self, own: list[int]) -> bool:
        """Say whether photos of a class, as a person said, are unlike any to the model: then it knows other ones."""
        assert self._judged is not None
        unlike = int(self._judged.unlike[torch.tensor(own, dtype=torch.long)].sum())
        return unlike >= _LEAST_WRONG and unlike > _MOST_WRONG * len(own)

    def _helpful(self, book: LabelBook, logits: torch.Tensor | None) -> tuple[str, ...]:
        labelled = torch.tensor([digest in book.labels for digest in self._heap.digests], dtype=torch.bool)
        if logits is not None:
            rows = most_helpful(self._features, logits, labelled, NEXT)
            return tuple(self._heap.digests[row] for row in rows)
        # Nothing is known of one class or both: the most typical photo of each group, first of those least asked about.
        groups = sorted(self._groups, key=lambda found: sum(digest in book.labels for digest in found))
        waiting = [[digest for digest in found if digest not in book.labels] for found in groups]
        in_turns = [digest for turn in zip_longest(*waiting) for digest in turn if digest is not None]
        return tuple(in_turns[:NEXT])

    def _labelled(self, book: LabelBook, first: Label, second: Label) -> tuple[list[int], list[float]]:
        """Return the rows that have one of two labels, in the order in which they were given, and their targets."""
        wanted = {first: 0.0, second: 1.0}
        found = [
            (self._rows[digest], wanted[label])
            for digest, label in book.labels.items()
            if label in wanted and digest in self._rows
        ]
        return [row for row, _ in found], [target for _, target in found]
