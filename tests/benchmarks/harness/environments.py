"""Virtual environments for what is measured beside CatDog, each made once, apart from CatDog's."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.harness.process import BenchmarkError
from tests.benchmarks.harness.results import FOLDER

# Pillow and SciPy are what ImageDataGenerator decodes and turns photos with.
KERAS = ("tensorflow-cpu==2.21.0", "keras==3.15.1", "pillow==13.0.0", "scipy==1.17.1")
ONNX = ("onnxruntime==1.32.0", "onnx==1.23.2")
_LONGEST_SECONDS = 1200


def python_with(name: str, packages: tuple[str, ...], size: str) -> Path:
    """Return an environment's interpreter, made now where it is missing.

    Raises BenchmarkError where it cannot be installed, such as without a network.
    """
    folder = FOLDER / f"{name}-venv"
    stamp = folder / ".stamp"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = "\n".join(packages)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {packages[0]} into build/bench/{folder.name}, once ({size}) …", flush=True)
    # Without what runs this: the environment of a virtual environment's interpreter is that of its base.
    _do([sys.executable, "-m", "venv", "--clear", str(folder)], packages[0])
    _do([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], packages[0])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _do(command: list[str], what: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LONGEST_SECONDS)
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise BenchmarkError(f"{what} could not be installed, so it is left out: {last[0]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchmarkError(f"{what} could not be installed, so it is left out: {error}") from error
