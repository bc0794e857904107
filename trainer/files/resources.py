"""Where the files that ship with CatDog are: in a checkout, an installed package and a frozen program alike."""

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's boot loader
    checkout, wheel = Path(__file__).resolve().parents[2], Path(sys.prefix, "share", "catdog")
    places = [Path(frozen)] if frozen else [checkout, wheel]
    for place in places:
        if (place / "resources" / "icons").is_dir():
            return place / "resources"
    raise FileNotFoundError(f"CatDog's own files are missing; looked in {', '.join(map(str, places))}")


def resource(*parts: str) -> Path:
    """Return the path of a shipped file, such as `resource("icons", "cat.svg")`."""
    return _root().joinpath(*parts)
