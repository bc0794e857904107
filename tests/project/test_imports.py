"""What comes along with an import: the pure core costs milliseconds, and help needs no torch."""

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "torchvision", "torchmetrics", "numpy", "PIL", "safetensors", "typer", "rich", "PySide6"}
PURE = [
    "core.advice",
    "core.config",
    "core.control",
    "core.errors",
    "core.events",
    "core.recipes",
    "core.results",
    "core.run_state",
    "core.setting",
    "core.statistics",
    "dataset.names",
    "storage.model_description",
    "storage.model_list",
    "storage.run_list",
]


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys, json\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_pure_core_brings_nothing_heavy_along() -> None:
    assert not loaded_by("import " + ", ".join(f"trainer.{name}" for name in PURE)) & HEAVY


def test_the_window_describes_its_model_before_the_first_paint_at_little_cost() -> None:
    assert "filelock" not in loaded_by("import trainer.storage.model_list")  # which takes longer than all of the list


@pytest.mark.parametrize("statement", ["import trainer.cli", "import trainer.dataset.scan"])
def test_finding_photos_and_asking_for_help_need_no_torch(statement: str) -> None:
    assert not loaded_by(statement) & {"torch", "torchvision", "PySide6"}


@pytest.mark.parametrize("name", ["inference.predictor", "training.loop", "inference.evaluate"])
def test_the_engine_is_ready_before_torchvision_is_there(name: str) -> None:
    assert not loaded_by(f"import trainer.{name}") & {"torchvision", "torchmetrics", "PySide6"}
