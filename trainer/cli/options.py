"""Which option was meant, where the command line names one that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand

# As similar as --rotatoin is to --rotation. Less similar ones are no help: --lr is not like --crop.
_ALIKE = 0.75
_MOST = 3


class Command(TyperCommand):
    """A command that suggests only options which may have been meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line. Raises a usage error as typer does."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if hasattr(error, "possibilities") and hasattr(error, "option_name"):
                known = (name for option in self.params for name in option.opts)
                error.possibilities = meant(error.option_name, known)
            raise


def meant(given: str, known: Iterable[str]) -> list[str]:
    """Return the options that may have been meant: by their initials, a word of their name, or a slip of the finger."""
    word = given.lstrip("-").lower()
    names = [name[2:] for name in known if name.startswith("--")]
    initials = [name for name in names if "".join(part[0] for part in name.split("-")) == word and len(word) > 1]
    parts = [name for name in names if len(word) > 2 and any(_alike(word, part) for part in name.split("-"))]
    close = get_close_matches(word, names, n=_MOST, cutoff=_ALIKE)
    return [f"--{name}" for name in dict.fromkeys([*initials, *parts]) or close][:_MOST]


def _alike(word: str, part: str) -> bool:
    return part.startswith(word) or (len(part) > 2 and word.startswith(part))
