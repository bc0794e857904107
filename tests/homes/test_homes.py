"""A home that cannot be written to, is full, or holds no programs: each is told, and everything else works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes.mounts import FULL, NO_PROGRAMS, OVERLAY, READ_ONLY, TINY, needs_mounts, public_place, run_in
from tests.telling_window import TELLING
from trainer.core.results import RunResult

pytestmark = needs_mounts()

SMALL = ("--recipe", "classic", "--epochs", "1", "--image-size", "48", "--batch-size", "16", "--threads", "1")
_AN_OVERLAY = pytest.param(OVERLAY, id="overlay", marks=pytest.mark.slow)
NO_WRITING = pytest.mark.parametrize("setup", [pytest.param(READ_ONLY, id="read-only"), _AN_OVERLAY])


@pytest.fixture
def home() -> Iterator[Path]:
    with public_place() as place:
        for name in ("a", "b"):
            (place / "home" / name).mkdir(parents=True)
        yield place / "home"


@pytest.mark.parametrize(
    "setup",
    [pytest.param(READ_ONLY, id="read-only"), _AN_OVERLAY, pytest.param(TINY, id="tiny", marks=pytest.mark.slow)],
)
def test_a_run_keeps_its_files_elsewhere_and_says_what_it_cannot_keep(
    setup: str, home: Path, drawings: Path, tmp_path: Path
) -> None:
    done = run_in(home, setup, ["-m", "trainer", "train", str(drawings), *SMALL, "--out", str(tmp_path / "runs")])
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "The decoded photos cannot be kept on the disk" in done.stdout + done.stderr
    [run] = (tmp_path / "runs").iterdir()
    assert (run / "model.safetensors").is_file()


@NO_WRITING
def test_a_run_in_it_is_refused_in_one_sentence(setup: str, home: Path, drawings: Path) -> None:
    done = run_in(home, setup, ["-m", "trainer", "train", str(drawings), *SMALL])
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("Error: No folder for the run can be made in ")
    assert "(Read-only file system)" in said


@pytest.mark.slow
def test_a_run_that_does_not_fit_is_refused_before_it_begins(home: Path, drawings: Path) -> None:
    done = run_in(home, TINY, ["-m", "trainer", "train", str(drawings), *SMALL])
    assert done.returncode == 1
    assert "and the run needs" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_where_no_program_can_be_executed_everything_works(home: Path, drawings: Path) -> None:
    done = run_in(home, NO_PROGRAMS, ["-m", "trainer", "train", str(drawings), *SMALL, "--json"])
    assert done.returncode == 0, done.stderr
    assert "cannot be kept" not in done.stdout
    window = run_in(home, NO_PROGRAMS, ["-c", TELLING])
    assert (window.returncode, window.stdout.strip()) == (0, ""), window.stderr


@NO_WRITING
def test_the_window_opens_and_says_what_it_cannot_keep(setup: str, home: Path) -> None:
    window = run_in(home, setup, ["-c", TELLING])
    assert window.returncode == 0, window.stderr
    assert "Traceback" not in window.stderr
    said = window.stdout.splitlines()
    assert [sum(start in line for line in said) for start in ("The log file", "The settings cannot be kept")] == [1, 1]


def test_on_a_full_disk_the_window_opens_says_so_and_harms_no_settings(home: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    (before / "config").mkdir(parents=True)
    (before / "config" / "catdog.ini").write_text("[window]\ntheme=dark\n")
    program = TELLING.replace(
        "sys.exit(app.main([]))",
        "code = app.main([])\nprint(open(settings_file()).read())\nsys.exit(code)",
    ).replace("import sys", "import sys\nfrom catdog_gui.state.settings import settings_file", 1)
    window = run_in(home, FULL, ["-c", program], BEFORE=str(before))
    assert window.returncode == 0, window.stderr
    assert "Traceback" not in window.stderr
    assert "The settings cannot be kept: the disk with" in window.stdout
    assert "[window]\ntheme=dark\n" in window.stdout


@NO_WRITING
def test_commands_that_would_keep_something_name_what_they_cannot_write(setup: str, home: Path, drawings: Path) -> None:
    words = ["inspect", str(drawings), "--answer", "dog=cats/cat.0000.jpg"]
    done = run_in(home, setup, ["-m", "trainer", *words])
    assert done.returncode == 1
    assert "cannot be written (Read-only file system)" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@NO_WRITING
def test_photos_are_told_apart(setup: str, home: Path, drawings: Path, finished_run: RunResult) -> None:
    assert finished_run.model is not None
    done = run_in(
        home, setup, ["-m", "trainer", "predict", str(drawings / "cats"), "--model", finished_run.model, "--json"]
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("cat.00") >= 40
