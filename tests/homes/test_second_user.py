"""Another user of the same computer: what they may not touch is named in a sentence, and nothing of it is changed."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes.mounts import as_nobody, needs_mounts, public_place, run_in
from tests.homes.test_homes import SMALL
from tests.telling_window import TELLING
from trainer.core.results import RunResult

pytestmark = needs_mounts()


@pytest.fixture
def place(drawings: Path, finished_run: RunResult) -> Iterator[Path]:
    """Return a folder with photos, and a home with a run in it, that others may read and not change."""
    assert finished_run.run_folder is not None
    with public_place() as found:
        shutil.copytree(drawings, found / "photos")
        shutil.copytree(finished_run.run_folder, found / "home" / "data" / "runs" / "one")
        yield found


def content(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(
    "words",
    [
        ("train", "--resume", "home/data/runs/one", "--epochs", "3"),
        *(
            pytest.param(words, marks=pytest.mark.slow)
            for words in (
                ("train", "photos", *SMALL),
                ("runs", "note", "one", "mine"),
                ("runs", "delete", "one", "--yes"),
                ("inspect", "photos", "--answer", "dog=cats/cat.0000.jpg"),
            )
        ),
    ],
)
def test_what_may_not_be_changed_is_named_and_stays(words: tuple[str, ...], place: Path) -> None:
    before = content(place)
    done = run_in(place / "home", as_nobody(), ["-m", "trainer", *words])
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "(Permission denied)" in done.stderr
    assert content(place) == before


@pytest.mark.slow
def test_what_may_be_read_is_listed_and_photos_can_be_learnt_from(place: Path) -> None:
    listed = run_in(place / "home", as_nobody(), ["-m", "trainer", "runs"])
    assert listed.returncode == 0, listed.stderr
    assert "one" in listed.stdout
    mine = place / "mine"
    mine.mkdir()
    shutil.chown(mine, 65534)
    done = run_in(place / "home", as_nobody(), ["-m", "trainer", "train", "photos", *SMALL, "--out", str(mine)])
    assert done.returncode == 0, done.stderr
    [run] = mine.iterdir()
    assert (run / "model.safetensors").stat().st_uid == 65534


@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_the_window_opens_in_a_home_that_is_another_user_s(mode: int, place: Path) -> None:
    before = content(place)
    (place / "home").chmod(mode)
    window = run_in(place / "home", as_nobody(), ["-c", TELLING])
    assert window.returncode == 0, window.stderr
    assert "Traceback" not in window.stderr
    assert "The settings cannot be kept" in window.stdout
    assert content(place) == before
