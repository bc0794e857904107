"""Gathers the licences of everything that is shipped: one folder a distribution, and texts that no wheel carries."""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from distributions import shipped_distributions

_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
FOLDER = PurePosixPath("licences")


def licence_files(root: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield each file with the folder it goes into."""
    for one in shipped_distributions():
        for path, place in _of_distribution(one):
            yield path, FOLDER / one.metadata["Name"] / place
    for file in sorted((root / "resources" / "packaging" / "licences").iterdir()):
        yield file, FOLDER
    python = python_licence()
    if python is not None:
        yield python, FOLDER / "Python"


def _of_distribution(one: Distribution) -> Iterator[tuple[Path, PurePosixPath]]:
    for file in one.files or []:
        info = next((part for part in file.parts if part.endswith(".dist-info")), None)
        if info is None or file.name.endswith((".py", ".pyc")):
            continue
        if "licenses" in file.parts or file.name.upper().startswith(_NAMES):
            inside = PurePosixPath(*file.parts[file.parts.index(info) + 1 : -1])
            yield Path(str(one.locate_file(file))), inside.relative_to("licenses") if inside.parts else inside


def python_licence() -> Path | None:
    """Return Python's own licence: beside its library, or where Debian keeps it."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix)
    places = (base / "LICENSE.txt", base / "lib" / name / "LICENSE.txt", Path("/usr/share/doc", name, "copyright"))
    return next((place for place in places if place.is_file()), None)
