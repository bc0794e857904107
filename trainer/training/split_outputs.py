"""What a network gives for all photos of a split, without learning from them."""

from collections.abc import Callable, Iterator

import torch

from trainer.core.errors import CancelledError
from trainer.hardware.devices import multiplying_in
from trainer.inference.outputs import Findings, Gathering
from trainer.models.network import Network
from trainer.training.batches import Batch, SplitData, evaluation_batches


def look(
    network: Network,
    data: SplitData,
    *,
    precision: torch.dtype = torch.float32,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Findings:
    """Return what the network finds in a split's photos, in path order. Raises CancelledError."""
    found = Gathering(len(data))
    for batch in _batches(network, data, cancelled):
        with torch.inference_mode(), multiplying_in(precision, data.device):
            features = network.examine(batch.images)
            found.add(network.classify(features), network.recognise(batch.images, features))
        progress(found.done, len(data))
    return found.all()


def logits_of(
    network: Network, data: SplitData, *, precision: torch.dtype, cancelled: Callable[[], bool]
) -> torch.Tensor:
    """Return the logits alone, float32 [N], of one look. Raises CancelledError.

    After each epoch nobody asks what is familiar, and one look tells epochs apart as well as two do.
    """
    logits, done = torch.empty(len(data)), 0
    for batch in _batches(network, data, cancelled):
        with torch.inference_mode(), multiplying_in(precision, data.device):
            logits[done : done + len(batch.classes)] = network.learn(batch.images)
        done += len(batch.classes)
    return logits


def _batches(network: Network, data: SplitData, cancelled: Callable[[], bool]) -> Iterator[Batch]:
    """Yield a split's batches for a network that does not learn from them. Raises CancelledError."""
    network.eval()
    for batch in evaluation_batches(data):
        if cancelled():
            raise CancelledError("Cancelled while looking at the photos.")
        yield batch
