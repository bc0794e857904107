"""Whether a photo is like those that a model learnt from, by its embedding.

A detector says how like they are: the largest of some linear functions of the embedding. There are two kinds:

- **Probes**, where photos of other things are known for the model's backbone (`negatives`): for each class a logistic
  regression that tells its training photos from those other things, as one would tell any class from the rest. What
  makes a photo likely one of either class makes it familiar. They cost nothing when a photo is looked at, and carry
  over to photos from elsewhere: with 2,000 training photos of one source, they lose 3 % of pets from another source
  where prototypes lose 7 %, and catch more of other animals (see tests/benchmarks/RESULTS.md).
- **Prototypes**, where there are none: centres of clusters of the training photos' embeddings, all scaled to length 1
  (spherical k-means: Dhillon and Modha, 2001). The cosine with the nearest says how like a photo is. The more training
  photos, the more prototypes it takes.
"""

import torch
from torch.nn import functional as F

from trainer.models.detector import Detector

PROTOTYPES = 512
# With fewer photos a cluster describes those photos and not a kind.
_PHOTOS_A_PROTOTYPE = 8
_ROUNDS = 25
# Detectors are fitted on at most this many photos: more change nothing and take longer.
SAMPLE = 8_000
# Weight decay of the probes, on features of one scale. Between 0.003 and 0.1 it hardly matters.
_PROBE_DECAY = 0.01
_PROBE_STEPS = 200


def fit_detector(
    embeddings: torch.Tensor, targets: torch.Tensor, negatives: torch.Tensor | None, generator: torch.Generator
) -> Detector:
    """Return the detector for training photos with these embeddings [N, D] and targets [N], 0 or 1.

    `negatives` are embeddings [M, D] of other things by the same backbone; with None it has prototypes.
    """
    if negatives is None:
        prototypes = fit_prototypes(embeddings, generator)
        return Detector("prototypes", prototypes, torch.zeros(len(prototypes)))
    return fit_probes(embeddings, targets, negatives)


def fit_probes(
    embeddings: torch.Tensor, targets: torch.Tensor, negatives: torch.Tensor, weight: torch.Tensor | None = None
) -> Detector:
    """Return one probe a class, for embeddings [N, D], targets [N] and negatives [M, D].

    `weight` [N] says how much each photo counts, where they are of several sources; by default all the same.
    """
    weight = torch.ones(len(targets)) if weight is None else weight
    of_class = [targets == target for target in (0, 1)]
    probes = [fit_probe(embeddings[mine].float(), negatives, weight[mine]) for mine in of_class]
    return Detector(
        "probes", torch.stack([weights for weights, _ in probes]), torch.stack([bias for _, bias in probes])
    )


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


def fit_probe(
    own: torch.Tensor, others: torch.Tensor, own_weight: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights [D] and bias of the logistic regression that tells `own` [N, D] from `others` [M, D].

    Its logit is positive for photos like the own. Both sides weigh the same, however many photos they have; within the
    own, each counts as much as `own_weight` [N] says.
    """
    each = torch.ones(len(own)) if own_weight is None else own_weight
    points = torch.cat([own, others])
    mean, spread = own.mean(dim=0), own.std(dim=0, correction=0) + 1e-3
    points = (points - mean) / spread
    targets = torch.cat([torch.ones(len(own)), torch.zeros(len(others))])
    weight = torch.cat([0.5 * each / each.sum(), torch.full((len(others),), 0.5 / len(others))])
    weights, bias = torch.zeros(points.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=_PROBE_STEPS, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimiser.zero_grad()
        losses = F.binary_cross_entropy_with_logits(points @ weights + bias, targets, reduction="none")
        loss = (losses * weight).sum() + _PROBE_DECAY * weights.square().sum()
        loss.backward()
        return loss

    optimiser.step(objective)
    scaled = weights.detach() / spread
    return scaled, bias.detach()[0] - (scaled * mean).sum()
