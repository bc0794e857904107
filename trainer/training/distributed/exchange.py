"""How ranks bring the shards of a batch together: each sends what it computed, and all get the sum of all gradients.

Exactly, gradients are added in the order of the shards, as one process adds them: each rank gets one slice of every
shard's gradients, adds them in order, and sends the sum to the others. That is as many bytes as the usual all-reduce
where each rank has one shard. The fast way adds each rank's own shards first and all-reduces the rest: fewer bytes
where ranks have several shards, but the last bits of the sum then depend on the number of ranks.
"""

import json
from collections.abc import Sequence
from importlib.metadata import version

import torch

from trainer.core.text import plural, text
from trainer.training.distributed.group import Group
from trainer.training.distributed.place import Place
from trainer.training.distributed.team import Exchanging
from trainer.training.shard_result import Shapes, ShardResult

# Up to so many bytes of a batch's gradients, such as those of a head alone, everything is sent to everyone at once: it
# is the number of messages that takes the time.
_FEW_BYTES = 256 * 1024
_NUMBERS = 6  # of a ShardResult, besides its tensors


class RunGroup(Group):
    """The group of a run's ranks, which learn together."""

    def __init__(self, place: Place, *, fast: bool = False) -> None:
        """Meet the others. `fast` gives up exact sums of gradients. Raises RankLostError where they do not come."""
        super().__init__(place)
        self._fast = fast
        self._others = [json.loads(own) for own in self.gather_bytes(json.dumps(_own_kind(place)).encode())]

    def exchange_for(self, device: torch.device, shapes: Shapes) -> Exchanging:
        """Return what takes this rank's results of a batch of so many shards, and returns those of all, in order.

        Tensors have these shapes and are on that device. It raises RankLostError and CancelledError.
        """
        return Exchange(self, shapes, device, fast=self._fast)

    def notes(self) -> list[str]:
        """Return what is to be known of the team, in sentences."""
        hosts = len({other["host"] for other in self._others})
        machines = plural(hosts, "%n machine", "%n machines")
        found: list[str] = [text("{ranks} ranks on {machines} work on this run.", ranks=self.ranks, machines=machines)]
        odd = next((other for other in self._others if other["kind"] != self._others[0]["kind"]), None)
        if odd is not None:
            found.append(
                text(
                    "{host} has another processor or other versions than rank 0 ({other}, {own}), so to the last digit "
                    "the run cannot be repeated elsewhere.",
                    host=odd["host"],
                    other=odd["kind"],
                    own=self._others[0]["kind"],
                )
            )
        if self._fast:
            found.append(
                text(
                    "With --reduce fast gradients are added in whatever order is fastest, so another number of ranks "
                    "gives slightly other numbers."
                )
            )
        return found


class Exchange:
    """Takes a rank's results of a batch, and returns those of the whole batch, in order.

    The first one has the sum of all gradients, the others have none.
    """

    def __init__(self, group: Group, shapes: Shapes, device: torch.device, *, fast: bool) -> None:
        self._group, self._shapes, self._device, self._fast = group, shapes, device, fast

    def __call__(self, mine: list[ShardResult], of: int) -> list[ShardResult]:
        """Exchange the results of a batch that has `of` shards. Raises RankLostError and CancelledError."""
        counts = [len(shares) for shares in self._group.shares(of)]
        own = torch.stack([_flat(result.gradients) for result in mine]) if mine else self._no_gradients()
        small = torch.stack([self._small(result) for result in mine]) if mine else self._nothing_small()
        if self._fast:
            total = self._group.sum_fast(_in_order(own, _count(self._shapes.gradients), self._device))
            rows = self._gather(small, counts)
        elif of * own.shape[1] * 4 <= _FEW_BYTES and self._device.type == "cpu":
            rows = self._gather(torch.cat([small, own.view(torch.uint8)], dim=1), counts)
            cut = small.shape[1]
            total = _in_order(rows[:, cut:].contiguous().view(torch.float32), own.shape[1], self._device)
            rows = rows[:, :cut].contiguous()
        else:
            slices = self._group.exchange_slices(own, counts)
            total = self._group.gather_slices(_in_order(slices, slices.shape[1], self._device), own.shape[1])
            rows = self._gather(small, counts)
        found = [self._result(row) for row in rows]
        return [found[0]._replace(gradients=self._shaped(total, self._shapes.gradients)), *found[1:]]

    def _gather(self, rows: torch.Tensor, counts: Sequence[int]) -> torch.Tensor:
        """Return all ranks' rows of bytes, [of, bytes]."""
        width = rows.shape[1]
        found = self._group.gather_known(rows.reshape(-1), [count * width for count in counts])
        return found.view(-1, width)

    def _no_gradients(self) -> torch.Tensor:
        return torch.empty(0, _count(self._shapes.gradients), device=self._device)

    def _nothing_small(self) -> torch.Tensor:
        return torch.empty(0, 8 * _NUMBERS + 4 * _count(self._shapes.statistics), dtype=torch.uint8)

    def _small(self, result: ShardResult) -> torch.Tensor:
        """Return all of a result but its gradients, as bytes."""
        numbers = (
            result.number,
            result.photos,
            result.objective,
            result.loss_sum,
            result.loss_photos,
            result.correct,
        )
        statistics = _flat(result.statistics).cpu() if result.statistics else torch.empty(0)
        return torch.cat([torch.tensor(numbers, dtype=torch.float64).view(torch.uint8), statistics.view(torch.uint8)])

    def _result(self, row: torch.Tensor) -> ShardResult:
        numbers = row[: 8 * _NUMBERS].clone().view(torch.float64).tolist()
        statistics = row[8 * _NUMBERS :].clone().view(torch.float32).to(self._device)
        return ShardResult(
            number=int(numbers[0]),
            photos=int(numbers[1]),
            gradients=(),
            statistics=self._shaped(statistics, self._shapes.statistics),
            objective=numbers[2],
            loss_sum=numbers[3],
            loss_photos=int(numbers[4]),
            correct=int(numbers[5]),
        )

    @staticmethod
    def _shaped(flat: torch.Tensor, shapes: Sequence[torch.Size]) -> tuple[torch.Tensor, ...]:
        pieces = flat.split([shape.numel() for shape in shapes])
        return tuple(piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True))


def _own_kind(place: Place) -> dict[str, str]:
    """Return where a rank is, and what may change the last digits of what it computes."""
    kind = f"{torch.backends.cpu.get_cpu_capability()}, torch {torch.__version__}, CatDog {version('catdog')}"
    return {"host": place.host, "kind": kind}


def _count(shapes: Sequence[torch.Size]) -> int:
    return sum(shape.numel() for shape in shapes)


def _flat(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the numbers of these tensors in one row, float32."""
    return torch.cat([tensor.detach().reshape(-1).float() for tensor in tensors])


def _in_order(rows: torch.Tensor, width: int, device: torch.device) -> torch.Tensor:
    """Return the sum of the rows, added one after another; zeros where there are none."""
    if not len(rows):
        return torch.zeros(width, device=device)
    total = rows[0].clone()
    for row in rows[1:]:
        total.add_(row)
    return total
