"""The commands and how they end: exit code 0 done, 1 failed, 2 wrong use, 130 interrupted."""

import os
import sys

import typer

from trainer.cli import (
    cache,
    evaluate,
    explain,
    export,
    info,
    inspect,
    label,
    learn,
    models,
    predict,
    prepare,
    report,
    runs,
    samples,
    serve,
    sort,
    train,
    verify,
    watch,
)
from trainer.cli.console import discard_output, say_error
from trainer.cli.options import Command
from trainer.core.errors import TrainerError
from trainer.core.os_errors import disk_error, is_of_a_file
from trainer.core.version import version

app = typer.Typer(
    name="catdog-cli",
    help="Teach this computer to tell cats from dogs, or any two kinds of photos, and use what it learnt.\n\n"
    "New here? Try: catdog-cli samples practice, then catdog-cli train practice --epochs 3 --image-size 64.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if wanted:
        typer.echo(f"catdog {version()}")
        raise typer.Exit


@app.callback()
def _every_command(
    _version: bool = typer.Option(  # noqa: FBT001 - a flag of the command line
        False, "--version", callback=_version, is_eager=True, help="Show the version and stop."
    ),
) -> None:
    """Take the options that come before the command's name."""


_COMMANDS = (
    samples.samples,
    inspect.inspect,
    train.train,
    prepare.prepare,
    evaluate.evaluate,
    report.report,
    predict.predict,
    explain.explain,
    export.export,
    verify.verify,
    label.label,
    learn.learn,
    sort.sort,
    sort.undo,
    watch.watch,
    serve.serve,
    info.info,
)
for command in _COMMANDS:
    app.command(cls=Command)(command)
app.add_typer(models.models, name="models")
app.add_typer(runs.runs, name="runs")
app.add_typer(cache.cache, name="cache")


def run() -> None:
    """Run the command line and end the process with its exit code."""
    # torch's thread library reads this when torch is loaded. Threads that wait for work then sleep instead of spinning,
    # which saves much time where another program uses the processor too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Where a rank of several is lost, torch's store would write pages about it; CatDog says it in a sentence.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    for stream in (sys.stdout, sys.stderr):
        # A photo may have any name, even one that the terminal cannot show.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        app()
    except TrainerError as error:
        say_error(error.sentence)
        sys.exit(error.exit_code)
    except OSError as error:  # what no command handles itself, such as a closed pipe or a full disk
        discard_output()
        say_error(disk_error(error).sentence if is_of_a_file(error) else f"{error.strerror or error}.")
        sys.exit(1)
