"""What a model makes of photos that are to be labelled: seen once, kept on disk by their content."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch

from trainer.core.errors import ModelFileError, TrainerError
from trainer.core.text import text
from trainer.dataset.names import class_key
from trainer.files.file_cache import FileCache
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import Verdict
from trainer.storage.model_description import DIGEST_KEY, ModelDescription, read_description, read_metadata
from trainer.storage.run_list import list_runs
from trainer.storage.starter import starter_model

# Some 75,000 photos at 2.6 kB.
SEEN = FileCache("seen", ".f16", limit_bytes=200 * 10**6)
# Part of every key: raised whenever the same photo and model would give other numbers.
_VERSION = 1


class Judged(NamedTuple):
    """What a model says of N photos, where its classes are those that are labelled."""

    probabilities: torch.Tensor
    """Float64 [N], of the second class."""
    unlike: torch.Tensor
    """Bool [N]: whether a photo is of neither class, as far as it can tell."""


class Eye:
    """A model with a pre-trained backbone, which looks at photos."""

    def __init__(self, model: Path, classes: tuple[str, str], *, device: str = "auto", threads: int = 0) -> None:
        """Load a model. Raises ModelFileError and SettingError."""
        self._predictor = Predictor.load(model, device=device, threads=threads)
        self.description = self._predictor.description
        self.model = model
        self._identity = read_metadata(model).get(DIGEST_KEY, "")[:16]
        self._turned = _fit(self.description, classes) < 0
        self.knows_classes = _fit(self.description, classes) != 0
        """Whether the model's classes are those that are labelled, so that it can suggest from the start."""

    @classmethod
    def choose(
        cls, classes: tuple[str, str], preferred: Path | None = None, *, device: str = "auto", threads: int = 0
    ) -> Self:
        """Return the best eye for these classes: the preferred model where it fits, else the starter model.

        Any pre-trained backbone groups photos of any kind; a model that knows the classes can suggest them too. Raises
        ModelFileError where this copy of CatDog has none.
        """
        found = [path for path in (preferred, starter_model()) if path is not None and _has_backbone(path)]
        found += [run.model for run in list_runs() if not found and run.model is not None and _has_backbone(run.model)]
        if not found:
            raise ModelFileError(
                text("This copy of CatDog has no starter model, which looks at photos that are to be labelled."),
                remedy=text("Install CatDog again, or train a model with the recipe transfer first."),
            )
        fitting = [path for path in found if _fit(read_description(path), classes)]
        return cls([*fitting, *found][0], classes, device=device, threads=threads)

    @property
    def image_size(self) -> int:
        """The side of the photos that it looks at, in pixels."""
        return self.description.preprocessing.image_size

    @property
    def embedding_size(self) -> int:
        """How many numbers an embedding has."""
        return self._predictor.embedding_size

    def look(self, pixels: Sequence[np.ndarray]) -> NetworkOutputs:
        """Return what it gives for photos, each uint8 [S, S, 3]."""
        return self._predictor.outputs(np.stack(pixels))

    def recall(self, digest: str) -> tuple[float, np.ndarray] | None:
        """Return the logit and embedding, float32 [D], of a photo that was looked at before, or None."""
        content = SEEN.get(self._key(digest))
        if content is None or len(content) != 4 + 2 * self.embedding_size:
            return None
        numbers = np.frombuffer(content, dtype=np.float16, offset=4).astype(np.float32)
        logit = float(np.frombuffer(content, dtype=np.float32, count=1)[0])
        return (logit, numbers) if np.isfinite(logit) and np.isfinite(numbers).all() else None

    def remember(self, digest: str, logit: float, embedding: np.ndarray) -> None:
        """Keep what was seen."""
        SEEN.put(self._key(digest), np.float32(logit).tobytes() + embedding.astype(np.float16).tobytes())

    def judge(self, outputs: NetworkOutputs) -> Judged | None:
        """Return what the model says of photos; None where it does not know the classes."""
        if not self.knows_classes:
            return None
        probabilities = self._predictor.probabilities(outputs)
        verdicts: list[Verdict] = self._predictor.verdicts(outputs)
        unlike = torch.tensor([found.unlike for found in verdicts], dtype=torch.bool)
        return Judged(1 - probabilities if self._turned else probabilities, unlike)

    def _key(self, digest: str) -> str:
        return f"{digest}{self._identity}{_VERSION}"


def _fit(description: ModelDescription, classes: tuple[str, str]) -> int:
    """Return 1 where a model has these classes, -1 where it has them the other way round, else 0."""
    wanted, known = tuple(map(class_key, classes)), tuple(map(class_key, description.classes))
    return 1 if wanted == known else -1 if wanted == known[::-1] else 0


def _has_backbone(path: Path) -> bool:
    try:
        return read_description(path).recipe == "transfer"
    except TrainerError:
        return False
