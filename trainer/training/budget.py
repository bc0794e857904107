"""The time that a run was given: what its parts take is measured, and how many steps fit is decided, twice at most."""

from collections.abc import Callable
from time import monotonic

from trainer.core.config import TrainConfig
from trainer.core.recipes import recipe
from trainer.core.time_plan import MOST_TIMES, Costs, Decision, seconds_to_go, step_work, steps_that_fit
from trainer.inference.out_of_distribution import SAMPLE

# A process's first steps take longer than all others: they are not measured.
_WARM_STEPS = 3
# Measured before the first decision: steps that take this share of the run's time, but no fewer than this many, and
# after no more than this share of what the recipe would do, since they count as steps of that longer or shorter run.
_MEASURED_SHARE, _MEASURED_STEPS, _LATEST = 0.02, 5, 0.1
# Of a whole step, what validating as many photos takes at least: measured as soon as there was an epoch.
_FORWARD = 0.25
# What is done after the last epoch for each photo that a model is compared with, beside looking at it: a small image.
_THUMBNAIL_SECONDS = 0.002
_REPORT_SECONDS = 1.5
# Where the photos alone took all of the time, this share of it is learnt in all the same: a head takes no more.
_LEAST_SHARE = 0.05
MOST_DECISIONS = 3
"""What the recipe would do, what was measured, and its correction."""


class Stopwatch:
    """Seconds that a run has taken, in this process and before it; pauses do not count."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._before = 0.0

    @property
    def seconds(self) -> float:
        """So far."""
        return self._before + self._clock() - self._began

    def add(self, seconds: float) -> None:
        """Count what the run took in an earlier process, or take back what was a pause."""
        self._before += seconds


class Meter:
    """What a run's parts take, measured in this process between one call and the next."""

    def __init__(self, watch: Stopwatch, config: TrainConfig) -> None:
        self._watch, self._config = watch, config
        self._steps = 0
        self._work = self._seconds = 0.0
        self._ends = self._end_seconds = 0.0
        self._last = watch.seconds
        self.preparing_a_photo = 0.0
        """Seconds to make a photo of validation or test ready after the training."""
        self.looking_at_a_photo = 0.0
        """Seconds to look at a photo in validation, as measured before the first step."""

    @property
    def steps(self) -> int:
        """How many were measured."""
        return max(0, self._steps - _WARM_STEPS)

    @property
    def seconds(self) -> float:
        """How long these took."""
        return self._seconds

    @property
    def saw_epoch_end(self) -> bool:
        """Whether an epoch was validated meanwhile."""
        return self._ends > 0

    def stepped(self, size: int) -> None:
        """Measure what was done since the last call as a step on images of that side."""
        seconds = self._lap()
        self._steps += 1
        if self._steps > _WARM_STEPS:
            self._seconds += seconds
            self._work += step_work(self._config, size)

    def ended_epoch(self) -> None:
        """Measure what was done since the last call as the end of an epoch."""
        self._ends += 1
        self._end_seconds += self._lap()

    def begin_anew(self) -> None:
        """Forget the steps so far, but not what an epoch's end takes."""
        self._steps, self._seconds, self._work = _WARM_STEPS, 0.0, 0.0

    def costs(self, photos: dict[str, int], *, looks: int) -> Costs:
        """Return what parts of the run take, with so many photos a split; the test looks at each so many times."""
        step = self._seconds / self._work
        a_photo = max(_FORWARD * step / self._config.batch_size, self.looking_at_a_photo)
        end = self._end_seconds / self._ends if self._ends else a_photo * photos["validation"]
        if self._ends:
            a_photo = min(a_photo, end / max(photos["validation"], 1))
        compared = min(photos["train"], SAMPLE)
        looked_at = photos["validation"] + compared + photos["test"]
        finish = looks * a_photo * looked_at + self.preparing_a_photo * photos["test"]
        return Costs(step=step, epoch_end=end, finish=finish + _THUMBNAIL_SECONDS * compared + _REPORT_SECONDS)

    def _lap(self) -> float:
        now = self._watch.seconds
        seconds, self._last = now - self._last, now
        return seconds


class TimeBudget:
    """Decides how many steps a run has. What was decided before, in this process or an earlier one, stands."""

    def __init__(
        self,
        config: TrainConfig,
        decisions: tuple[Decision, ...],
        watch: Stopwatch,
        *,
        batches: int,
        photos: dict[str, int],
        looks: int,
    ) -> None:
        """Take a run's batches an epoch, its photos by split, and how often the test looks at each."""
        self.seconds = config.time_budget
        self.decisions = decisions
        self.meter = Meter(watch, config)
        self._config, self._watch = config, watch
        self._batches, self._photos, self._looks = batches, photos, looks
        self._usual = decisions[0].steps if decisions else config.epochs * batches
        self._most = round(MOST_TIMES * recipe(config.recipe).config("").epochs) * batches
        self._since = watch.seconds
        self._costs: Costs | None = None

    @property
    def most_steps(self) -> int:
        """More than so many teach nothing more."""
        return self._most

    def stepped(self, done: int, size: int) -> bool:
        """Measure a step on images of that side, the last of `done`; return whether something is decided after it."""
        self.meter.stepped(size)
        if not (self._correction_is_due(done) if self.decisions else self._decision_is_due(done)):
            return False
        costs = self._measured()
        left = max(self.seconds - self._watch.seconds, costs.finish + _LEAST_SHARE * self.seconds)
        steps = steps_that_fit(
            left,
            costs,
            self._config,
            batches=self._batches,
            done=done,
            most=self.most_steps,
            budget=self.seconds,
        )
        if not self.decisions:
            self.decisions = (Decision(0, self._usual),)
            self._since = self._watch.seconds
            self.meter.begin_anew()
        self.decisions = (*self.decisions, Decision(done, steps))
        return True

    def seconds_left(self, done: int) -> float:
        """Return how long the run goes on after `done` steps, to its very end."""
        if not self.decisions or (self._costs is None and not self.meter.steps):
            return max(0.0, self.seconds - self._watch.seconds)
        costs = self._measured() if self.meter.steps >= _MEASURED_STEPS or self._costs is None else self._costs
        return seconds_to_go(costs, self._config, batches=self._batches, done=done, steps=self.decisions[-1].steps)

    def _measured(self) -> Costs:
        self._costs = self.meter.costs(self._photos, looks=self._looks)
        return self._costs

    def _decision_is_due(self, done: int) -> bool:
        meter, spent = self.meter, self._watch.seconds
        if not meter.steps:
            return False
        shares = meter.seconds / self.seconds
        enough = shares >= _MEASURED_SHARE and (meter.saw_epoch_end or shares >= 2 * _MEASURED_SHARE)
        in_time = done < _LATEST * self._usual and spent < self.seconds / 2
        return (enough and meter.steps >= _MEASURED_STEPS) or not in_time

    def _correction_is_due(self, done: int) -> bool:
        """Whether half of what was planned is over, in steps or in time, and nothing was corrected yet."""
        if len(self.decisions) != MOST_DECISIONS - 1 or self.meter.steps < _MEASURED_STEPS:
            return False
        planned = self.decisions[-1]
        if done <= planned.step:  # a run that was killed takes the steps before its plan once more
            return False
        halfway = done >= (planned.step + planned.steps) / 2
        return halfway or self._watch.seconds >= (self._since + self.seconds) / 2
