"""Which photos to label next, and groups of photos that look alike."""

import torch
from torch.nn import functional as F

# Of the most doubtful photos, so many times as are wanted are looked through for the most different ones.
_DOUBTFUL = 20
_ROUNDS = 25
_PHOTOS_A_GROUP = 30
_FEWEST_GROUPS = 4
MOST_GROUPS = 16


def most_helpful(features: torch.Tensor, logits: torch.Tensor, labelled: torch.Tensor, count: int) -> list[int]:
    """Return the rows of at most `count` photos without a label whose labels would help most, the best first.

    These are doubtful and unlike one another and all that has a label: of the most doubtful, one after the other, the
    one with the largest product of doubt and distance (Sener and Savarese, "Active learning for convolutional neural
    networks", 2018, with uncertainty). `features` [N, D] are of one scale, `labelled` is bool [N].
    """
    doubt = 1 - 2 * (logits.sigmoid() - 0.5).abs()
    doubt[labelled] = -1
    left = doubt.argsort(descending=True, stable=True)[: min(count * _DOUBTFUL, int((~labelled).sum()))]
    points = F.normalize(features, dim=1)
    distance = torch.ones(len(left))
    if labelled.any():
        distance = 1 - (points[left] @ points[labelled].T).amax(dim=1)
    chosen: list[int] = []
    # A little doubt for all, so that a head that is sure of everything still asks for what is new to it.
    weight = doubt[left] + 1e-3
    for _ in range(min(count, len(left))):
        best = int((distance * weight).argmax())
        chosen.append(int(left[best]))
        weight[best] = 0
        distance = torch.minimum(distance, 1 - points[left] @ points[left[best]])
    return chosen


def group(features: torch.Tensor, seed: int = 0) -> list[list[int]]:
    """Return the rows of photos that look alike, as groups, the largest first; within each the most typical first.

    Spherical k-means (Dhillon and Modha, 2001) on features [N, D] of one scale, with a group for thirty photos, from
    4 to 16 of them. The outcome follows from the seed.
    """
    if not len(features):
        return []
    points = F.normalize(features, dim=1)
    count = min(MOST_GROUPS, max(_FEWEST_GROUPS, len(points) // _PHOTOS_A_GROUP), len(points))
    centres = _far_apart(points, count, seed)
    for _ in range(_ROUNDS):
        nearest = (points @ centres.T).argmax(dim=1)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        centres = F.normalize(torch.where(sums.any(dim=1, keepdim=True), sums, centres), dim=1)
    likeness, nearest = (points @ centres.T).max(dim=1)
    groups = [torch.nonzero(nearest == number).flatten() for number in range(count)]
    ordered = [rows[likeness[rows].argsort(descending=True, stable=True)].tolist() for rows in groups if len(rows)]
    return sorted(ordered, key=lambda rows: (-len(rows), rows[0]))


def _far_apart(points: torch.Tensor, count: int, seed: int) -> torch.Tensor:
    """Return first centres by k-means++ (Arthur and Vassilvitskii, 2007) on the sphere."""
    generator = torch.Generator().manual_seed(seed)
    chosen = [int(torch.randint(len(points), (1,), generator=generator))]
    distance = (1 - points @ points[chosen[0]]).clamp(min=0)
    for _ in range(count - 1):
        weight = distance if float(distance.sum()) > 0 else torch.ones(len(points))
        chosen.append(int(torch.multinomial(weight, 1, generator=generator)))
        distance = torch.minimum(distance, (1 - points @ points[chosen[-1]]).clamp(min=0))
    return points[chosen]
