"""`catdog-cli cache`: what CatDog keeps to save time and can make again."""

import time

import typer
from rich.table import Table

from trainer.cli.console import AsJson, interruptible, print_json, say, shown, size, stdout
from trainer.files.caches import clear_caches, list_caches
from trainer.files.paths import cache_folder

cache = typer.Typer(
    help="See and clear what is kept of photos, so that the next run on them starts at once.", no_args_is_help=True
)


@cache.command("list")
def list_all(*, json: AsJson = False) -> None:
    """List what is kept: decoded photos and features, the last used first, then thumbnails and the rest."""
    with interruptible() as control:
        found = list_caches(control.should_stop)
    if json:
        print_json([{"path": str(e.path), "bytes": e.bytes, "used": e.used, "kind": e.kind} for e in found.entries])
        return
    table = Table("what", "size", "last used", "file", box=None)
    for entry in found.entries:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
        table.add_row(entry.title, size(entry.bytes), used, shown(entry.path.name))
    if found.entries:
        stdout.print(table)
    say(f"{size(found.bytes)} in {cache_folder()}.")
    arrays, thumbnails = found.limits["arrays"], found.limits["thumbnails"]
    say(
        f"Decoded photos and what was found in them take {arrays / 1e9:.0f} GB at most, thumbnails "
        f"{thumbnails / 1e6:.0f} MB; the least recently used go first."
    )


@cache.command()
def clear() -> None:
    """Delete all of it. Your photos and models are not touched; the next run takes a little longer to start."""
    with interruptible() as control:
        freed = clear_caches(control.should_stop)
    say(f"{size(freed)} freed in {cache_folder()}.")
