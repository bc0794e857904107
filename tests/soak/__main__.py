"""Work with the window for an hour, and see that nothing is left behind: no memory, thread, file handle or file.

    python -m tests.soak [--minutes 60]

Trains, stops and resumes, classifies, switches pages, loses the folder of photos, and is stopped itself (SIGSTOP), on
drawings and offscreen. Fails where memory surely grows by more than 1 MB an hour, or where threads, file handles,
temporary files or widgets are always more in the last third than ever in the first. Linux only.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Do it in a home of its own, and return how many things grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    minutes: float = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        around = Path(name)
        temporary = around / "tmp"
        temporary.mkdir()
        os.environ |= {"CATDOG_HOME": str(around / "home"), "TMPDIR": str(temporary), "QT_QPA_PLATFORM": "offscreen"}
        tempfile.tempdir = None  # so that TMPDIR is read again
        from tests.soak.session import soak

        return soak(around, temporary, minutes / 60)


if __name__ == "__main__":
    sys.exit(main())
