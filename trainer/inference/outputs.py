"""From photos to features and logits, without learning anything."""

import copy
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple, TypeVar

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from trainer.core.errors import CancelledError
from trainer.hardware.devices import multiplying_in, put
from trainer.models.network import Network
from trainer.training.batches import Batch, SplitData, evaluation_batches

# Photos that a worker looks at together. More of them no longer fit the processor's cache and are slower each.
CHUNK = 8

_T = TypeVar("_T")
_R = TypeVar("_R")


class Findings(NamedTuple):
    """What a network finds in N photos."""

    logits: torch.Tensor
    """Float32 [N] on the processor."""
    features: torch.Tensor
    """Float32 [N, D] on the processor: those that tell familiar photos (`Network.recognise`)."""


class Gathering:
    """Puts together what is found part by part, in room that was taken beforehand.

    Small results that stay, taken between large ones that go, would leave holes in memory into which the next large
    one no longer fits: it grew to gigabytes (`trainer.hardware.memory` keeps what is freed).
    """

    def __init__(self, count: int) -> None:
        self._count, self.done = count, 0
        self._logits = torch.empty(count)
        self._features = torch.empty(0, 0)

    def add(self, logits: torch.Tensor, features: torch.Tensor) -> None:
        """Take the next photos' logits [N] and features [N, D]."""
        if not self.done:
            self._features = torch.empty(self._count, features.shape[1])
        place = slice(self.done, self.done + len(logits))
        self._logits[place], self._features[place] = logits, features
        self.done += len(logits)

    def all(self) -> Findings:
        """Return everything, once all photos were added."""
        return Findings(self._logits, self._features)


class Fit(NamedTuple):
    """How well logits fit the classes."""

    loss: float
    """Mean binary cross-entropy in nats."""
    accuracy: float


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


def fit_of(logits: torch.Tensor, classes: torch.Tensor) -> Fit:
    """Return loss and accuracy of logits [N] for classes [N] (0 or 1)."""
    # In double precision the mean does not depend on the order in which the processor adds.
    loss = F.binary_cross_entropy_with_logits(logits.double(), classes.double())
    correct = int(((logits >= 0) == (classes == 1)).sum())
    return Fit(loss.item(), correct / len(classes))


def made_fast(network: Network, device: torch.device) -> Network:
    """Return a copy that finds the same in less time and can no longer learn.

    Batch norms become part of the convolutions before them, which they only scale and shift.
    """
    fast = copy.deepcopy(network).eval().requires_grad_(requires_grad=False)
    for module in fast.modules():
        if isinstance(module, nn.Sequential):
            _fold(module)
    return put(fast, device)


def _fold(layers: nn.Sequential) -> None:
    for place in range(len(layers) - 1):
        convolution, norm = layers[place], layers[place + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            layers[place] = fuse_conv_bn_eval(convolution, norm)
            layers[place + 1] = nn.Identity()


def in_chunks(items: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Yield items so many at a time, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def workers(device: torch.device, threads: int) -> int:
    """Return how many workers `in_parallel` should have: one a core, or as many as `threads` where it is not 0."""
    return (threads or os.cpu_count() or 1) if device.type == "cpu" else 1


def in_parallel(work: Callable[[_T], _R], items: Iterable[_T], count: int) -> Iterator[_R]:
    """Yield `work(item)` for each item, in order, done by `count` threads of which each computes with one alone.

    Threads that share one photo's arithmetic wait for one another many times a photo; those with photos of their own
    never do, which is faster, and not slowed down by other programs.
    """
    before = torch.get_num_threads()
    waiting: deque[Future[_R]] = deque()
    pool = ThreadPoolExecutor(count, thread_name_prefix="look", initializer=torch.set_num_threads, initargs=(1,))
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > count:  # one is ready for whoever is done
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)  # what a worker sets is taken over by threads that come later
