"""What the commands share: messages, progress bars and JSON.

Results go to standard output, everything else to standard error. With `--json`, standard output is JSON alone.
"""

import contextlib
import json
import os
import re
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

from trainer.core import text
from trainer.core.control import RunControl
from trainer.core.progress import Progress
from trainer.core.text import Text, plain

# What a terminal may take for a command or for another order of the letters, beyond what JSON escapes by itself.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SafeConsole(Console):
    """Prints what strangers may have written, such as names of files and classes.

    They are shown as they are: no markup, no emoji codes, and what a terminal would obey is written out.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None, soft_wrap: bool = True) -> None:
        super().__init__(stderr=stderr, width=width, soft_wrap=soft_wrap, highlight=False, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Line:
        """Return a string ready to print: all strings that are printed, those in tables too, come by here."""
        return super().render_str(visible(text), **options)


stderr = SafeConsole(stderr=True)
stdout = SafeConsole()

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
    return "".join(map(_visible, sentence))


def visible(lines: str) -> str:
    """Return text of several lines that is safe on a terminal."""
    return "".join(letter if letter == "\n" else _visible(letter) for letter in lines)


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()


def print_json(value: object) -> None:
    """Print one JSON value, indented."""
    try:
        written = msgspec.json.format(msgspec.json.encode(value, enc_hook=plain), indent=2).decode()
    except UnicodeEncodeError:  # the name of a file that is no text: only the slower writer can escape its bytes
        written = json.dumps(msgspec.to_builtins(value, enc_hook=plain), indent=2)
    print_json_text(written)


def print_json_text(written: str) -> None:
    """Print text that is JSON already, the same to programs and harmless to terminals."""
    sys.stdout.write(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n")
    sys.stdout.flush()


def discard_output() -> None:
    """Discard what standard output has not taken: Python would otherwise try to write it again when it exits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def percent(fraction: float | None, digits: int = 1) -> str:
    """Return a fraction as a percentage; a dash where there is none."""
    return "–" if fraction is None else text.percent(fraction, digits)


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
