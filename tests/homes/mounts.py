"""Programs in a mount namespace of their own: with a home on a strange file system, or as another user.

Whatever is mounted is gone with the program, and nobody else sees it. Needs Linux and root, or is skipped by name.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_HOME = '"$CATDOG_HOME"'
READ_ONLY = f"mount --bind {_HOME} {_HOME}; mount -o remount,bind,ro {_HOME}"
OVERLAY = f"mount -t overlay -o lowerdir={_HOME}/a:{_HOME}/b overlay {_HOME}"
"""An overlay without an upper layer, which can only be read."""
TINY = f"mount -t tmpfs -o size=64k tmpfs {_HOME}"
FULL = f'mount -t tmpfs -o size=64k tmpfs {_HOME}; cp -a "$BEFORE"/. {_HOME}; cat /dev/zero > {_HOME}/rest || true'
"""Full but for nothing, beside what is in the folder BEFORE."""
NO_PROGRAMS = f"mount -t tmpfs -o noexec,nosuid,nodev tmpfs {_HOME}; mkdir {_HOME}/tmp; export TMPDIR={_HOME}/tmp"
"""Nothing in it can be executed, nor in the folder for temporary files."""
_NOBODY = 65534


def needs_mounts() -> pytest.MarkDecorator:
    """Return the mark of a test that mounts file systems: skipped by name where it may not."""
    return pytest.mark.skipif(not _may_mount(), reason="needs root, unshare and setpriv (util-linux) for mounts")


@cache
def _may_mount() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv"))):
        return False
    with tempfile.TemporaryDirectory() as place:
        trial = ["unshare", "--mount", "sh", "-ec", f"mount -t tmpfs tmpfs {shlex.quote(place)}"]
        return subprocess.run(trial, check=False, capture_output=True).returncode == 0


@contextmanager
def public_place() -> Iterator[Path]:
    """Return a new folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def run_in(home: Path, setup: str, words: Sequence[str], **others: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with these words after the setup, a shell's commands, with `home` for CATDOG_HOME."""
    environment = {"CATDOG_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", **others}
    return subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f'{setup or ":"}; exec "$@"', "sh", sys.executable, *words],
        env={**os.environ, **environment},
        cwd=home.parent,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )


def as_nobody() -> str:
    """Return the setup that makes another user of the program, who may reach Python wherever that is."""
    closed = _first_closed(Path(sys.base_prefix))
    opened = [] if closed is None else _opened(closed, Path(sys.base_prefix))
    become = f'set -- setpriv --reuid {_NOBODY} --regid {_NOBODY} --clear-groups "$@"'
    return "; ".join([*opened, become])


def _first_closed(place: Path) -> Path | None:
    """Return the topmost folder on the way there that others may not enter."""
    return next((folder for folder in reversed(place.parents) if not folder.stat().st_mode & 0o001), None)


def _opened(closed: Path, python: Path) -> list[str]:
    """Return what puts an open folder with nothing but Python in the closed one's place."""
    there = shlex.quote(str(python))
    return [
        "keep=$(mktemp -d)",
        f'mount --bind {there} "$keep"',
        f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(closed))}",
        f"mkdir -p {there}",
        f'mount --move "$keep" {there}',
        'rmdir "$keep"',
    ]
