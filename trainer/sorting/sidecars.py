"""Files that belong to a photo: settings of editors, the RAW of the same stem, the video of a live photo."""

from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_ENDINGS = frozenset(
    {".xmp", ".aae", ".thm", ".mov", ".mp4", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2"}
    | {".raf", ".orf", ".rw2", ".raw", ".pef", ".srw", ".3fr", ".iiq", ".rwl", ".x3f"}
)


class Sidecar(NamedTuple):
    """One file that goes along."""

    path: Path
    ending: str
    """What follows the photo's stem in its name: ".xmp", or ".jpg.xmp"."""


class Sidecars:
    """Finds them; each goes along with the first photo that asks for it. Each folder is listed once."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, list[Path]]] = {}
        self._given: set[Path] = set()

    def of(self, photo: Path) -> list[Sidecar]:
        """Return the files that belong to a photo, by name, of those that have not been given to another.

        Raises OSError where the disk does not tell: a photo must not leave them behind unnoticed.
        """
        found: list[Sidecar] = []
        listed = self._listed(photo.parent)
        for path in sorted({*listed.get(photo.stem, ()), *listed.get(photo.name, ())}):
            if path != photo and path not in self._given:
                self._given.add(path)
                found.append(Sidecar(path, path.name[len(photo.stem) :]))
        return found

    def _listed(self, folder: Path) -> dict[str, list[Path]]:
        if folder not in self._folders:
            by_stem: dict[str, list[Path]] = defaultdict(list)
            with suppress(PermissionError):  # nobody who may not list the folder can know of them
                for path in folder.iterdir():
                    if path.suffix.lower() in _ENDINGS and path.is_file() and not path.is_symlink():
                        by_stem[path.stem].append(path)
            self._folders[folder] = by_stem
        return self._folders[folder]
