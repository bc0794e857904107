"""What all packages say of CatDog. The version is pyproject.toml's, as it was installed."""

import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = version("catdog")


def release_date() -> datetime:
    """Return when the last change was made, so that the same source makes the same package."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.strip():
        return datetime.fromtimestamp(int(done.stdout), tz=UTC)
    return datetime.fromtimestamp((ROOT / "pyproject.toml").stat().st_mtime, tz=UTC)


def target() -> str:
    """Return the system and processor, as they stand in file names."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}"
