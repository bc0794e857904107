"""What is shown while a frozen backbone looks at the photos: some of them, and how well a first head does.

Without it nothing would be seen for as long as that takes, most of the time of the recipe `transfer`. It only watches:
a run's numbers are the same with and without it.
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from trainer.core.events import AnyEvent, PhotoSeen, PreviewScored
from trainer.dataset.thumbnail import thumbnail_of_pixels
from trainer.models.network import pooled
from trainer.training.data.extraction_plan import Chunk
from trainer.training.data.preview_head import PreviewHead

# Seconds between two photos that are shown, and between two scores.
_PHOTO_SECONDS, _SCORE_SECONDS = 0.25, 0.4
# No more scores than this in all, however long it takes: a plot has no room for more.
_MOST_SCORES = 200
# Of the time, how much may be spent here at most. Where photos are looked at faster than a head learns, it skips steps.
_SHARE = 0.02


class Preview:
    """Watches a `FeatureExtractor` look at the photos for training (part 0) and validation (part 1)."""

    def __init__(
        self, photos: int, report: Callable[[AnyEvent], None], *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Take how many photos there are in all, and who is told."""
        self._photos, self._report, self._clock = photos, report, clock
        self._head: PreviewHead | None = None
        self._done = self._scored = 0
        self._spent = 0.0
        self._began = self._score_at = clock()
        self._photo_at = self._began - _PHOTO_SECONDS

    def __call__(self, chunk: Chunk, rows: np.ndarray, pixels: np.ndarray | None) -> None:
        """Learn from a chunk's rows, float16 [rows, ...], and tell what is to be seen."""
        before = time.thread_time()
        self._done += len(chunk.places)
        now = self._clock()
        if pixels is not None and now - self._photo_at >= _PHOTO_SECONDS:
            self._photo_at = now
            self._show(chunk, pixels)
        self._learn(chunk, rows, may_compute=self._spent <= _SHARE * (now - self._began))
        if now - self._score_at >= _SCORE_SECONDS and (self._done - self._scored) * _MOST_SCORES >= self._photos:
            self._score_at, self._scored = now, self._done
            self._score()
        self._spent += time.thread_time() - before

    def _show(self, chunk: Chunk, pixels: np.ndarray) -> None:
        photo = chunk.photos[0]
        thumbnail = thumbnail_of_pixels(pixels, photo.width, photo.height)
        self._report(PhotoSeen(path=photo.path, class_index=photo.class_index, thumbnail=thumbnail))

    def _learn(self, chunk: Chunk, rows: np.ndarray, *, may_compute: bool) -> None:
        # Stages that learn take maps: their means are features enough for a preview.
        features = torch.from_numpy(rows).float()
        if features.ndim > 2:
            features = pooled(features)
        targets = torch.tensor([photo.class_index for photo in chunk.photos], dtype=torch.float32)
        head = self._head = self._head or PreviewHead(features.shape[1])
        if chunk.part == 1:
            head.add_validation(features, targets)
            return
        head.add_training(features, targets)
        if may_compute:
            head.learn()

    def _score(self) -> None:
        score = self._head.score() if self._head is not None else None
        if score is not None:
            self._report(
                PreviewScored(
                    done=self._done,
                    total=self._photos,
                    photos=score.photos,
                    loss=score.loss,
                    accuracy=score.accuracy,
                )
            )
