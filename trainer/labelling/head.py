"""A logistic regression on a backbone's features, learnt from a few dozen labels in a fraction of a second."""

from typing import NamedTuple

import torch
from torch.nn import functional as F

from trainer.core.statistics import wilson_interval
from trainer.inference.calibration import fit_temperature

# Weight decay on features of one scale. Between 0.001 and 1 it hardly matters (dogs-vs-cats-small, 20 to 300 labels).
DECAY = 0.01
_STEPS = 60
_FOLDS = 5
# Accuracy out of fold says something from here on.
LEAST_LABELS = 10
LEAST_OF_A_CLASS = 2
# Heads are learnt from at most this many of the latest labels: more change nothing and take longer than a second.
MOST_LABELS = 3_000


class Head(NamedTuple):
    """Logits are `offset + features @ weights + bias`, divided by the temperature."""

    weights: torch.Tensor
    """Float32 [D]."""
    bias: float
    temperature: float = 1.0

    def logits(self, features: torch.Tensor, offset: torch.Tensor) -> torch.Tensor:
        """Return float32 [N] for features [N, D] of one scale and what is known of the photos before, [N]."""
        return (offset + features @ self.weights + self.bias) / self.temperature


class Estimate(NamedTuple):
    """How many of the labelled photos a head gets right that did not learn from them."""

    right: int
    photos: int

    @property
    def accuracy(self) -> float:
        """As a fraction."""
        return self.right / self.photos

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval."""
        return wilson_interval(self.right, self.photos)


def fit_head(features: torch.Tensor, targets: torch.Tensor, offset: torch.Tensor, *, decay: float = DECAY) -> Head:
    """Return the head that fits targets [N], 0 or 1, of features [N, D] of one scale.

    It begins at `offset` [N], the logits of a model that knows the classes, or zeros: without labels that contradict
    it, the model's word stands. Both classes weigh the same, so that a first dozen of cats does not make all photos
    cats.
    """
    counts = torch.stack([(targets == 0).sum(), (targets == 1).sum()])
    weight = 0.5 / counts[targets.long()]
    weights, bias = torch.zeros(features.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimiser.zero_grad()
        logits = offset + features @ weights + bias
        losses = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        loss = (losses * weight).sum() + decay * (weights.square().sum() + bias.square().sum())
        loss.backward()
        return loss

    optimiser.step(objective)
    return Head(weights.detach(), bias.detach().item())


def out_of_fold(features: torch.Tensor, targets: torch.Tensor, offset: torch.Tensor) -> torch.Tensor | None:
    """Return for each photo the logit, [N], of a head that did not learn from it; None with too few labels."""
    counts = [int((targets == target).sum()) for target in (0, 1)]
    if len(targets) < LEAST_LABELS or min(counts) < LEAST_OF_A_CLASS:
        return None
    fold = torch.empty(len(targets), dtype=torch.long)
    for target in (0, 1):
        mine = targets == target
        fold[mine] = torch.arange(int(mine.sum())) % min(_FOLDS, *counts)
    logits = torch.empty(len(targets))
    for number in range(int(fold.max()) + 1):
        out = fold == number
        head = fit_head(features[~out], targets[~out], offset[~out])
        logits[out] = head.logits(features[out], offset[out])
    return logits


def learn(
    features: torch.Tensor, targets: torch.Tensor, offset: torch.Tensor, judged: torch.Tensor
) -> tuple[Head, Estimate | None]:
    """Return a head with probabilities that mean what they say, and how good it is on photos it has not learnt from.

    The latest labels come last; needs one of each class. `judged`, bool [N], are the photos that a person looked at:
    labels that were suggested and accepted would only agree with what suggested them.
    """
    some = slice(-MOST_LABELS, None)
    features, targets, offset, judged = features[some], targets[some], offset[some], judged[some]
    head = fit_head(features, targets, offset)
    logits = out_of_fold(features, targets, offset)
    if logits is None or int(judged.sum()) < LEAST_LABELS:
        return head, None
    logits, targets = logits[judged], targets[judged]
    right = int(((logits >= 0) == (targets == 1)).sum())
    # Not below 1: a few dozen labels without a mistake do not make it surer than it is.
    return head._replace(temperature=max(1.0, fit_temperature(logits, targets))), Estimate(right, len(targets))
