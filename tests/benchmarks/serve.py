"""Photos a second through the service, and how long each request takes, beside asking a folder of photos directly.

    python -m tests.benchmarks.serve [--data FOLDER] [--model FILE] [--rounds 5] [--quick]

The 1,000 test photos of dogs-vs-cats-small. `catdog-cli serve` listens in a process of its own, and another process
asks it, with 1, 8 or 64 connections of which each sends one photo, waits for its verdict and sends the next; and with
one connection that sends 32 photos at a time. What asks shares the processor with the service, as in real life. Asking
the folder (as `catdog-cli predict` does) and each of these take turns. Loading is in none of the times.
"""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.harness import models, options
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.options import ENGINE, PYTHON
from tests.benchmarks.harness.process import ROOT, BenchmarkError, answer
from tests.benchmarks.harness.results import Row, report

_PHOTOS, _QUICK = 1000, 64
_FOLDER = "folder"
_GOAL = "at least 80 % of the folder"
_PATIENCE_S = 60.0
# However slow the machine is.
_LIMITS = ("--timeout", "600")


class Asking(NamedTuple):
    """How the service is asked."""

    connections: int
    photos: int
    """In each request."""

    @property
    def title(self) -> str:
        """What the table calls it."""
        connections = "1 connection" if self.connections == 1 else f"{self.connections} connections"
        return f"{connections}, {'a photo' if self.photos == 1 else f'{self.photos} photos'} a request"


_ASKINGS = (Asking(1, 1), Asking(8, 1), Asking(64, 1), Asking(1, 32))


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options.add_model(parser)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    model = models.model_to_ask(wanted.model, dataset)
    count = _QUICK if wanted.quick else _PHOTOS
    contenders = {_FOLDER: _said(lambda: _folder(model, dataset / "test", count))}
    for asking in _ASKINGS:
        contenders[asking.title] = _said(lambda asking=asking: _service(model, dataset / "test", count, asking))
    found = interleave(contenders, 1 if wanted.quick else wanted.rounds, options.say)
    report("serve", _rows(found, models.title(model), count), quick=wanted.quick)
    return 0


def _said(turn: Callable[[], dict[str, float]]) -> Callable[[], dict[str, float]]:
    def work() -> dict[str, float]:
        numbers = turn()
        options.say("  " + ", ".join(f"{name} {number:.1f}" for name, number in numbers.items()))
        return numbers

    return work


def _folder(model: Path, folder: Path, count: int) -> dict[str, float]:
    worker = "tests.benchmarks.contenders.verdicts_worker"
    return answer([PYTHON, "-m", worker, "verdicts", model, folder, str(count)], ENGINE)


def _service(model: Path, folder: Path, count: int, asking: Asking) -> dict[str, float]:
    command = [PYTHON, "-m", "trainer", "serve", "--port", "0", "--json", "--model", str(model), *_LIMITS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            worker = "tests.benchmarks.contenders.serve_callers"
            numbers = [str(count), str(asking.connections), str(asking.photos)]
            return answer([PYTHON, "-m", worker, _url(process), folder, *numbers])
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _url(process: "subprocess.Popen[str]") -> str:
    """Return the address that the service prints once it listens and its model is loaded."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("}"):
            url: str = json.loads("".join(lines))["url"]
            return url
    raise BenchmarkError("The service did not start.")


def _rows(found: dict[str, list[dict[str, float]]], model: str, count: int) -> list[Row]:
    direct = [turn["rate"] for turn in found[_FOLDER]]
    rows = [Row(f"{count:,} photos asked as a folder, {model}", Figure.of(direct).text("photos/s"))]
    for asking in _ASKINGS:
        turns = found[asking.title]
        rate, median, slow = ([turn[name] for turn in turns] for name in ("rate", "median", "p99"))
        share = Figure.of([100 * ratio for ratio in ratios(rate, direct)])
        busy = asking.connections * asking.photos > 1
        of_folder = f"{share.text('%')} of the folder"
        rows += [
            Row(
                f"the same through the service: {asking.title}",
                Figure.of(rate).text("photos/s"),
                of_folder,
                _GOAL * busy,
            ),
            Row("- a request: median", Figure.of(median).text("ms")),
            Row("- a request: 99th percentile", Figure.of(slow).text("ms")),
        ]
    return rows


if __name__ == "__main__":
    options.conclude(main)
