"""What a network gives for all photos of a split, without learning from them."""

from collections.abc import Iterator

import torch

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.hardware.devices import autocast
from trainer.inference.outputs import NetworkOutputs, OutputBuffer
from trainer.models.network import Network
from trainer.training.data.batches import evaluation_batches
from trainer.training.data.split_data import Batch, SplitData


def compute_outputs(
    network: Network,
    data: SplitData,
    *,
    precision: torch.dtype = torch.float32,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> NetworkOutputs:
    """Return logits, with test-time augmentation, and embeddings of a split, in path order. Raises CancelledError."""
    buffer = OutputBuffer(len(data))
    for batch in _batches(network, data, cancelled):
        with torch.inference_mode(), autocast(precision, data.device):
            features = network.forward_features_tta(batch.inputs)
            buffer.add(network.forward_head(features), network.embed(batch.inputs, features))
        progress(buffer.done, len(data))
    return buffer.outputs()


def compute_logits(network: Network, data: SplitData, *, precision: torch.dtype, cancelled: Cancelled) -> torch.Tensor:
    """Return the logits alone, float32 [N], without test-time augmentation. Raises CancelledError.

    After each epoch no embedding is needed, and one pass tells epochs apart as well as two do.
    """
    logits, done = torch.empty(len(data)), 0
    for batch in _batches(network, data, cancelled):
        with torch.inference_mode(), autocast(precision, data.device):
            logits[done : done + len(batch.targets)] = network.forward_trainable(batch.inputs)
        done += len(batch.targets)
    return logits


def _batches(network: Network, data: SplitData, cancelled: Cancelled) -> Iterator[Batch]:
    """Yield a split's batches for a network that does not learn from them. Raises CancelledError."""
    network.eval()
    for batch in evaluation_batches(data):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        yield batch
