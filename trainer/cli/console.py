"""What the commands share: messages, progress bars and JSON.

Results go to standard output, everything else to standard error. With `--json`, standard output is JSON alone.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import msgspec
import typer
from rich import progress
from rich.console import Console
from rich.text import Text as Line

from trainer.core.control import RunControl
from trainer.core.progress import Progress
from trainer.core.text import Text, plain

# Names of files and classes are shown as they are: no markup, no emoji codes.
stderr = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
stdout = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)

# `readable=False`, here and wherever a command takes a path: typer would say no more than that it is not readable.
ModelPath = Annotated[
    Path,
    typer.Argument(metavar="MODEL", help="A saved model (model.safetensors).", show_default=False, readable=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]


def say_error(sentence: str) -> None:
    """Print an error's sentence."""
    stderr.print(Line.assemble(("Error: ", "bold red"), shown(sentence)))


def say_note(sentence: str) -> None:
    """Print a note."""
    stderr.print(Line.assemble(("Note: ", "yellow"), shown(sentence)))


def say(line: str) -> None:
    """Print a line of the result."""
    stdout.print(shown(line))


def shown(sentence: str) -> str:
    """Return text that is safe on a terminal: a file's name may hold line ends and control sequences.

    Of a sentence of the engine, only what was put into it may: its own line ends stay.
    """
    if isinstance(sentence, Text):
        values = {
            name: value if isinstance(value, (int, float)) else shown(value if isinstance(value, str) else str(value))
            for name, value in sentence.values.items()
        }
        return str(Text(sentence.template, values, sentence.one, sentence.counted))
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()
        for letter in sentence
    )


def print_json(value: object) -> None:
    """Print one JSON value, indented."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=plain), indent=2).decode() + "\n")
    sys.stdout.flush()


def discard_output() -> None:
    """Discard what standard output has not taken: Python would otherwise try to write it again when it exits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def percent(fraction: float | None) -> str:
    """Return a fraction as a percentage; a dash where there is none."""
    return "–" if fraction is None else f"{100 * fraction:.1f} %"


def size(count: int) -> str:
    """Return a number of bytes in words."""
    return f"{count / 1e6:,.1f} MB"


@contextmanager
def interruptible() -> Iterator[RunControl]:
    """Let the first Ctrl+C or SIGTERM stop the work in order; a second one ends it at once."""
    control = RunControl()

    def stop(number: int, _frame: FrameType | None) -> None:
        control.stop()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield control
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress_bar(text: str) -> Iterator[Progress]:
    """Show a bar while work goes on, on a terminal; show nothing in a pipe."""
    with bars() as shown_bars:
        task = shown_bars.add_task(text, total=None)
        yield lambda done, total: shown_bars.update(task, completed=done, total=total)


def bars(*more: Any) -> progress.Progress:
    """Return rich's progress bars as all commands show them; silent where standard error is no terminal."""
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        *more,
        progress.TimeRemainingColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )
