"""One long session of the window: round after round, and what is held between them."""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from catdog_gui.classify.session import removals
from catdog_gui.look import theme
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.start.app import make_application
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.state.run_controller import RunController
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.photos import image_memory
from tests.soak.measures import Held, grow_table_of_names, held, memory_slope
from tests.soak.rounds import ROUNDS, Desk, come_to_rest
from trainer.drawings.samples import draw_dataset
from trainer.hardware import memory

# What is loaded and kept in this share of the time is no leak, nor what is in the first rounds.
_FIRST_SHARE, _FIRST_ROUNDS = 0.25, 6
_MOST_GROWTH = 1.0
# The window's memory for small images, so little that the first rounds fill it.
_IMAGE_BYTES = 2**21
# So often can photos that were taken away be put back, for the same reason.
_UNDONE_AT_MOST = 2
# These vary by one or two: idle threads end when they like.
_COUNTED = ("threads", "handles", "temporary", "widgets")


def soak(around: Path, temporary: Path, hours: float) -> int:
    """Do the rounds, print what is held after each, and return how many things grew."""
    memory.keep_freed()  # as the program does
    application = make_application()
    image_memory.SHARED.limit_bytes = _IMAGE_BYTES
    removals.MOST = _UNDONE_AT_MOST
    desk = _desk(around)
    theme.apply(application, "light")
    start = time.monotonic()
    measured: list[Held] = []
    while not measured or measured[-1].hours < hours or len(measured) < 2 * _FIRST_ROUNDS:
        for work in ROUNDS:
            work(desk)
            come_to_rest()
        shutil.rmtree(desk.runs)
        measured.append(held((time.monotonic() - start) / 3600, temporary))
        print(_row(measured[-1]), flush=True)
        if len(measured) == 1:
            grow_table_of_names()
    desk.window.close()
    first = max(_FIRST_ROUNDS, sum(each.hours < _FIRST_SHARE * hours for each in measured))
    return len(_grown(measured[first - 1 :]))


def _desk(around: Path) -> Desk:
    context = Context(Settings())
    context.run_controller = RunController(context.settings, context)
    window = MainWindow(context, ErrorCenter())
    window.pages.allow_others()
    window.show()
    desk = Desk(window, around / "photos", around / "runs")
    draw_dataset(desk.photos, count=40)
    return desk


def _row(now: Held) -> str:
    return (
        f"{60 * now.hours:6.1f} min: {now.megabytes:7.1f} MB, {now.threads} threads, {now.handles} handles, "
        f"{now.temporary} temporary files, {now.widgets} widgets"
    )


def _lowest(measured: Sequence[Held], name: str) -> int:
    return min(getattr(each, name) for each in measured)


def _highest(measured: Sequence[Held], name: str) -> int:
    return max(getattr(each, name) for each in measured)


def _grown(measured: Sequence[Held]) -> list[str]:
    slope = memory_slope(measured)
    print(f"memory grows by {slope.per_hour:.2f} ± {2 * slope.error:.2f} MB an hour, over {len(measured)} rounds")
    third = len(measured) // 3 or 1
    grown = [name for name in _COUNTED if _lowest(measured[-third:], name) > _highest(measured[:third], name)]
    if slope.surely > _MOST_GROWTH:
        grown.append("memory")
    print(f"more than at first: {', '.join(grown)}" if grown else "nothing is left behind")
    return grown


if __name__ == "__main__":
    sys.exit(soak(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
