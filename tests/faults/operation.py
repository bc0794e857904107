"""A command whose calls fail, what it must never harm, and how its user goes on afterwards."""

import hashlib
import shutil
from abc import ABC, abstractmethod
from pathlib import Path

from tests.faults.commands import Commands
from tests.faults.fault import Outcome
from trainer.drawings.samples import draw_dataset

Tree = dict[str, str]
State = dict[str, object]
Words = tuple[str | Path, ...]


class Operation(ABC):
    """One command, with the files that it finds."""

    name: str

    @abstractmethod
    def prepare(self, commands: Commands) -> None:
        """Make the files that it finds."""

    @abstractmethod
    def words(self, place: Path) -> Words:
        """Return the command line."""

    @abstractmethod
    def state(self, place: Path, outcome: Outcome) -> State:
        """Return what has to be the same whenever the command came to its end, by name."""

    def kept(self, place: Path) -> tuple[Path, ...]:
        """Return the files, or folders of files, that stay as they are to the bit."""
        return (place / "photos",)

    def harmed(self, place: Path, before: Tree) -> list[str]:
        """Return what is no longer whole after the command, however it ended; `before` is the tree before it."""
        return []

    def go_on(self, commands: Commands, outcome: Outcome, before: Tree) -> Outcome:
        """Do what a user does next, and return how that ends: by default the same again.

        Raises AssertionError where something that was to be there is not.
        """
        return commands.run(*self.words(commands.place))


def tree(root: Path) -> Tree:
    """Return the digests of the contents of all files below a folder, or of one file, but the locks."""
    files = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): hashlib.blake2b(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.endswith(".lock")
    }


def everything(root: Path) -> Tree:
    """Return the digests of all files below a folder, its folders and its links."""
    return {
        str(path.relative_to(root)): hashlib.blake2b(path.read_bytes()).hexdigest() if path.is_file() else "no file"
        for path in sorted(root.rglob("*"))
    }


def draw(folder: Path, *, each: int = 10) -> None:
    """Draw a dataset of so many cats and dogs."""
    draw_dataset(folder, count=20, seed=7)
    for name in ("cats", "dogs"):
        for photo in sorted((folder / name).iterdir())[each:]:
            photo.unlink()


def done(outcome: Outcome) -> Outcome:
    """Return the outcome of a command that must succeed."""
    assert outcome.code == 0, outcome.err
    return outcome


def copy(source: Path, target: Path) -> None:
    """Make a folder the copy of another, whose times it has too."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
