"""A step in shards: each is computed by itself on one thread, and their gradients are added in order.

Whoever computes a shard (this thread, another one, another process, another machine) arrives at the same numbers, and
they are always added in the same order. So a run's numbers depend neither on the number of threads nor on what else
the machine does, and threads never wait for each other within an operation.
"""

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F

from trainer.hardware.devices import autocast
from trainer.models.network import Network
from trainer.models.shard_layers import shard_norms, shard_pass
from trainer.training import ema, optimisers
from trainer.training.data import seeds
from trainer.training.data.batches import ShardedBatch
from trainer.training.data.mixup import mixes, mixup
from trainer.training.data.split_data import Batch
from trainer.training.low_precision import LowPrecisionCopy
from trainer.training.run import Run
from trainer.training.shard_result import Shapes, ShardResult


def mixed(run: Run, batch: ShardedBatch) -> ShardedBatch:
    """Return a batch whose photos are mixed with one another, where the run has it; of all shards those wanted."""
    config, progress = run.config, run.progress
    if not mixes(config, progress.epoch, progress.batch):
        return batch
    parts = list(batch.shards.values())
    together = Batch(
        torch.cat([part.inputs for part in parts]),
        torch.cat([part.targets for part in parts]),
        torch.cat([part.weights for part in parts]),
    )
    whole = mixup(together, config, progress.epoch, progress.batch)
    sizes = [len(part.targets) for part in parts]
    pieces = zip(whole.inputs.split(sizes), whole.targets.split(sizes), whole.weights.split(sizes), strict=True)
    shards = [Batch(*piece, is_mixed=whole.is_mixed) for piece in pieces]
    return batch._replace(shards={number: shards[number] for number in run.wanted(batch.of)})


def compute_shards(run: Run, batch: ShardedBatch, meanwhile: Callable[[], None] = lambda: None) -> list[ShardResult]:
    """Return the results of a batch's shards, in order, computed by the run's workers.

    `meanwhile` is called once they are at it.
    """
    if not batch.shards:  # a small batch has fewer shards than there are ranks
        meanwhile()
        return []
    network = _multiplying(run)
    # A head alone takes less time than handing it to another thread.
    if next(iter(batch.shards.values())).inputs.ndim == 2:
        meanwhile()
        return [_compute(run, network, batch, number) for number in batch.shards]
    begun = [run.workers.submit(_compute, run, network, batch, number) for number in batch.shards]
    meanwhile()
    return [shard.result() for shard in begun]


def apply(run: Run, results: Sequence[ShardResult]) -> None:
    """Learn from all shards of a batch, in order: one step of the optimiser, the batch norms and the moving average."""
    optimisers.set_learning_rate(run.optimiser, optimisers.learning_rate(run.config, run.steps_done, run.steps))
    for place, parameter in enumerate(learning(run.network)):
        parameter.grad = _laid_out(results[0].gradients[place], parameter)
        for result in results[1:]:
            if result.gradients:  # the first one has the sum, where several ranks added them
                parameter.grad.add_(result.gradients[place])
    run.optimiser.step()
    run.optimiser.zero_grad()
    if run.low is not None:
        run.low.follow()
    _merge_statistics(run.network, results)
    if run.ema is not None:
        ema.update(run.ema, run.network, decay=run.config.ema_decay, steps_done=run.steps_done)


def learning(network: Network) -> list[torch.nn.Parameter]:
    """Return the parameters that learn, in the network's order."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def shapes_of(network: Network) -> Shapes:
    """Return the shapes of the tensors in this network's results."""
    statistics = [torch.Size([norm.num_features]) for norm in shard_norms(network) for _ in range(2)]
    return Shapes(tuple(parameter.shape for parameter in learning(network)), tuple(statistics))


def _multiplying(run: Run) -> Network:
    """Return the network with the weights that are multiplied with."""
    if run.precision is torch.float32:
        return run.network
    if run.low is None:
        run.low = LowPrecisionCopy(run.network)
    return run.low.network


def _compute(run: Run, network: Network, batch: ShardedBatch, number: int) -> ShardResult:
    shard = batch.shards[number]
    with shard_pass(_generator(run, batch, number)) as seen, autocast(run.precision, run.device):
        logits = network.forward_trainable(shard.inputs).float()  # [N]
    # Label smoothing (Szegedy et al., "Rethinking the Inception architecture", 2016): 0 and 1 move closer together.
    smoothing = run.config.label_smoothing
    targets = shard.targets * (1 - smoothing) + smoothing / 2
    losses = F.binary_cross_entropy_with_logits(logits, targets, weight=shard.weights, reduction="sum")
    objective = losses / batch.photos
    gradients = torch.autograd.grad(objective, learning(network))
    logits = logits.detach()
    plain = 0.0
    if not shard.is_mixed:
        plain = F.binary_cross_entropy_with_logits(logits, shard.targets, reduction="sum").item()
    return ShardResult(
        number=number,
        photos=len(logits),
        gradients=gradients,
        statistics=tuple(tensor for norm in shard_norms(network) for tensor in seen.statistics[norm]),
        objective=objective.item(),
        loss_sum=plain,
        loss_photos=0 if shard.is_mixed else len(logits),
        correct=int(((logits >= 0) == (shard.targets >= 0.5)).sum()),
    )


def _laid_out(gradient: torch.Tensor, parameter: torch.Tensor) -> torch.Tensor:
    """Return the gradient with type and layout of its parameter, without which optimisers are slow."""
    if gradient.dtype == parameter.dtype and gradient.stride() == parameter.stride():
        return gradient
    return torch.empty_like(parameter).copy_(gradient)


def _generator(run: Run, batch: ShardedBatch, number: int) -> torch.Generator:
    """Return what a shard's dropout draws from."""
    progress = run.progress
    # A batch in one piece draws what it drew in CatDog 0.1, which knew no shards.
    shard = (number,) if batch.of > 1 else ()
    return seeds.generator(run.config.seed, "dropout", progress.epoch, progress.batch, *shard)


def _merge_statistics(network: Network, results: Sequence[ShardResult]) -> None:
    """Bring the shards' statistics into the batch norms' running ones."""
    norms = shard_norms(network)
    if not norms:
        return
    photos = sum(result.photos for result in results)
    shares = torch.tensor([[result.photos / photos] for result in results], dtype=torch.float64)
    for place, norm in enumerate(norms):
        means, variances = (
            torch.stack([result.statistics[2 * place + which] for result in results]) for which in (0, 1)
        )
        norm.merge(means, variances, shares.to(means.device))
