"""How many processor threads compute, chosen by the run's own steps.

All cores together are the fastest on a quiet computer. Beside another busy program they wait for one another, and one
thread alone can be up to fifty times faster. That changes during a run, so now and then each choice does some steps in
turn, and again as soon as steps become slow.
"""

from statistics import median

import torch

# Steps done with each choice in a trial, in turns.
TRIAL_STEPS = 3
# A choice this much slower than another at its first step needs no second one.
HOPELESS = 2.0
# Steps this much slower than the trial's best call for a new trial.
SLOW = 1.6
# Steps looked at for that: their median, so that a single hiccup does nothing.
RECENT = 6
# Steps between trials: they double from the first number to the second as long as trials change nothing. Only a trial
# can tell that a core has become free. Steps and not epochs, which may take seconds or many minutes.
FIRST_REST, LONGEST_REST = 64, 1024

_ALL = torch.get_num_threads()


class ThreadTuner:
    """Sets torch's number of threads for the thread that calls `start` and `stepped`."""

    def __init__(self, wanted: int) -> None:
        """Use `wanted` threads, or choose between all and one where it is 0. Nothing is set before `start`."""
        self._choices = (wanted,) if wanted else tuple(dict.fromkeys((_ALL, 1)))
        self._best = self._choices[0]
        self._trial: list[int] = []
        self._times: dict[int, list[float]] = {}
        self._expected = float("inf")
        self._recent: list[float] = []
        self._rest = 0
        self._next_rest = FIRST_REST

    def start(self) -> None:
        """Set the number of threads for the first step."""
        torch.set_num_threads(self._best)
        self._begin_trial()

    @property
    def best(self) -> int:
        """The choice that was fastest when last tried."""
        return self._best

    def stepped(self, seconds: float) -> None:
        """Note how long a whole batch took, and set the number of threads for the next one."""
        if len(self._choices) == 1:
            return
        if self._trial:
            self._note(seconds)
            return
        self._rest -= 1
        self._recent = [*self._recent[1 - RECENT :], seconds]
        slow = len(self._recent) == RECENT and median(self._recent) > SLOW * self._expected
        if slow or self._rest <= 0:
            self._begin_trial()

    def _begin_trial(self) -> None:
        if len(self._choices) > 1:
            self._trial = list(self._choices) * TRIAL_STEPS
            self._times = {count: [] for count in self._choices}
            torch.set_num_threads(self._trial[0])

    def _note(self, seconds: float) -> None:
        count = self._trial.pop(0)
        self._times[count].append(seconds)
        fastest = min(time for times in self._times.values() for time in times)
        if seconds > HOPELESS * fastest:
            self._trial = [other for other in self._trial if other != count]
        if not self._trial:
            self._end_trial()
        torch.set_num_threads(self._trial[0] if self._trial else self._best)

    def _end_trial(self) -> None:
        times = {count: median(times) for count, times in self._times.items()}
        best = min(times, key=lambda count: times[count])
        if best != self._best:
            self._next_rest = FIRST_REST
        self._best, self._expected, self._rest = best, times[best], self._next_rest
        self._next_rest = min(2 * self._next_rest, LONGEST_REST)
        self._recent = []
