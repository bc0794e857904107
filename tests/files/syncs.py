"""Watch in which order a file's content and its name reach the disk."""

import os
from pathlib import Path

import pytest

IN_ORDER = [("content", "before the name"), ("folder", "after the name")]
"""What `record_syncs` returns for a new file that no power failure can leave empty or lose."""


def record_syncs(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[tuple[str, str]]:
    """Return a list that gains an entry with every sync: of what, and whether `path` was there by then."""
    syncs: list[tuple[str, str]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        is_folder = os.path.samestat(os.fstat(handle), path.parent.stat())
        syncs.append(("folder" if is_folder else "content", f"{'after' if path.exists() else 'before'} the name"))

    monkeypatch.setattr(os, "fsync", fsync)
    return syncs
