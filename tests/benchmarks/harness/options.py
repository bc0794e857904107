"""What all benchmarks can be told on the command line, and the places of their photos."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.harness.process import ROOT, BenchmarkError

DATA = Path(os.environ.get("CATDOG_BENCH_DATA", ROOT.parent / "shared" / "data"))
EXIT_CANNOT = 2
"""Something that the benchmark needs is not there."""

# What a training process of the command line has, which sets this itself before torch is loaded.
ENGINE = {"OMP_WAIT_POLICY": "PASSIVE"}
PYTHON = sys.executable


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that all have."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="FOLDER",
        help="where dogs-vs-cats-small/ and dogs-vs-cats-16k-200px.zip are; or CATDOG_BENCH_DATA (default %(default)s)",
    )
    made.add_argument(
        "--quick", action="store_true", help="few photos, one round: tries the benchmark, measures nothing"
    )
    return made


def add_model(parser: argparse.ArgumentParser) -> None:
    """Let the user name the model that is asked; `models.model_to_ask` finds one where none is named."""
    parser.add_argument("--model", type=Path, help="default: the starter model, or where there is none a classic one")


def small(data: Path) -> Path:
    """Return the folder of 4,000 photos. Raises BenchmarkError."""
    return _there(data / "dogs-vs-cats-small")


def large(data: Path) -> Path:
    """Return the zip of 16,000 photos. Raises BenchmarkError."""
    return _there(data / "dogs-vs-cats-16k-200px.zip")


def other(data: Path) -> Path:
    """Return the folder of photos from elsewhere. Raises BenchmarkError."""
    return _there(data / "other-sources")


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, flush=True)


def conclude(main: Callable[[], int]) -> None:
    """Run a benchmark's `main` and end the process with its exit code, or with a sentence where it cannot be run."""
    try:
        code = main()
    except BenchmarkError as error:
        sys.stderr.write(f"{error}\n")
        code = EXIT_CANNOT
    sys.exit(code)


def _there(path: Path) -> Path:
    if not path.exists():
        raise BenchmarkError(f"There are no photos at {path}; name their folder with --data or CATDOG_BENCH_DATA.")
    return path
