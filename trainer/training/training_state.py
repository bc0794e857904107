"""How far a run is: the epoch at hand with its sums so far, and the epochs done."""

import math
from dataclasses import dataclass, field

from trainer.core.results import EpochMetrics


@dataclass(kw_only=True)
class TrainingState:
    """What a checkpoint keeps besides weights and optimiser."""

    epoch: int = 1
    batch: int = 0
    """Batches done of this epoch."""
    loss_sum: float = 0.0
    """Of plain cross-entropies in nats, comparable with the validation loss; mixed photos are not among them."""
    loss_photos: int = 0
    """Photos in that sum."""
    objective_sum: float = 0.0
    """Of what the optimiser minimised: with label smoothing, class weights and mixed photos."""
    correct: int = 0
    seen: int = 0
    seconds: float = 0.0
    run_seconds: float = 0.0
    """That the whole run took, from its start on, without pauses."""
    history: list[EpochMetrics] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    """Kinds of advice given, so that none is given twice."""
    in_float32: bool = False
    """Whether a loss overflowed in bfloat16, so that the run goes on in float32."""

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch of lowest validation loss, the earlier one of equals."""
        return min(self.history, key=lambda row: row.val_loss, default=None)

    @property
    def is_at_its_best(self) -> bool:
        """Whether the network is now what it was at the end of the best epoch."""
        return self.batch == 0 and bool(self.history) and self.best is self.history[-1]

    def close_epoch(self, metrics: EpochMetrics) -> None:
        """Add an epoch's metrics and begin the next one."""
        self.history.append(metrics)
        self.epoch += 1
        self.batch, self.correct, self.seen, self.seconds = 0, 0, 0, 0.0
        self.loss_sum, self.loss_photos, self.objective_sum = 0.0, 0, 0.0

    @property
    def objective(self) -> float:
        """Mean of what the optimiser minimised, so far in this epoch."""
        return self.objective_sum / self.seen

    @property
    def loss(self) -> float:
        """Mean plain cross-entropy so far in this epoch; the objective where all photos were mixed."""
        return self.loss_sum / self.loss_photos if self.loss_photos else self.objective

    @property
    def has_stepped(self) -> bool:
        """Whether the optimiser has made a step."""
        return self.epoch > 1 or self.batch > 0

    def can_be(self, *, epochs: int, batch_size: int, photos: int) -> bool:
        """Whether a run of so many epochs over so many training photos can be here."""
        amounts = (self.loss_sum, self.seconds, self.run_seconds)
        return (
            self.epoch == len(self.history) + 1 <= epochs + 1
            and [row.epoch for row in self.history] == list(range(1, self.epoch))
            and 0 <= self.batch <= -(-photos // batch_size)
            and self.seen == min(photos, self.batch * batch_size)
            and 0 <= self.correct <= self.seen
            and 0 <= self.loss_photos <= self.seen
            and math.isfinite(self.objective_sum)
            and all(math.isfinite(amount) and amount >= 0 for amount in amounts)
        )
