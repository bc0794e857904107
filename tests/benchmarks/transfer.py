"""Seconds from nothing to 97 % validation accuracy with the transfer recipe, and the second time.

    python -m tests.benchmarks.transfer [--data FOLDER] [--rounds 5] [--quick]

From the start of a new process, with everything that a user would wait for: imports, looking through the photos,
decoding, features, epochs, up to the end of the first epoch with 97 % or more. "From nothing" is an empty home for
caches and runs; the second time has the caches of the first. The photos themselves are in the system's memory both
times, after a first run that does not count. While the backbone looks, a preview is seen: when that has its first point
is measured too.
"""

import tempfile
from pathlib import Path

from tests.benchmarks.harness import engine, options
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.process import BenchmarkError
from tests.benchmarks.harness.results import Row, report

ENOUGH = 0.97
_AIM_SECONDS, _AIM_AGAIN_SECONDS = 60, 20
_LONGEST_EPOCHS = 40
_FIRST, _AGAIN = "from nothing", "again"


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    _refuse_unknown_recipe()
    rounds = 1 if wanted.quick else wanted.rounds
    with tempfile.TemporaryDirectory() as folder:
        turns = _Turns(dataset, Path(folder))
        if not wanted.quick:
            turns.from_nothing()  # brings the photos and the libraries into the system's memory
            turns.guesses.clear()
        found: dict[str, list[float]] = {_FIRST: [], _AGAIN: []}
        for turn in range(rounds):  # not backwards every other time: again is after the first
            once = interleave({_FIRST: turns.from_nothing, _AGAIN: turns.again}, 1)
            options.say(f"round {turn + 1} of {rounds}: {once[_FIRST][0]:.1f} s, then {once[_AGAIN][0]:.1f} s")
            for name, seconds in once.items():
                found[name] += seconds
    report("transfer", _rows(found, turns.guesses), quick=wanted.quick)
    return 0


class _Turns:
    """Runs in one home after another."""

    def __init__(self, dataset: Path, folder: Path) -> None:
        self._dataset, self._folder = dataset, folder
        self._count = 0
        self.guesses: list[float] = []
        """When a first guess was seen, in each run from nothing."""

    def from_nothing(self) -> float:
        self._count += 1
        return self._seconds()

    def again(self) -> float:
        return self._seconds()

    def _seconds(self) -> float:
        """Return when the first epoch that is good enough was over; the run is then stopped."""
        words = ["--recipe", "transfer", "--epochs", str(_LONGEST_EPOCHS)]
        done = engine.train(self._dataset, self._folder / str(self._count), words, enough=_is_enough)
        if done.first_guess is not None:
            self.guesses.append(done.first_guess)
        at = next((epoch.at for epoch in done.epochs if epoch.val_accuracy >= ENOUGH), None)
        if at is None:
            best = max((epoch.val_accuracy for epoch in done.epochs), default=0.0)
            raise BenchmarkError(f"transfer never came to {ENOUGH:.0%} on the validation photos (best {best:.1%}).")
        return at


def _is_enough(event: engine.Event) -> bool:
    return event["event"] == "EpochFinished" and bool(event["metrics"]["val_accuracy"] >= ENOUGH)


def _rows(found: dict[str, list[float]], guesses: list[float]) -> list[Row]:
    goal = f"transfer recipe: from the start of the process to {ENOUGH:.0%} validation accuracy"
    times = Figure.of(ratios(found[_FIRST], found[_AGAIN])).text()
    first, again = (Figure.of(found[name]).text("s") for name in (_FIRST, _AGAIN))
    seen = [Row("– from there to the first point of its preview", Figure.of(guesses).text("s"))] if guesses else []
    return [
        Row(f"{goal}, empty caches", first, f"{times} × the second time", f"< {_AIM_SECONDS} s"),
        *seen,
        Row(f"{goal}, the second time", again, "", f"< {_AIM_AGAIN_SECONDS} s"),
    ]


def _refuse_unknown_recipe() -> None:
    from trainer.core.recipes import RECIPES

    if "transfer" not in RECIPES:
        raise BenchmarkError(f"This CatDog has no recipe called transfer yet (it has {', '.join(RECIPES)}).")


if __name__ == "__main__":
    options.conclude(main)
