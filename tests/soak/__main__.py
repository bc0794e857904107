"""Work with the window for an hour, and see that nothing is left behind: no memory, thread, file handle or file.

    python -m tests.soak [--minutes 60]

Trains, stops and resumes, classifies, switches pages, loses the folder of photos, and is stopped itself (SIGSTOP), on
drawings and offscreen, while the time of day jumps to and fro by hours. Fails where memory surely grows by more than
1 MB an hour, or where threads, file handles, temporary files or widgets are always more in the last third than ever in
the first. Needs Linux and a C compiler (cc).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.homes.disturbed import SOURCE, jumping
from tests.preload import build_library

_JUMP_MS = 7_000


def main() -> int:
    """Do it in a home of its own, and return how many things grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    minutes: float = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        around = Path(name)
        temporary = around / "tmp"
        temporary.mkdir()
        own = {"CATDOG_HOME": str(around / "home"), "TMPDIR": str(temporary), "QT_QPA_PLATFORM": "offscreen"}
        environment = {**os.environ, **own, **jumping(build_library(SOURCE, around), every_ms=_JUMP_MS)}
        words = [sys.executable, "-m", "tests.soak.session", around, temporary, str(minutes / 60)]
        return subprocess.run(words, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
