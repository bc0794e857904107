"""A clock that stands still but for what happens in a run: what goes by it decides the same on any machine."""

from collections.abc import Callable
from dataclasses import dataclass, field

from trainer.core.events import AnyEvent, BatchFinished, EpochFinished, EpochsPlanned, Noted, StageProgressed


@dataclass
class FakeTime:
    """A clock that a run's own events move."""

    step: Callable[[int], float] = lambda _done: 2.0
    epoch_end: float = 2.0
    looks: float = 0.0
    """At each of the photos that are looked at for calibration and test."""
    now: float = 0.0
    done: int = 0
    looked_at: int = 0
    events: list[AnyEvent] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def emit(self, event: AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, BatchFinished):
            self.done += 1
            self.now += self.step(self.done)
        if isinstance(event, EpochFinished):
            self.now += self.epoch_end
        if isinstance(event, StageProgressed) and event.stage == "evaluate":
            self.now += self.looks * (event.done - self.looked_at)
            self.looked_at = event.done

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Noted)]

    @property
    def plans(self) -> list[EpochsPlanned]:
        return [event for event in self.events if isinstance(event, EpochsPlanned)]
