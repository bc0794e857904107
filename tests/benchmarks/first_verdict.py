"""Seconds from the start of the process to the first verdict: of the window, and of the command line.

    python -m tests.benchmarks.first_verdict [--data FOLDER] [--model FILE] [--rounds 10] [--quick]

`catdog PHOTO --model FILE` until the verdict stands on the Classify page (and on the way there until the first paint)
and `catdog-cli predict PHOTO --model FILE` until the verdict is printed. They take turns; each process is new and has
another photo, in a redirected home, under Xvfb where there is no display. Files are in the system's memory.
"""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.contenders.verdicts_worker import spread
from tests.benchmarks.harness import display, models, options
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.options import PYTHON
from tests.benchmarks.harness.process import BenchmarkError, run
from tests.benchmarks.harness.results import Row, report

# Runs in the started process: the shipped `main`, which prints when the verdict is there and closes the window.
_PROGRAM = """
import sys, time
from PySide6.QtCore import QTimer
from catdog_gui.start import app, startup

class Metered(startup.Startup):
    def open_request(self, request):
        self.session = self._window.pages.classify.session
        self.session.classified.connect(self.classified)
        super().open_request(request)

    def classified(self, photo):
        # Zero milliseconds later it is on the screen.
        QTimer.singleShot(0, self, lambda: self.tell(photo))

    def tell(self, photo):
        print("painted", self._painted, flush=True)
        print("verdict", time.time(), photo.prediction.error or "", flush=True)
        self._window.close()

app.Startup = Metered
sys.exit(app.main(sys.argv[1:]))
"""


def main() -> int:
    """Measure, print and keep the rows."""
    display.ensure("tests.benchmarks.first_verdict")
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    options.add_model(parser)
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    model = models.model_to_ask(wanted.model, dataset)
    photos = itertools.cycle(spread(dataset / "test", 100))
    with tempfile.TemporaryDirectory() as home:
        contenders = _contenders(model, photos, {"CATDOG_HOME": home, **display.environment()})
        for warm_up in contenders.values():
            warm_up()
        found = interleave(contenders, 1 if wanted.quick else wanted.rounds, options.say)
    report("first_verdict", _rows(found, models.title(model)), quick=wanted.quick)
    return 0


def _contenders(
    model: Path, photos: Iterator[Path], environment: dict[str, str]
) -> dict[str, Callable[[], tuple[float, float]]]:
    """Return what to run for each: seconds to the first paint (0 where nothing is painted) and to the verdict."""

    def window() -> tuple[float, float]:
        began = time.time()
        lines = run([PYTHON, "-c", _PROGRAM, next(photos), "--model", model], environment).lines
        told = {words[0]: words[1:] for words in (line.text.split(maxsplit=2) for line in lines)}
        if "verdict" not in told or len(told["verdict"]) > 1:
            raise BenchmarkError(f"The window gave no verdict: {told}")
        painted, judged = (float(told[name][0]) - began for name in ("painted", "verdict"))
        return painted, judged

    def command_line() -> tuple[float, float]:
        lines = run([PYTHON, "-m", "trainer", "predict", next(photos), "--model", model], environment).lines
        return 0.0, lines[0].at

    return {"window": window, "command line": command_line}


def _rows(found: dict[str, list[tuple[float, float]]], model: str) -> list[Row]:
    window, lines = ([judged for _, judged in found[name]] for name in ("window", "command line"))
    paint = [painted for painted, _ in found["window"]]
    beside = (
        f"{Figure.of(ratios(window, lines)).text()} × the command line; first paint after {Figure.of(paint).text('s')}"
    )
    return [
        Row(f"start to the first verdict: window with a photo, {model}", Figure.of(window).text("s"), beside),
        Row("start to the first verdict: catdog-cli predict PHOTO", Figure.of(lines).text("s")),
    ]


if __name__ == "__main__":
    options.conclude(main)
