"""The window and the command line find the same photos in a folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

from catdog_gui.classify.session.photo_search import find_photos
from tests.bad_files import jpeg, tree
from trainer.core.control import RunControl


def test_a_drop_and_the_command_line_find_the_same_photos(tmp_path: Path, finished_model: Path) -> None:
    files = ("b/2.JPG", "a.webp", "notes.txt", ".h.jpg", ".git/3.jpg", "@eaDir/4.jpg", "a.jpg/5.jpg", "z/y/6.png")
    root = tree(tmp_path / "photos", dict.fromkeys(files, jpeg()))
    outside = tree(tmp_path / "outside", {"deep/7.jpg": jpeg()})
    for link, target in (
        ("more", outside),
        ("again", outside),
        ("b/round", root),
        ("z/linked.jpg", outside / "deep" / "7.jpg"),
        ("z/dead.jpg", root / "gone.jpg"),
        ("z/dead folder", root / "gone"),
        ("z/self.jpg", root / "z" / "self.jpg"),
    ):
        (root / link).symlink_to(target)
    os.mkfifo(root / "pipe.jpg")

    in_window = [str(path) for chunk in find_photos((root,), RunControl()) for path in chunk]
    command = [sys.executable, "-m", "trainer", "predict", str(root), "-r", "--json", "--model", str(finished_model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 1, done.stderr  # the dead links
    assert [row["path"] for row in json.loads(done.stdout)] == in_window
    assert [path.removeprefix(f"{root}/") for path in in_window] == [
        "a.webp",
        "a.jpg/5.jpg",
        "b/2.JPG",
        "z/dead.jpg",
        "z/linked.jpg",
        "z/self.jpg",
        "z/y/6.png",
        "again/deep/7.jpg",
    ]
    for place in ("b/round", "more", "z/dead folder"):
        assert f"{root}/{place}: " in done.stderr
