"""A frozen backbone's features, computed by the ranks of a team together: each photo by one of them, kept by all."""

from collections.abc import Iterator

import numpy as np
import torch

from trainer.core.errors import CancelledError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress
from trainer.core.text import text
from trainer.files import array_cache
from trainer.files.array_cache import CachedRows, KeptFile
from trainer.hardware.parallel import CHUNK, in_parallel
from trainer.training.data.feature_extractor import FeatureExtractor, KeptFeatures
from trainer.training.distributed.team import Team, share

# Chunks that a rank computes between two gatherings: enough to keep its threads busy, and with the longest features
# (those of convnext-tiny's last stage but one) some megabytes.
_CHUNKS = 32


def fill_together(
    extractor: FeatureExtractor,
    key: str,
    shape: torch.Size,
    count: int,
    *,
    need: int,
    team: Team,
    progress: Progress,
    cancelled: Cancelled,
) -> KeptFile:
    """Return the file with all rows of `count` photos, in which each row has this shape: `need` bytes.

    Where some ranks have the file already, they alone read from it what the others lack. The first rank on each machine
    writes the file there. Raises OSError where that disk has no room, CancelledError and RankLostError.
    """
    kept = array_cache.find(key, 2 * shape.numel())
    have = team.gather(torch.tensor([kept is not None])).tolist()
    if kept is not None and all(have):
        return kept
    known = None if kept is None else KeptFeatures(CachedRows(kept, shape, np.dtype(np.float16)), extractor)
    workers = [rank for rank, has in enumerate(have) if has] or list(range(team.ranks))
    parts = _in_turns(extractor, known, count, workers, team=team, progress=progress, cancelled=cancelled)
    refusal: OSError | None = None
    if kept is None and team.is_first_on_host:
        try:
            kept = array_cache.fill(key, parts, need)
        except OSError as error:
            refusal = error
    for _ in parts:  # whoever keeps nothing computes its share all the same
        pass
    team.agree()  # the file is there now, for the other ranks on this machine
    kept = kept or array_cache.find(key, 2 * shape.numel())
    if kept is None:
        raise refusal or OSError("there is too little room")
    return kept


def _in_turns(
    extractor: FeatureExtractor,
    known: KeptFeatures | None,
    count: int,
    workers: list[int],
    *,
    team: Team,
    progress: Progress,
    cancelled: Cancelled,
) -> Iterator[np.ndarray]:
    """Yield all rows in order, gathered from the ranks that work. Raises CancelledError and RankLostError."""
    done, views = 0, extractor.views
    for turn in in_chunks(in_chunks(range(count), CHUNK), _CHUNKS * len(workers)):
        mine: list[list[int]] = []
        if team.rank in workers:
            mine = [turn[number] for number in share(len(turn), workers.index(team.rank), len(workers))]
        if known is None:
            rows = list(in_parallel(extractor.chunk, mine, extractor.workers))
        else:
            rows = [known.read(np.arange(chunk[0] * views, (chunk[-1] + 1) * views)) for chunk in mine]
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        found = torch.from_numpy(np.concatenate(rows)) if rows else torch.empty(0, dtype=torch.float16)
        yield team.gather(found).numpy()
        done += sum(map(len, turn))
        progress(done, count)
