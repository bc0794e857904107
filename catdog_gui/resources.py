"""Where the files that ship with CatDog are: in a checkout, an installed package and a frozen program alike."""

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    here = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "resources"] if frozen else [here.parent / "resources", here / "resources"]
    for place in places:
        if (place / "icons").is_dir():
            return place
    raise FileNotFoundError(f"CatDog's own files are missing; looked in {', '.join(map(str, places))}")


def resource(*parts: str) -> Path:
    """Return the path of a shipped file, such as `resource("icons", "cat.svg")`."""
    return _root().joinpath(*parts)
