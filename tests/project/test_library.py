"""CatDog as a library: its public names, what it costs to import, the page for programmers, and life without Qt."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import trainer
from tests.project.test_imports import HEAVY, ROOT, loaded_by
from trainer import Predictor
from trainer.export.onnx_file import unproven_onnx
from trainer.storage.starter import starter_model

PAGE = ROOT / "resources" / "manual" / "programmers.md"
README = ROOT / "README.md"

WITHOUT_EXTRAS = """
import sys
extras = {"PySide6", "shiboken6", "pyqtgraph", "starlette", "uvicorn", "python_multipart"}
class Hidden:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in extras else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Hidden(finder) for finder in sys.meta_path]
"""
"""Nothing of the extras can be found, as in an environment that never had them."""


def python_blocks(page: Path) -> list[str]:
    """Return the Python code of a page."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run_blocks(blocks: list[str], drawings: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run code in a folder with the photos that the page speaks of."""
    shutil.copytree(drawings, folder / "dataset")
    (folder / "photos").mkdir()
    for name in ("cat", "dog"):
        shutil.copy(drawings / f"{name}s" / f"{name}.0000.jpg", folder / "photos" / f"{name}.jpg")
    exported, _ = unproven_onnx(starter_model())
    (folder / "model.onnx").write_bytes(exported)
    monkeypatch.chdir(folder)
    known: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), known)


def run_without_extras(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_EXTRAS + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_the_public_names_are_there_and_cost_nothing_before_they_are_used() -> None:
    for name in trainer.__all__:
        assert getattr(trainer, name).__doc__
    assert set(trainer.__all__) <= set(dir(trainer))
    assert not loaded_by("import trainer; trainer.TrainConfig, trainer.TrainerError, trainer.starter_model") & HEAVY
    with pytest.raises(AttributeError, match="has no attribute 'Predictr'"):
        trainer.Predictr  # noqa: B018


def test_the_code_for_programmers_runs(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    *blocks, of_service = python_blocks(PAGE)
    assert "127.0.0.1" in of_service  # which tests/serve runs
    assert len(blocks) >= 5
    run_blocks(blocks, drawings, tmp_path, monkeypatch)
    said = capsys.readouterr().out
    assert "photos/cat.jpg" in said
    assert "This file is not a photo" in said
    assert "There is no model file nowhere.safetensors. Check its name." in said
    assert "model.safetensors" in said
    # The file's answer, of the model that was asked first.
    ours = Predictor.load(precision="float32").predict_one(tmp_path / "photos" / "cat.jpg")
    [(verdict, probability, nearest)] = re.findall(r"^(\w+) ([\d.e-]+) likelier (\w+)$", said, re.MULTILINE)
    assert verdict == (ours.class_name or ours.reason)
    assert float(probability) == pytest.approx(ours.probability, abs=1e-4)
    assert nearest == (ours.class_name or ours.nearest_class or nearest)


def test_readme_shows_the_first_lines_of_the_page() -> None:
    [block] = python_blocks(README)
    assert len(block.strip().splitlines()) <= 5
    assert block == python_blocks(PAGE)[0]


def test_the_engine_and_the_command_line_need_no_qt(drawings: Path, finished_model: Path) -> None:
    photo = drawings / "cats" / "cat.0000.jpg"
    code = "from trainer.cli import main; main(); from trainer import Predictor; print(Predictor.__name__)"
    done = run_without_extras(code, "predict", photo, "--model", finished_model, "--json")
    assert done.returncode == 0, done.stderr
    assert '"class"' in done.stdout


@pytest.mark.parametrize("module", ["catdog_gui.start.entry", "catdog_gui.__main__"])
def test_the_window_that_was_not_installed_says_so_in_one_sentence(module: str) -> None:
    done = run_without_extras(f"import sys; from {module} import main; sys.exit(main())")
    assert done.returncode == 2
    assert "pip install '.[gui]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_base_is_without_qt_and_service_and_the_tests_have_both() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]

    def names(lines: list[str]) -> set[str]:
        return {Requirement(line).name for line in lines}

    assert names(extras["gui"]) == {"pyside6-essentials", "pyqtgraph"}
    assert not names(project["dependencies"]) & (names(extras["gui"]) | names(extras["serve"]))
    for extra, wanted in (("test", {"gui", "serve"}), ("installer", {"gui"})):
        [own] = [Requirement(line) for line in extras[extra] if line.startswith("catdog")]
        assert own.extras >= wanted


@pytest.mark.slow
def test_a_wheel_holds_what_an_installation_needs(tmp_path: Path) -> None:
    """Build it from a copy, so that nothing is left in the checkout, and look at what pip would put where."""
    if not (ROOT / ".git").exists():
        pytest.skip("what is part of CatDog is known to git alone")
    copy = tmp_path / "copy"
    copy.mkdir()
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(copy)]
    subprocess.run(pip, capture_output=True, text=True, check=True, timeout=280)
    [wheel] = tmp_path.glob("*.whl")
    place = tmp_path / "site"
    shutil.unpack_archive(wheel, place, "zip")
    assert (place / "trainer" / "py.typed").exists()
    [data] = place.glob("*.data/data/share/catdog/resources")
    assert (data / "manual" / "programmers.md").exists()
    assert (data / "models" / "starter.safetensors").exists()
    described = next(place.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    required = [
        Requirement(line.partition(": ")[2]) for line in re.findall(r"^Requires-Dist: .*$", described, re.MULTILINE)
    ]
    base = {one.name.lower() for one in required if one.marker is None or one.marker.evaluate({"extra": ""})}
    assert "torch" in base
    assert not base & {"pyside6-essentials", "pyqtgraph", "starlette", "uvicorn", "python_multipart"}


@pytest.mark.slow
def test_the_page_satisfies_a_strict_type_checker(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("\n".join(python_blocks(PAGE)), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout
