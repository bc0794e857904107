"""How many labels it takes to 97 % and to 99 %: photos asked for in CatDog's order, against photos by chance.

    python -m tests.benchmarks.labels [--data ../shared/data] [--quick]

The heap is the 2,000 training photos of dogs-vs-cats-small, whose classes no model knows; the suggestions are judged by
its 1,000 test photos, which are never asked for. Labels come one at a time, and a goal counts as reached where it holds
for five; five seeds decide which group is asked for first, and what chance draws. Takes a minute.
"""

import random
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from tests.benchmarks.harness import options
from tests.benchmarks.harness.results import Row, report
from trainer.dataset.label_file import LabelBook, LabelFile
from trainer.dataset.names import is_photo_name
from trainer.inference.outputs import NetworkOutputs
from trainer.labelling.eye import Eye
from trainer.labelling.head import fit_head
from trainer.labelling.heap import Heap, look_at
from trainer.labelling.suggest import Suggester

GOALS, MOST, SEEDS = (0.97, 0.99), 200, 5
# Reached is what holds for so many labels: a single lucky photo does not count.
HOLDS = 5


class Seen(NamedTuple):
    """Photos as the backbone sees them."""

    heap: Heap
    targets: torch.Tensor
    """Float32 [N]."""


def main() -> int:
    """Measure and report."""
    given = options.parser(__doc__).parse_args()
    small = options.small(given.data)
    with tempfile.TemporaryDirectory() as folder:
        learning, judging = (_look(small / part, Path(folder, f"{part}.labels")) for part in ("train", "test"))
    seeds = range(2 if given.quick else SEEDS)
    rows = [
        Row(
            f"labels to {100 * goal:.0f} %, {words}",
            _figures([_labels_needed(learning, judging, goal, seed, asked=asked) for seed in seeds]),
            "dogs-vs-cats-small, 2,000 photos" if asked else "",
        )
        for goal in GOALS
        for asked, words in ((True, "in the order that CatDog asks"), (False, "in an order by chance"))
    ]
    report("labels", rows, quick=given.quick)
    return 0


def _look(folder: Path, path: Path) -> Seen:
    photos = sorted(found for found in folder.rglob("*") if is_photo_name(found.name))
    with LabelFile.create(path, ("kitten", "puppy")) as file:
        heap = look_at(file, photos, Eye.choose(file.classes)).heap
        targets = [float("dog" in Path(file.photos[digest].path).parent.name) for digest in heap.digests]
    return Seen(heap, torch.tensor(targets))


def _labels_needed(learning: Seen, judging: Seen, goal: float, seed: int, *, asked: bool) -> int:
    """Return how many labels it takes until the suggestions for photos that nobody asked for are right."""
    embeddings, targets = learning.heap.outputs.embeddings, learning.targets
    mixed = torch.randperm(len(targets), generator=torch.Generator().manual_seed(seed))
    outputs = NetworkOutputs(learning.heap.outputs.logits[mixed], embeddings[mixed])
    digests = tuple(learning.heap.digests[row] for row in mixed.tolist())
    truth = dict(zip(digests, targets[mixed].tolist(), strict=True))
    suggester = Suggester(Heap(digests, outputs), None)
    book = LabelBook(Path(), ("kitten", "puppy"))
    mean, spread = embeddings.mean(dim=0), embeddings.std(dim=0, correction=0) + 1e-3
    by_chance = random.Random(seed).sample(digests, len(digests))
    reached = 0
    while len(book.labels) < MOST:
        digest = suggester.suggest(book).helpful[0] if asked else by_chance[len(book.labels)]
        book.labels[digest] = "second" if truth[digest] else "first"
        accuracy = _accuracy(book, learning.heap, targets, judging, (mean, spread))
        reached = reached + 1 if accuracy >= goal else 0
        if reached == HOLDS:
            return len(book.labels) - HOLDS + 1
    return MOST


def _accuracy(
    book: LabelBook, heap: Heap, targets: torch.Tensor, judging: Seen, scale: tuple[torch.Tensor, torch.Tensor]
) -> float:
    """Return the share of the judging photos that a head learnt from the labels gets right."""
    rows = heap.rows()
    chosen = torch.tensor([rows[digest] for digest in book.labels])
    if len(set(targets[chosen].tolist())) < 2:
        return 0.0
    mean, spread = scale
    features, judged = ((found - mean) / spread for found in (heap.outputs.embeddings, judging.heap.outputs.embeddings))
    head = fit_head(features[chosen], targets[chosen], torch.zeros(len(chosen)))
    right = (head.logits(judged, torch.zeros(len(judged))) >= 0) == (judging.targets == 1)
    return float(right.float().mean())


def _figures(counts: Sequence[int]) -> str:
    return f"{statistics.median(counts):.0f} ({min(counts)} to {max(counts)})"


if __name__ == "__main__":
    options.conclude(main)
