"""What a network gives for all photos of a split, without learning from them.

Photos are looked at in chunks, always the same ones, each by one thread of torch: so the numbers are the same however
many threads there are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import torch

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.hardware.devices import autocast
from trainer.hardware.parallel import Workers
from trainer.inference.outputs import NetworkOutputs, OutputBuffer
from trainer.models.network import Network
from trainer.training.data.batches import evaluation_chunks
from trainer.training.data.split_data import SplitData
from trainer.training.distributed.team import ALONE, Team

_R = TypeVar("_R")


def compute_outputs(
    network: Network,
    data: SplitData,
    workers: Workers,
    *,
    precision: torch.dtype = torch.float32,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    team: Team = ALONE,
) -> NetworkOutputs:
    """Return logits, with test-time augmentation, and embeddings of a split, in path order.

    The ranks of a team share out the chunks, and all get everything. Raises CancelledError and RankLostError.
    """

    def look(inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = network.forward_features_tta(inputs)
        return network.forward_head(features), network.embed(inputs, features)

    chunks = _share_of(data, team)
    buffer = OutputBuffer(sum(map(len, chunks)))
    for logits, embeddings in _chunk_by_chunk(
        look, network, data, chunks, workers, precision=precision, cancelled=cancelled
    ):
        buffer.add(logits, embeddings)
        progress(min(len(data), buffer.done * team.ranks), len(data))
    mine = buffer.outputs()
    return NetworkOutputs(team.gather(mine.logits), team.gather(mine.embeddings))


def compute_logits(
    network: Network,
    data: SplitData,
    workers: Workers,
    *,
    precision: torch.dtype,
    cancelled: Cancelled,
    team: Team = ALONE,
) -> torch.Tensor:
    """Return the logits alone, float32 [N], without test-time augmentation. Raises as `compute_outputs` does.

    After each epoch no embedding is needed, and one pass tells epochs apart as well as two do.
    """
    chunks = _share_of(data, team)
    logits, done = torch.empty(sum(map(len, chunks))), 0
    for found in _chunk_by_chunk(
        network.forward_trainable, network, data, chunks, workers, precision=precision, cancelled=cancelled
    ):
        logits[done : done + len(found)] = found
        done += len(found)
    return team.gather(logits)


def seconds_a_photo(
    network: Network, data: SplitData, workers: Workers, *, precision: torch.dtype, clock: Callable[[], float]
) -> float:
    """Return how long all workers together take for a photo, as in `compute_logits`: tried with a chunk for each."""
    chunks = list(evaluation_chunks(data))[: workers.count]

    def look() -> float:
        began = clock()
        for _ in _chunk_by_chunk(
            network.forward_trainable, network, data, chunks, workers, precision=precision, cancelled=never_cancelled
        ):
            pass
        return clock() - began

    look()  # the first one takes longer
    return look() / sum(map(len, chunks))


def _share_of(data: SplitData, team: Team) -> list[torch.Tensor]:
    """Return the chunks that this process looks at."""
    chunks = list(evaluation_chunks(data))
    return [chunks[number] for number in team.share(len(chunks))]


def _chunk_by_chunk(
    look: Callable[[torch.Tensor], _R],
    network: Network,
    data: SplitData,
    chunks: Iterable[torch.Tensor],
    workers: Workers,
    *,
    precision: torch.dtype,
    cancelled: Cancelled,
) -> Iterator[_R]:
    """Yield what `look` gives for each chunk's inputs by a network that does not learn. Raises CancelledError."""

    def work(indices: torch.Tensor) -> _R:
        with torch.inference_mode(), autocast(precision, data.device):
            return look(data.inputs(indices))

    network.eval()
    for found in workers.in_order(work, chunks):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        yield found
