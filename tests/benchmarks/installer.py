"""How large the installed program is, and how long it takes to start: a Markdown table, for README.

    python tests/benchmarks/installer.py [STARTS]

Measures what `make installer` built, dist/catdog, ten times by default, in a real X11 window: under an Xvfb whose
screen lies in a file, so that looking at it costs the program nothing. "Cold" is with the files out of the disk cache,
which needs root. Nothing else should run meanwhile.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = _ROOT / "dist" / "catdog" / "catdog"
_WIDTH, _HEIGHT = 1280, 900
_LIMIT_S = 120
# The light theme's colours of the two classes, as 0xRRGGBB: a verdict's bar is painted in them.
_VERDICT = (0xC4570B, 0x1F63C6)
# What the window writes into its log when it happens, with the time in seconds.
_STEPS = ("first paint", "engine loaded")
_LOGGED = re.compile(rf"({'|'.join(_STEPS)}) at ([\d.]+)")


@contextmanager
def screen(folder: Path) -> Iterator[tuple[dict[str, str], Callable[[], np.ndarray]]]:
    """Yield the environment of a display, and a function that returns its pixels, uint32 [H, W] as 0xRRGGBB."""
    read, write = os.pipe()
    size = f"{_WIDTH}x{_HEIGHT}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            name = f":{answer.readline().strip()}"
        file = np.memmap(folder / "Xvfb_screen0", np.uint8, "r")
        pixels = file[file.size - _WIDTH * _HEIGHT * 4 :].view(np.uint32).reshape(_HEIGHT, _WIDTH)
        yield {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}, lambda: pixels & 0xFFFFFF
        server.terminate()


def measure(words: list[str], environment: dict[str, str], pixels: Callable[[], np.ndarray]) -> dict[str, float]:
    """Start the window once; return the milliseconds to the first paint, from there to the engine, to the verdict."""
    with tempfile.TemporaryDirectory() as home:
        began, seen = time.time(), {}
        environment = {**os.environ, **environment, "CATDOG_HOME": home}
        with subprocess.Popen([_PROGRAM, *words], env=environment, stderr=subprocess.DEVNULL) as process:
            log = Path(home, "log", "catdog.log")
            while time.time() - began < _LIMIT_S and not ("engine" in seen and ("verdict" in seen or not words)):
                time.sleep(0.02)
                if words and "verdict" not in seen and np.isin(pixels(), _VERDICT).sum() > 1000:
                    seen["verdict"] = 1000 * (time.time() - began)
                text = log.read_text("utf-8") if log.is_file() else ""
                at = {what: 1000 * (float(when) - began) for what, when in _LOGGED.findall(text)}
                if len(at) == len(_STEPS):
                    seen |= {"first paint": at["first paint"], "engine": at["engine loaded"] - at["first paint"]}
            process.terminate()
    return seen


def forget_files() -> bool:
    """Empty the disk cache. False where that is not allowed."""
    subprocess.run(["sync"], check=True)
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def sizes() -> dict[str, str]:
    """Return the sizes of what was built."""
    files = [file.lstat().st_size for file in _PROGRAM.parent.rglob("*") if not file.is_dir()]
    found = {"installed": f"{sum(files) / 1e6:.1f} MB"}
    for package in sorted((_ROOT / "dist").glob("catdog[-_]*.*")):
        found[package.name] = f"{package.stat().st_size / 1e6:.1f} MB"
    return found


def trained(folder: Path) -> list[str]:
    """Return the words that let the window classify a drawing with a model of its own."""
    drawings, runs = folder / "drawings", folder / "runs"
    for words in (
        ["samples", drawings, "--count", "60"],
        ["train", drawings, "--epochs", "1", "--image-size", "64", "--out", runs],
    ):
        environment = {**os.environ, "CATDOG_HOME": str(folder / "home")}
        command = [_PROGRAM.with_name("catdog-cli"), *words]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    (model,) = runs.glob("*/model.safetensors")
    return ["--model", str(model), str(next(drawings.rglob("*.jpg")))]


def summary(starts: list[dict[str, float]], name: str) -> str:
    """Return the median and the span of one measure."""
    values = [start[name] for start in starts if name in start]
    if not values:
        return "not seen"
    return f"{statistics.median(values):.0f} ms ({min(values):.0f} to {max(values):.0f})"


def main() -> None:
    """Measure and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    rows = sizes()
    with tempfile.TemporaryDirectory() as scratch, screen(Path(scratch)) as (environment, pixels):
        words = trained(Path(scratch))
        measure([], environment, pixels)  # warms the disk cache
        warm = [measure([], environment, pixels) for _ in range(count)]
        judged = [measure(words, environment, pixels) for _ in range(count)]
        rows["first paint, warm"] = summary(warm, "first paint")
        if forget_files():
            cold = [measure([], environment, pixels) for _ in range(count) if forget_files()]
            rows["first paint, cold"] = summary(cold, "first paint")
            rows["engine ready after the first paint, cold"] = summary(cold, "engine")
        rows["engine ready after the first paint, warm"] = summary(warm, "engine")
        rows["verdict on a photo that it was started with"] = summary(judged, "verdict")
    print("| | |\n| --- | --- |")
    for name, value in rows.items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
