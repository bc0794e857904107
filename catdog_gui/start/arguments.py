"""The arguments of `catdog`. No Qt, so that a wrong one is answered at once."""

import argparse
from pathlib import Path

import msgspec

import trainer


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """The command line, with absolute paths."""

    photos: tuple[Path, ...] = ()
    model: Path | None = None
    smoke: bool = False


def parse(words: list[str]) -> Arguments:
    """Read the command line. Ends the program for --help, --version and mistakes, as argparse does."""
    if not words:
        return Arguments()
    parser = argparse.ArgumentParser(prog="catdog", description="Tell cats from dogs, on your own computer.")
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="photos and folders to classify")
    parser.add_argument("--model", type=Path, metavar="FILE", help="the model that classifies them")
    parser.add_argument("--smoke", action="store_true", help="test this installation, keep nothing, and exit with 0")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    # macOS hands this to programs that are opened for the first time.
    known = [word for word in words if not word.startswith("-psn_")]
    given = parser.parse_args(known)
    if given.version:
        print(f"CatDog {trainer.__version__}")  # noqa: T201 - the answer
        parser.exit()
    photos = tuple(path.absolute() for path in given.photos)
    return Arguments(photos=photos, model=given.model.absolute() if given.model else None, smoke=given.smoke)
