"""What `catdog` calls: the window, or one sentence where CatDog was installed without it."""

import sys
from importlib.util import find_spec

MISSING_WINDOW = (
    "CatDog was installed without its window. Where its source is, install that with: pip install '.[gui]'. "
    "On the command line: catdog-cli --help"
)
_NEEDED = ("PySide6", "pyqtgraph")


def main() -> int:
    """Open the window and return the exit code when it was closed; 2 where it is not installed."""
    if not all(map(find_spec, _NEEDED)):
        if sys.stderr is not None:  # pythonw of Windows has none
            sys.stderr.write(f"{MISSING_WINDOW}\n")
        return 2
    from catdog_gui.start.app import main as window  # noqa: PLC0415 - brings Qt along, which may be missing

    return window()
