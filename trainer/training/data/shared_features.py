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
from trainer.hardware.parallel import in_parallel
from trainer.training.data.extraction_plan import Chunk
from trainer.training.data.feature_extractor import FeatureExtractor, KeptFeatures, Watcher
from trainer.training.distributed.team import Team, share

# Chunks that a rank computes between two gatherings: enough to keep its threads busy, and with the longest features
# (those of convnext-tiny's last stage but one) some megabytes.
_CHUNKS = 32


def fill_together(
    extractor: FeatureExtractor,
    key: str,
    shape: torch.Size,
    *,
    need: int,
    team: Team,
    progress: Progress,
    cancelled: Cancelled,
    watcher: Watcher,
) -> KeptFile:
    """Return the file with all rows of the extractor's plan, in which each row has this shape: `need` bytes.

    Where some ranks have the file already, they alone read from it what the others lack. The first rank on each machine
    writes the file there. Raises OSError where that disk has no room, CancelledError and RankLostError.
    """
    kept = array_cache.find(key, 2 * shape.numel())
    have = team.gather(torch.tensor([kept is not None])).tolist()
    if kept is not None and all(have):
        return kept
    known = None if kept is None else KeptFeatures(CachedRows(kept, shape, np.dtype(np.float16)), extractor)
    workers = [rank for rank, has in enumerate(have) if has] or list(range(team.ranks))
    parts = _in_turns(extractor, known, workers, team=team, progress=progress, cancelled=cancelled, watcher=watcher)
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
    workers: list[int],
    *,
    team: Team,
    progress: Progress,
    cancelled: Cancelled,
    watcher: Watcher,
) -> Iterator[np.ndarray]:
    """Yield all rows in order, gathered from the ranks that work. Raises CancelledError and RankLostError."""
    done, plan = 0, extractor.plan
    for turn in in_chunks(plan.chunks, _CHUNKS * len(workers)):
        mine: list[Chunk] = []
        if team.rank in workers:
            mine = [turn[number] for number in share(len(turn), workers.index(team.rank), len(workers))]
        pixels: dict[int, np.ndarray] = {}
        if known is None:
            extracted = list(in_parallel(extractor.extract, mine, extractor.workers))
            rows = [found.rows for found in extracted]
            pixels = {chunk.first_row: found.pixels for chunk, found in zip(mine, extracted, strict=True)}
        else:
            rows = [known.read(chunk.rows) for chunk in mine]
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        found = torch.from_numpy(np.concatenate(rows)) if rows else torch.empty(0, dtype=torch.float16)
        gathered = team.gather(found).numpy()
        yield gathered
        done += sum(len(chunk.places) for chunk in turn)
        progress(done, len(plan.photos))
        for chunk in turn:
            first = chunk.first_row - turn[0].first_row
            watcher(chunk, gathered[first : first + len(chunk.places)], pixels.get(chunk.first_row))
