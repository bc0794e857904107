"""What says how like its training photos a model finds a photo: see `trainer.inference.out_of_distribution`."""

from typing import Literal, NamedTuple

import torch
from torch.nn import functional as F

DetectorKind = Literal["prototypes", "probes"]
# A logit beyond this says nothing more.
LARGEST_SIMILARITY = 50.0


class Detector(NamedTuple):
    """Says how like its training photos a model finds a photo."""

    kind: DetectorKind
    directions: torch.Tensor
    """Float32 [K, D]: prototypes of length 1, or the weights of the probes; K is 0 while a run goes on."""
    offsets: torch.Tensor
    """Float32 [K]: zeros for prototypes."""

    def similarity(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return how like the training photos embeddings [N, D] are, float32 [N].

        For prototypes a cosine, -1 to 1; for probes a logit, cut at ±50. Without directions everything is alike: 1.
        """
        if not len(self.directions):
            return torch.ones(len(embeddings))
        points = embeddings.float()
        if self.kind == "prototypes":
            return (F.normalize(points, dim=1) @ self.directions.T).amax(dim=1)
        logits = points @ self.directions.T + self.offsets
        return logits.amax(dim=1).clamp(-LARGEST_SIMILARITY, LARGEST_SIMILARITY)


def no_detector() -> Detector:
    """Return the detector of a model that has none yet: everything is alike."""
    return Detector("prototypes", torch.empty(0, 0), torch.empty(0))
