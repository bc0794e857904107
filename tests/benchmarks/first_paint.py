"""How long the window takes from the start of the process to its first paint, and how long it stands still afterwards.

    python -m tests.benchmarks.first_paint [--rounds 10] [--quick]

Starts the program from source, ten times by default, in a redirected home; under Xvfb where there is no display. The
gaps are those of a 5 ms timer on the GUI thread, from the first paint until everything is loaded.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.harness import display, options
from tests.benchmarks.harness.figures import Figure, percentile
from tests.benchmarks.harness.process import ROOT
from tests.benchmarks.harness.results import Row, report

_AIM_MS = 300

# Runs in the started process: the shipped `main`, with a meter, which closes the window once the engine is there.
_PROGRAM = """
import json, sys, time
from PySide6.QtCore import QTimer
from catdog_gui.start import app, startup

class Metered(startup.Startup):
    def _after_first_paint(self):
        self.gaps, self.last = [], time.perf_counter()
        self.meter = QTimer(self, interval=5)
        self.meter.timeout.connect(self.beat)
        self.meter.start()
        self.finished.connect(self.tell)
        super()._after_first_paint()

    def beat(self):
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self.last))
        self.last = now

    def tell(self):
        print(json.dumps({"painted": self._painted, "gaps": self.gaps}), flush=True)
        self._window.close()

app.Startup = Metered
sys.exit(app.main([]))
"""


def measure(environment: dict[str, str]) -> tuple[float, list[float]]:
    """Return the milliseconds to the first paint, and the gaps after it in milliseconds."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return 1000 * (told["painted"] - began), told["gaps"]


def main() -> int:
    """Measure, print and keep the rows."""
    display.ensure("tests.benchmarks.first_paint")
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CATDOG_HOME": home, **display.environment()}
        measure(environment)  # warms the disk cache
        results = [measure(environment) for _ in range(2 if wanted.quick else wanted.rounds)]
    gaps = [gap for _, of_one in results for gap in of_one]
    longest = Figure.of([max(of_one) for _, of_one in results])
    below = ", ".join(f"{share:.0%} below {percentile(gaps, share):.0f} ms" for share in (0.5, 0.99))
    rows = [
        Row("start to the first paint", Figure.of([paint for paint, _ in results]).text("ms"), "", f"< {_AIM_MS} ms"),
        Row("longest standstill of each start while the engine loads", longest.text("ms"), below),
    ]
    report("first_paint", rows, quick=wanted.quick)
    return 0


if __name__ == "__main__":
    options.conclude(main)
