"""Whether a photo is like those that a model learnt from, by its embedding.

The model keeps some typical embeddings, its prototypes: centres of clusters of the training photos' embeddings, all
scaled to length 1 (spherical k-means: Dhillon and Modha, 2001). How like them a photo is, is the cosine between its
embedding and that of the nearest prototype. The more training photos, the more prototypes it takes.
"""

import torch
from torch.nn import functional as F

PROTOTYPES = 512
# With fewer photos a cluster describes those photos and not a kind.
_PHOTOS_A_PROTOTYPE = 8
_ROUNDS = 25
# Prototypes are fitted on at most this many photos: more change nothing and take longer.
SAMPLE = 8_000


def fit_prototypes(embeddings: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return float32 [K, D] prototypes of length 1 for embeddings [N, D], with K at most 512 and N / 8."""
    points = F.normalize(embeddings.float(), dim=1)
    count = max(1, min(PROTOTYPES, len(points) // _PHOTOS_A_PROTOTYPE))
    first = torch.randperm(len(points), generator=generator)[:count]
    centres = points[first]
    for _ in range(_ROUNDS):
        nearest = (points @ centres.T).argmax(dim=1)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        # A centre that has lost all its photos stays where it is.
        centres = F.normalize(torch.where(sums.any(dim=1, keepdim=True), sums, centres), dim=1)
    return centres


def similarity(embeddings: torch.Tensor, prototypes: torch.Tensor) -> torch.Tensor:
    """Return the cosine, -1 to 1, between embeddings [N, D] and the nearest prototype, float32 [N]; 1 without any."""
    if not len(prototypes):
        return torch.ones(len(embeddings))
    return (F.normalize(embeddings.float(), dim=1) @ prototypes.T).amax(dim=1)
