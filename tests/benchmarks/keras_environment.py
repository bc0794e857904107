"""The virtual environment that holds Keras and TensorFlow, made once, apart from CatDog's."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.process import BenchmarkError
from tests.benchmarks.results import FOLDER

# Pillow and SciPy are what ImageDataGenerator decodes and turns photos with.
PACKAGES = ("tensorflow-cpu==2.21.0", "keras==3.15.1", "pillow==13.0.0", "scipy==1.17.1")
_FOLDER = FOLDER / "keras-venv"
_STAMP = _FOLDER / ".stamp"
_LONGEST_SECONDS = 1200


def keras_python() -> Path:
    """Return the environment's interpreter, made now where it is missing (1.7 GB).

    Raises BenchmarkError where it cannot be installed, such as without a network.
    """
    python = _FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = "\n".join(PACKAGES)
    if _STAMP.is_file() and _STAMP.read_text(encoding="utf-8") == wanted:
        return python
    print("installing TensorFlow into build/bench/keras-venv, once (1.7 GB) …", flush=True)
    # Without what runs this: the environment of a virtual environment's interpreter is that of its base.
    _do([sys.executable, "-m", "venv", "--clear", str(_FOLDER)])
    _do([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES])
    _STAMP.write_text(wanted, encoding="utf-8")
    return python


def _do(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LONGEST_SECONDS)
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise BenchmarkError(f"Keras could not be installed, so it is left out: {last[0]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchmarkError(f"Keras could not be installed, so it is left out: {error}") from error
