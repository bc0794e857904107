"""What a time budget is worth: a run that is given 2, 5 or 15 minutes against a longer one stopped at that moment.

    python -m tests.benchmarks.time_budget [--data FOLDER] [--minutes 2,5,15] [--recipes classic,compact] [--rounds 1]
        [--quick]

On dogs-vs-cats-small, each run in a home of its own, by turns. "Budget" is `train --time`: its accuracy on the test
photos, and how far from its time it ended. "Stopped" is the recipe with a thousand epochs before it, asked to stop in
order at the moment at which the other's training was over, so that both have as long for calibration and test; its best
epoch by validation is kept.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.harness import engine, options, subsets
from tests.benchmarks.harness.figures import Figure, interleave
from tests.benchmarks.harness.results import Row, report

MINUTES = (2.0, 5.0, 15.0)
_QUICK_MINUTES = (0.25,)
# More than any of these runs comes to.
_LONGER = ("--epochs", "1000")


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--minutes", type=lambda text: tuple(float(word) for word in text.split(",")), default=MINUTES)
    parser.add_argument("--recipes", default="classic,compact")
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if wanted.quick:
            dataset = subsets.few(dataset, Path(folder) / "few", each=48)
        for recipe in wanted.recipes.split(","):
            for minutes in _QUICK_MINUTES if wanted.quick else wanted.minutes:
                rows += _compare(dataset, recipe, round(60 * minutes), 1 if wanted.quick else wanted.rounds)
    report("time_budget", rows, quick=wanted.quick)
    return 0


def _compare(dataset: Path, recipe: str, seconds: int, rounds: int) -> list[Row]:
    """Return a row for each of the two."""
    ended: list[float] = []

    def budget() -> engine.EngineRun:
        run = _train(dataset, ["--recipe", recipe, "--time", f"{seconds}s"])
        ended.append(run.epochs[-1].at)
        return run

    def stopped() -> engine.EngineRun:
        began, at = time.perf_counter(), ended[-1] if ended else float(seconds)
        words = ["--recipe", recipe, *_LONGER]
        return _train(dataset, words, stop=lambda: time.perf_counter() - began >= at)

    found: dict[str, list[engine.EngineRun]] = {"budget": [], "stopped": []}
    for _ in range(rounds):  # not backwards every other time: the second is stopped when the first ended
        for name, runs in interleave({"budget": budget, "stopped": stopped}, 1, options.say).items():
            found[name] += runs
    rows = []
    for name, runs in found.items():
        right = [100 * run.tested[0] / run.tested[1] for run in runs if run.tested is not None]
        accuracy = f"{Figure.of(right).text('%')} right" if right else "no epoch was done, so there is no model"
        time_taken = Figure.of([run.seconds for run in runs])
        beside = (
            f"{time_taken.text('s')}, {time_taken.median / seconds - 1:+.1%} of its time, {len(runs[-1].epochs)} epochs"
        )
        rows.append(Row(f"{recipe}, {seconds} s: {name}", accuracy, beside))
        options.say(" | ".join(rows[-1]))
    return rows


def _train(dataset: Path, words: Sequence[str], stop: object = None) -> engine.EngineRun:
    with tempfile.TemporaryDirectory() as home:
        if callable(stop):
            return engine.train(dataset, Path(home), words, enough=lambda _event: bool(stop()))
        return engine.train(dataset, Path(home), words)


if __name__ == "__main__":
    options.conclude(main)
