"""The settings of `train` on the command line: which recipe has which, and how far the whole run is."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import CLI, run
from trainer.dataset import scan
from trainer.dataset.photo import open_small
from trainer.storage.run_folder import RunFolder


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            ["--backbone", "efficientnet-lite0"],
            "Backbone does nothing in the recipe classic: it does not build on a backbone. Leave it out, or choose the",
        ),
        (["--tuned-stages", "2", "--recipe", "compact"], "Tuned stages does nothing in the recipe compact"),
        (["--first-size", "64"], "First size does nothing in the recipe classic: its dense layer takes images of one"),
        (
            ["--last-size", "64", "--recipe", "transfer"],
            "does nothing in the recipe transfer: it looks at each photo once",
        ),
        (["--trunk", "convnext-tiny"], "Backbone does nothing in the recipe classic"),
        (
            ["--image-size", "65", "--recipe", "compact"],
            "Image size must be an even number in the recipe compact, and 65 was given. Choose 64 or 66.",
        ),
        (
            ["--last-size", "161", "--recipe", "compact"],
            "Last size must be an even number in the recipe compact",
        ),
        (["--first-size", "47", "--recipe", "compact"], "First size must be 0 or from 48 to 512, and 47 was given"),
        (["--time", "0"], "The time '0' cannot be read. Write it as 90s, 10m or 1h30m."),
        (["--time", "0m"], "The time of a run must be from 10s to 168h, and 0s was given."),
        (["--time", "abc"], "The time 'abc' cannot be read. Write it as 90s, 10m or 1h30m."),
        (
            ["--time", "10m", "--epochs", "3"],
            "Either the time or the number of epochs can be set, and both were given. Leave one of them out.",
        ),
    ],
)
def test_settings_that_do_not_go_with_the_recipe_are_refused(args: list[str], sentence: str, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    said = " ".join(run("train", tmp_path, *args, "--out", out, code=2).stderr.split())
    assert sentence in said
    assert not out.exists()


def test_help_says_which_recipes_have_a_setting_and_what_they_set_it_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    lines = run("train", "--help").stdout.splitlines()

    def said_of(option: str) -> str:
        return next(line for line in lines if line.startswith((f"│ {option} ", f"│ {option},")))

    sizes = "(compact and transfer only; a whole number from 0 to 512; default 112 in compact, 0 in transfer)"
    assert sizes in said_of("--first-size")
    assert "(transfer only; " in said_of("--backbone")
    assert "only" not in said_of("--mixup")
    assert "default 30 in classic, 100 in compact, 15 in transfer" in said_of("--epochs")
    assert "default 40 in classic, 20 in compact, 0 in transfer" in said_of("--rotation")
    assert "a whole number from 0 to 2147483647; default 0" in said_of("--seed")
    assert "as many epochs as fit" in said_of("--time")


def test_a_terminal_shows_how_far_the_whole_run_is(drawings: Path, tmp_path: Path) -> None:
    parent, child = pty.openpty()
    args = ["train", drawings, "--epochs", "2", "--image-size", "48", "--threads", "1", "--out", tmp_path]
    process = subprocess.Popen([*CLI, *map(str, args)], stdout=subprocess.DEVNULL, stderr=child)
    os.close(child)
    seen = b""
    while True:
        try:
            read = os.read(parent, 4096)
        except OSError:  # the process has ended
            break
        if not read:
            break
        seen += read
    os.close(parent)
    assert process.wait(timeout=60) == 0
    plain = re.sub(rb"\x1b\[[0-9;]*[a-zA-Z]", b"", seen)
    shares = [int(share) for share in re.findall(rb"(\d+)%  (?:Reading|Looking|Epoch|Testing)", plain)]
    assert len(set(shares)) > 1
    assert shares == sorted(shares)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return what lists the photos that are read to find out what they are."""
    found: list[bytes] = []

    def note(data: bytes, side: int) -> object:
        found.append(data)
        return open_small(data, side)

    monkeypatch.setattr(scan, "open_small", note)
    return found


def test_auto_says_what_it_chose_and_leaves_that_in_the_record(
    drawings: Path, tmp_path: Path, read: list[bytes]
) -> None:
    args = ["train", drawings, "--recipe", "auto", "--image-size", "64", "--epochs", "1", "--threads", "1"]
    done = run(*args, "--out", tmp_path)
    assert len(read) == 80  # each once, though they are counted before the run
    assert "For 80 photos, transfer learning on Lite2, the most accurate backbone" in " ".join(done.stderr.split())
    [folder] = tmp_path.iterdir()
    config = RunFolder(folder).read_record().config
    assert (config.recipe, config.backbone, config.image_size) == ("transfer", "efficientnet-lite2", 64)


def test_auto_reads_photos_once_to_prepare_a_run_for_elsewhere(
    drawings: Path, tmp_path: Path, read: list[bytes]
) -> None:
    run("prepare", drawings, "--recipe", "auto", "--out", tmp_path)
    assert len(read) == 80
    [folder] = tmp_path.iterdir()
    assert len(RunFolder(folder).read_dataset().photos) == 80


@pytest.mark.parametrize("option", [("--backbone", "efficientnet-lite0"), ("--tuned-stages", "2")])
def test_auto_refuses_a_backbone_since_it_chooses_one(option: tuple[str, str], tmp_path: Path) -> None:
    said = run("train", tmp_path / "nowhere", "--recipe", "auto", *option, code=2).stderr
    assert f"The recipe auto chooses the backbone by itself, and {option[0]} was given too." in said
    assert f"Leave out {option[0]}, or name the recipe: --recipe transfer." in said


def test_auto_is_among_the_known_recipes(tmp_path: Path) -> None:
    assert "Did you mean auto?" in run("train", tmp_path, "--recipe", "AUTO", code=2).stderr


def test_auto_refuses_wrong_settings_before_it_reads_a_photo(tmp_path: Path) -> None:
    said = run("train", tmp_path / "nowhere", "--recipe", "auto", "--first-size", "64", code=2).stderr
    assert "First size does nothing in the recipe transfer" in " ".join(said.split())
