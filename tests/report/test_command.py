"""The command line in a report begins the very same run."""

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trainer.cli import train as train_module
from trainer.cli.app import app
from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.recipes import recipe
from trainer.core.results import RunResult
from trainer.report.command import command_line
from trainer.storage.run_record import RunRecord


def record(config: TrainConfig, **more: Any) -> RunRecord:
    return RunRecord(
        config=config, fingerprint="", device="cpu", threads=1, precision="float32", created="", versions={}, **more
    )


def config_of(line: str, monkeypatch: pytest.MonkeyPatch) -> TrainConfig:
    """Return the settings with which `catdog-cli` would begin a run."""
    seen: list[dict[str, Any]] = []

    def begin(given: dict[str, Any], **_: object) -> tuple[RunResult, bool]:
        seen.append(given)
        return RunResult(status="completed"), False

    monkeypatch.setattr(train_module, "_run", begin)
    program, *words = shlex.split(line)
    assert program == "catdog-cli"
    with pytest.raises(SystemExit) as end:
        app(words)
    assert end.value.code == 0
    [given] = seen
    return recipe(given.pop("recipe")).config(given.pop("dataset"), **given)


STRONG = AugmentConfig.level("strong")


@pytest.mark.parametrize(
    "config",
    [
        recipe("classic").config("/photos"),
        recipe("transfer").config("/my photos/it's $HOME", epochs=3, seed=7, learning_rate=1e-5, tuned_stages=1),
        recipe("compact").config("/photos", ema_decay=0.0, mixup=0.25, label_smoothing=0.1, class_weighting="balanced"),
        recipe("classic").config("/photos", augment=msgspec.structs.replace(STRONG, flip=False, rotation=12.5)),
        recipe("transfer").config("/photos", augment=STRONG, last_size=128, backbone="efficientnet-lite2"),
        recipe("classic").config("/photos", split=SplitConfig(train=0.333333, validation=0.333333, test=0.333334)),
        recipe("classic").config("/pets", class_folders=("a b", "-c"), left_out=("a b/1.jpg", "-c/$(x).jpg")),
        recipe("classic").config("/photos", device="cpu", precision="float32", threads=2, patience=0, warmup=0.1),
    ],
)
def test_it_names_every_setting_that_was_changed(config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_of(command_line(record(config)), monkeypatch) == config


def test_it_names_no_path_where_none_is_wanted() -> None:
    config = recipe("classic").config("/home/anna/pets", class_folders=("a", "b"), left_out=("a/1.jpg",), epochs=3)
    assert command_line(record(config), private=True) == "catdog-cli train DATASET --recipe classic --epochs 3"
    learnt = record(config, begins_with="/home/anna/model.safetensors")
    assert command_line(learnt) == "catdog-cli learn /home/anna/pets --model /home/anna/model.safetensors"
    assert command_line(learnt, private=True) == "catdog-cli learn DATASET --model MODEL"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("name", ["a\tb", "new\nline", "right\u202eleft", "it's\x1b[0m\\n", "$(touch x) `y` \u202e"])
def test_a_shell_reads_signs_that_cannot_be_seen(name: str, tmp_path: Path) -> None:
    line = command_line(record(recipe("classic").config(f"/{name}")))
    assert line.isprintable()
    shown = subprocess.run(
        ["bash", "-c", line.replace("catdog-cli train", "printf %s", 1).partition(" --recipe")[0]],
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    assert shown.stdout.decode() == f"/{name}"
    assert not list(tmp_path.iterdir())
