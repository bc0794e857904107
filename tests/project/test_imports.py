"""What comes along with an import, seen in a fresh interpreter: the contracts of pyproject.toml hold at run time."""

import json
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
FORBIDDEN = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]
HEAVY = {"torch", "torchvision", "numpy", "PIL", "safetensors", "typer", "rich", "PySide6"}


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys, json\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def modules_below(package: str) -> list[str]:
    """Return the names of all modules of a package, but for those that run something when imported."""
    found = pkgutil.walk_packages([str(ROOT / package.replace(".", "/"))], f"{package}.")
    return [package, *(module.name for module in found if not module.name.endswith("__main__"))]


@pytest.mark.parametrize("contract", FORBIDDEN, ids=lambda contract: contract["name"])
def test_what_a_contract_forbids_does_not_come_along(contract: dict[str, Any]) -> None:
    modules = [module for package in contract["source_modules"] for module in modules_below(package)]
    assert not loaded_by("import " + ", ".join(modules)) & set(contract["forbidden_modules"])


def test_the_layers_name_every_room() -> None:
    for contract in CONTRACTS:
        for package in contract.get("containers", []):
            named = {room.strip() for layer in contract["layers"] for room in layer.split("|")}
            rooms = {module.name for module in pkgutil.iter_modules([str(ROOT / package)])}
            assert rooms == named


@pytest.mark.parametrize(
    "name", ["dataset.names", "storage.model_description", "storage.model_list", "storage.run_list"]
)
def test_lists_of_models_and_runs_bring_nothing_heavy_along(name: str) -> None:
    assert not loaded_by(f"import trainer.{name}") & HEAVY


def test_the_window_describes_its_model_before_the_first_paint_at_little_cost() -> None:
    assert "filelock" not in loaded_by("import trainer.storage.model_list")  # which takes longer than all of the list


@pytest.mark.parametrize("statement", ["import trainer.cli", "import trainer.dataset.scan"])
def test_finding_photos_and_asking_for_help_need_no_torch(statement: str) -> None:
    assert not loaded_by(statement) & {"torch", "torchvision", "PySide6"}


@pytest.mark.parametrize("name", ["inference.predictor", "training.loop", "inference.evaluate"])
def test_the_engine_is_ready_before_torchvision_is_there(name: str) -> None:
    assert not loaded_by(f"import trainer.{name}") & {"torchvision", "PySide6"}
