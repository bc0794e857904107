"""How long the window takes from the start of the process to its first paint, and how long it stands still afterwards.

    python tests/benchmarks/first_paint.py [STARTS]

Starts the program from source, ten times by default, in a redirected home; under Xvfb where there is no display. The
gaps are those of a 5 ms timer on the GUI thread, from the first paint until the engine is loaded.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_AIM_MS = 300

# Runs in the started process: the shipped `main`, with a meter, which closes the window once the engine is there.
_PROGRAM = """
import json, sys, time
from PySide6.QtCore import QTimer
from catdog_gui import app, startup

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
        [sys.executable, "-c", _PROGRAM], env=environment, cwd=_ROOT, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return 1000 * (told["painted"] - began), told["gaps"]


def main() -> None:
    """Measure and print."""
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    if "DISPLAY" not in os.environ and shutil.which("xvfb-run") and sys.platform == "linux":
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CATDOG_HOME": home}
        measure(environment)  # warms the disk cache
        results = [measure(environment) for _ in range(starts)]
    paints = [paint for paint, _ in results]
    gaps = sorted(gap for _, of_one in results for gap in of_one)
    span = f"{min(paints):.0f} to {max(paints):.0f}"
    print(f"first paint: median {statistics.median(paints):.0f} ms (aim {_AIM_MS}), {span}")
    print(
        f"gaps while the engine loads: p50 {gaps[len(gaps) // 2]:.0f}, p99 {gaps[len(gaps) * 99 // 100]:.0f}, "
        f"longest {gaps[-1]:.0f} ms (longest of each start: {', '.join(f'{max(g):.0f}' for _, g in results)})"
    )


if __name__ == "__main__":
    main()
