"""`catdog-cli cache`: decoded photos and features, kept so that the next run on the same photos starts at once."""

import time

import typer
from rich.table import Table

from trainer.cli.console import AsJson, print_json, say, stdout

cache = typer.Typer(
    help="List and clear decoded photos and features. They are kept so that the next run starts at once.",
    no_args_is_help=True,
)


@cache.command("list")
def list_all(*, json: AsJson = False) -> None:
    """List the decoded photos and features that are kept, the most recently used first."""
    from trainer.files import array_cache  # noqa: PLC0415 - brings numpy along, which --help does without

    found = array_cache.listed()
    if json:
        print_json([{"path": str(path), "bytes": size, "used": used} for path, size, used in found])
        return
    table = Table("size", "last used", "file", box=None)
    for path, size, used in found:
        table.add_row(f"{size / 1e6:.1f} MB", time.strftime("%Y-%m-%d %H:%M", time.localtime(used)), path.name)
    if found:
        stdout.print(table)
    total = sum(size for _, size, _ in found)
    say(
        f"{total / 1e6:.1f} MB in {array_cache.folder()}, of {array_cache.LIMIT_BYTES / 1e9:.0f} GB at most; "
        "the oldest go first."
    )


@cache.command()
def clear() -> None:
    """Delete all of them. Your photos and models are not touched; the next run takes a little longer to start."""
    from trainer.files import array_cache  # noqa: PLC0415 - see above

    say(f"{array_cache.clear() / 1e6:.1f} MB freed in {array_cache.folder()}.")
