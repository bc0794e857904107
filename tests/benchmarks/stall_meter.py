"""How long the window stands still while it trains, while it classifies a thousand photos, and in a table of 10,000.

    python -m tests.benchmarks.stall_meter [--data FOLDER] [--seconds 60] [--photos 1000] [--quick]

Starts the shipped program in a redirected home (under Xvfb where there is no display), trains the classic recipe on
real photos for so many seconds with the Train page in front, stops the run in order, and drops photos on the Classify
page with the model that was kept. Then 10,000 rows with verdicts are sorted, filtered, searched and scrolled in the
table, five times a second. A 5 ms timer on the GUI thread records the gaps between its ticks all the while: a gap of
5 ms is none at all. Aim: p99 under 50 ms, the longest under 250 ms.
"""

import tempfile

from tests.benchmarks.harness import display, options
from tests.benchmarks.harness.figures import short
from tests.benchmarks.harness.options import PYTHON
from tests.benchmarks.harness.process import ROOT, Line, run
from tests.benchmarks.harness.results import Row, report

_QUICK_SECONDS, _QUICK_PHOTOS = 5.0, 50

# Runs in the started process: the shipped `main`, steered as a user would steer it.
_PROGRAM = r'''
import json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QObject, QTimer, Qt
from catdog_gui.start import app, startup
from catdog_gui.classify.session.photo_list import NewPhoto
from trainer.core.config import TrainConfig
from trainer.core.results import Prediction

ROWS = 10_000
DATASET, SECONDS, PHOTOS = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])


class Meter(QObject):
    """Measures from `begin` to `end`."""

    def __init__(self, parent):
        super().__init__(parent)
        self.timer = QTimer(self)
        self.timer.setInterval(5)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.beat)

    def begin(self):
        self.gaps, self.last = [], time.perf_counter()
        self.timer.start()

    def beat(self):
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self.last))
        self.last = now

    def end(self, what):
        self.timer.stop()
        gaps = sorted(self.gaps)
        if not gaps:
            return
        p50, p99 = (gaps[min(len(gaps) - 1, int(share * len(gaps)))] for share in (0.5, 0.99))
        told = {"while": what, "ticks": len(gaps), "p50": p50, "p99": p99, "longest": gaps[-1]}
        print(json.dumps(told), flush=True)


class Steered(startup.Startup):
    def __init__(self, *args):
        super().__init__(*args)
        self.meter = Meter(self)
        self.phase = ""
        self.finished.connect(self.train)

    def train(self):
        controller = self.controller = self._context.run_controller
        controller.state_changed.connect(self.follow)
        controller.ended.connect(self.use)
        self._window.show_page("train")
        controller.start(TrainConfig(dataset=DATASET, epochs=50))
        self.meter.begin()

    def follow(self, state):
        phase = f"{state.phase}, {state.stage.stage}" if state.phase == "preparing" and state.stage else state.phase
        if phase == self.phase:
            return
        if self.phase and len(self.meter.gaps) > 20:
            self.meter.end(self.phase)
            self.meter.begin()
        self.phase = phase
        if phase == "training":
            # Never before there is an epoch, and with it a model.
            self.wait = QTimer(self)
            self.wait.setInterval(1000)
            self.due = time.monotonic() + SECONDS
            self.wait.timeout.connect(self.stop_if_due)
            self.wait.start()

    def stop_if_due(self):
        if time.monotonic() > self.due and self.controller.state.history:
            self.wait.stop()
            self.controller.stop()

    def use(self, result):
        self.meter.end(f"after the stop ({result.status})")
        if result.model is None:
            sys.exit(result.error.sentence)
        self._context.use_model(Path(result.model))
        self._window.show_page("classify")
        photos = sorted(Path(DATASET).rglob("*.jpg"))
        step = max(1, len(photos) // PHOTOS)
        session = self._window.pages.classify.session
        session.became_idle.connect(self.classified)
        self.meter.begin()
        self.began = time.perf_counter()
        self._window.pages.classify.add_files(photos[::step][:PHOTOS])

    def classified(self, _without_verdict):
        self.meter.end(f"classifying {PHOTOS} photos ({time.perf_counter() - self.began:.1f} s)")
        session = self._window.pages.classify.session
        session.became_idle.disconnect(self.classified)
        session.classifier.classify = lambda _questions: None
        self.fill(session)
        view = self._window.pages.classify.view
        view.show_as("table")
        self.steps = list(self.steps_in(view))
        self.pace = QTimer(self)
        self.pace.setInterval(200)
        self.pace.timeout.connect(self.step)
        QTimer.singleShot(2000, self.begin_table)  # once the table is there

    def fill(self, session):
        photos = session.photos
        added = photos.add([NewPhoto(f"IMG_{n}.jpg", Path(f"/{n % 50}/{n}.jpg"), str(n)) for n in range(ROWS)])
        for photo in added:
            dog = photo.number * 7919 % ROWS / ROWS
            name = "dog" if dog > 0.5 else "cat"
            said = Prediction(path="", class_name=name, probability=dog, probabilities={"cat": 1 - dog, "dog": dog})
            photos.set_verdict(photo.number, said, ("cat", "dog"), 0.01)
        session.added.emit()

    def steps_in(self, view):
        query, bar = view.bar.query, view.table.verticalScrollBar()
        for order in [*range(1, query.order.count()), 0]:
            yield lambda order=order: query.order.setCurrentIndex(order)
            yield query.reverse.click
            for _ in range(3):
                yield lambda: bar.setValue(bar.value() + 5000)
        for kind in (1, 2, 0):
            yield lambda kind=kind: query.filter.setCurrentIndex(kind)
        for words in ("1", "12", "123", ""):
            yield lambda words=words: query.search.setText(words)
        yield lambda: query.low.setValue(90)
        yield query.all.click

    def begin_table(self):
        self.meter.begin()
        self.pace.start()

    def step(self):
        if self.steps:
            self.steps.pop(0)()
            return
        self.pace.stop()
        self.meter.end(f"sorting, filtering, searching and scrolling a table of {ROWS:,} rows")
        self.done()

    def done(self):
        self._window.close()


app.Startup = Steered
sys.exit(app.main([]))
'''


def main() -> int:
    """Measure, print and keep the rows."""
    display.ensure("tests.benchmarks.stall_meter")
    parser = options.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--photos", type=int, default=1000)
    wanted = parser.parse_args()
    seconds, photos = (_QUICK_SECONDS, _QUICK_PHOTOS) if wanted.quick else (wanted.seconds, wanted.photos)
    dataset = options.small(wanted.data)
    with tempfile.TemporaryDirectory() as home:
        environment = {"CATDOG_HOME": home, "PYTHONPATH": str(ROOT), **display.environment()}
        lines = run([PYTHON, "-c", _PROGRAM, dataset, str(seconds), str(photos)], environment).lines
    report("stall_meter", [_row(line) for line in lines], quick=wanted.quick)
    return 0


def _row(line: Line) -> Row:
    told = line.json()
    value = f"99 % below {short(told['p99'])} ms, longest {short(told['longest'])} ms"
    return Row(f"gaps of a 5 ms timer: {told['while']}", value, f"{told['ticks']:,} ticks", "< 50 ms, < 250 ms")


if __name__ == "__main__":
    options.conclude(main)
