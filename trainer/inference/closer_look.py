"""A closer look at doubtful photos: parts of them go through the network too.

An animal that is small, dark or half hidden fills little of the photo as the network sees it, and a photo with one of
each is a mixture to it. Parts of the photo say more: on average they tell what the whole leaves open, and where one is
clearly of the one class and another of the other, there seem to be both. Only doubtful photos pay for it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from trainer.inference.outputs import NetworkOutputs
from trainer.models.detector import Detector
from trainer.storage.model_description import ModelDescription, VerdictLimits

ENLARGED = 2
"""How many times the network's input size a photo is decoded at before it is cut into parts."""

# The corners and the middle, which overlap, and the four halves: left, top, right, bottom as shares of the sides.
PARTS = (
    (0.0, 0.0, 0.6, 0.6),
    (0.4, 0.0, 1.0, 0.6),
    (0.0, 0.4, 0.6, 1.0),
    (0.4, 0.4, 1.0, 1.0),
    (0.2, 0.2, 0.8, 0.8),
    (0.0, 0.0, 0.5, 1.0),
    (0.5, 0.0, 1.0, 1.0),
    (0.0, 0.0, 1.0, 0.5),
    (0.0, 0.5, 1.0, 1.0),
)
# At most this share of the validation photos may be doubtful, and none that is this probable.
DOUBTFUL, CERTAIN = 0.05, 0.98
# So near its limit, in logits, the likeness to the training photos is doubtful too.
MARGIN = 1.5
# A part is clearly of a class from this probability on.
CLEAR = 0.98


def fit_closer_look(probabilities: Sequence[float]) -> float:
    """Return the limit `VerdictLimits.closer_look` by the validation photos' probabilities of the positive class."""
    likeliest = sorted(max(probability, 1 - probability) for probability in probabilities)
    return min(likeliest[int(DOUBTFUL * len(likeliest))], CERTAIN)


def is_doubtful(limits: VerdictLimits, probability: float, likeness: float) -> bool:
    """Return whether a photo with this probability of the positive class and this likeness is worth a closer look."""
    if not limits.closer_look:
        return False
    if limits.detector == "probes" and abs(likeness - limits.familiar) < MARGIN:
        return True
    return likeness >= limits.familiar and max(probability, 1 - probability) < limits.closer_look


def cut_into_parts(enlarged: np.ndarray, size: int) -> np.ndarray:
    """Return the parts, uint8 [9, size, size, 3], of a photo, uint8 [S, S, 3]."""
    photo = Image.fromarray(enlarged)
    boxes = [(left, top, right, bottom) for left, top, right, bottom in (np.array(PARTS) * photo.width).tolist()]
    return np.stack([np.array(photo.resize((size, size), Image.Resampling.BILINEAR, box)) for box in boxes])


def combine(
    whole: NetworkOutputs, parts: NetworkOutputs, description: ModelDescription, detector: Detector
) -> NetworkOutputs:
    """Return what a photo and its parts say together, by the outputs of the one [1] and of the others [9].

    That is the mean of the whole and of the parts' mean, for logit and embedding alike.
    """
    probabilities = (parts.logits.double() / description.temperature).sigmoid()
    familiar = detector.similarity(parts.embeddings) >= description.limits.familiar
    clearly = [((sure >= CLEAR) & familiar).any() for sure in (probabilities, 1 - probabilities)]
    return NetworkOutputs(
        (whole.logits + parts.logits.mean()) / 2,
        (whole.embeddings + parts.embeddings.mean(dim=0)) / 2,
        torch.stack(clearly).all().reshape(1),
    )
