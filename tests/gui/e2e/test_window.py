"""From the first start to verdicts, closing during a run, every page in both themes: in a real window."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui.e2e.conftest import ROOT, SCREEN, Travel
from tests.gui.e2e.journeys import close_during_a_run, first_hour, look_around

pytestmark = pytest.mark.timeout(600)


def test_from_the_first_start_to_right_verdicts(travel: Travel, many_drawings: Path, tmp_path: Path) -> None:
    facts = travel(first_hour, CATDOG_E2E_PHOTOS=str(many_drawings))
    assert facts["photos"] == {"cat": 200, "dog": 200}
    assert (facts["run"], facts["epochs"]) == ("completed", 2)
    assert facts["points"] == {"loss": [2, 2], "accuracy": [2, 2]}
    assert facts["refused"] == "notes.pdf is not a photo."
    assert facts["offered"] == "Drop to classify these 8"
    verdicts = facts["verdicts"]
    assert len(verdicts) == 9
    right = [name for name, verdict in verdicts.items() if verdict.lower().startswith(name[:3])]
    assert len(right) >= 7, verdicts  # of eight; the ninth is broken
    assert list(facts["reasons"]) == ["broken.jpg"]
    assert "cut off" in facts["reasons"]["broken.jpg"]
    log = (tmp_path / "home" / "log" / "catdog.log").read_text(encoding="utf-8")
    assert "ERROR" not in log, log


def test_closing_during_a_run_keeps_the_best(travel: Travel, many_drawings: Path) -> None:
    facts = travel(close_during_a_run, CATDOG_E2E_PHOTOS=str(many_drawings))
    assert facts["went on"] is True
    assert facts["phase"] == "stopped"
    assert Path(facts["model"]).is_file()


@pytest.mark.parametrize(
    "look", [("light", "1", "900x600"), ("dark", "1", "900x600"), ("dark", "1.5", "900x580")], ids="-".join
)
def test_every_page_in_both_themes_and_larger_scales(
    travel: Travel, shots: Path, tmp_path: Path, look: tuple[str, str, str]
) -> None:
    theme, scale, size = look
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "catdog.ini").write_text(f"[window]\ntheme={theme}\n", encoding="utf-8")
    facts = travel(look_around, QT_SCALE_FACTOR=scale, CATDOG_E2E_SIZE=size)
    assert facts["size"] == [int(number) for number in size.split("x")]
    assert len(list(shots.glob("*.png"))) == 6


def test_the_self_test_of_the_installers(start_display: Callable[[str], str], tmp_path: Path) -> None:
    real_window = {"DISPLAY": start_display(SCREEN), "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        [sys.executable, "-m", "catdog_gui", "--smoke"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            **real_window,
            "CATDOG_HOME": str(tmp_path / "untouched"),
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "everything works" in done.stderr
    assert not (tmp_path / "untouched").exists()
