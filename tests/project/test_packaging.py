"""What decides what is shipped, without building anything."""

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "resources" / "packaging"


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scripts import each other, as they do when one of them is run."""
    monkeypatch.syspath_prepend(str(PACKAGING))


def script(name: str) -> ModuleType:
    """Return one of the scripts as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"packaging_{Path(name).stem}", PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("place", "source", "shipped"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/venv/PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", "/venv/PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/translations/qt_de.qm", "/venv/PySide6/Qt/translations/qt_de.qm", False),
        ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", True),
    ],
)
def test_what_is_shipped(place: str, source: str, *, shipped: bool) -> None:
    assert script("left_out").is_shipped(place, source) is shipped


def test_languages_are_shipped_with_qts_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = script("left_out")
    monkeypatch.setattr(left_out, "TRANSLATIONS", tmp_path)
    (tmp_path / "catdog_de.qm").touch()
    shipped = {
        name: left_out.is_shipped(f"PySide6/Qt/translations/{name}.qm", f"/venv/{name}.qm")
        for name in ("qtbase_de", "qtbase_fr", "qt_de", "qtdeclarative_de")
    }
    assert shipped == {"qtbase_de": True, "qtbase_fr": False, "qt_de": False, "qtdeclarative_de": False}
    for_developers = {
        name: left_out.is_for_developers(PurePosixPath("translations", name))
        for name in ("catdog_de.qm", "catdog_de.ts", "collect.py")
    }
    assert for_developers == {"catdog_de.qm": False, "catdog_de.ts": True, "collect.py": True}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no packages to depend on")
def test_the_systems_libraries_are_left_to_it() -> None:
    assert not script("left_out").is_shipped("libxcb.so.1", "/usr/lib/x86_64-linux-gnu/libxcb.so.1")


def test_torch_is_shipped_without_tests_and_with_what_its_import_asks_for() -> None:
    is_library = script("torch_parts").is_library
    assert is_library("bin/torch_shm_manager")
    assert not is_library("bin/protoc")
    assert not is_library("lib/libjitbackend_test.so")


EVERYTHING_WITH_TORCH = """
import os, sys
os.environ["CATDOG_HOME"] = sys.argv[1]
from pathlib import Path, PurePosixPath
from trainer.core.recipes import RECIPES, recipe
from trainer.drawings.samples import draw_dataset
from trainer.inference.predictor import Predictor
from trainer.training import loop

drawings = Path(sys.argv[1], "drawings")
draw_dataset(drawings, count=24)
for name in RECIPES:
    result = loop.train(recipe(name).config(str(drawings), epochs=1, batch_size=8, image_size=64))
    assert result.model is not None, result.error
    Predictor.load(Path(result.model)).predict_one(next(drawings.rglob("*.jpg")))
print(*sorted(sys.modules), sep="\\n")
"""


def test_training_imports_nothing_of_torch_that_is_left_out(tmp_path: Path) -> None:
    command = [sys.executable, "-c", EVERYTHING_WITH_TORCH, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    imported = done.stdout.split()
    assert "torch.nn.functional" in imported
    assert not [name for name in imported if script("torch_parts").is_left_out(name)]


def test_what_is_left_out_of_torch_is_still_there() -> None:
    """A name that torch has given up says that the list is older than torch."""
    spec = importlib.util.find_spec("torch")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    parts = script("torch_parts")
    left_out = set(parts.left_out_modules(folder))
    assert not [part for part in parts.LEFT_OUT if part not in left_out]
    assert {"torch", "torch._dynamo", "torch.export", "torch.onnx"} <= set(parts.shipped_modules(folder))


def test_every_description_names_the_publisher_of_pyproject(monkeypatch: pytest.MonkeyPatch) -> None:
    project = script("project")
    one = project.Publisher("Mäuse & Co", "us@mice.test", "https://mice.test/catdog", "test.mice.catdog")
    monkeypatch.setattr(project, "publisher", lambda: one)
    assert not one.is_placeholder()
    package = {"debian_version": 1, "architecture": "amd64", "kilobytes": 2, "depends": "libc6"}
    assert "\nMaintainer: Mäuse & Co <us@mice.test>\nHomepage: https://mice" in project.filled("control", **package)
    assert "Upstream-Contact: Mäuse & Co <us@mice.test>" in project.filled("copyright", licence=" MIT")
    described = project.filled("catdog.metainfo.xml")
    for part in ("<id>test.mice.catdog</id>", 'developer id="test.mice"', "<name>Mäuse &amp; Co</name>", one.homepage):
        assert part in described


def test_the_publisher_is_written_in_pyproject_alone() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["catdog"]
    files = [file for file in (*PACKAGING.rglob("*"), ROOT / "build.spec") if file.suffix not in {".pyc", ""}]
    for value in (table["contact"], table["homepage"], table["application-id"]):
        assert not [file for file in files if file.is_file() and value in file.read_text(encoding="utf-8")]


def test_a_pre_release_comes_before_its_release_in_debian_too() -> None:
    version = script("debian").debian_version
    assert [version(one) for one in ("0.1.0", "1.0rc1", "1.0.dev3")] == ["0.1.0", "1.0~rc1", "1.0~dev3"]


def test_the_data_files_are_all_that_is_in_resources_but_what_developers_need() -> None:
    datas = {(file, folder) for file, folder in script("contents").datas(ROOT) if folder.startswith("resources")}
    assert (str(ROOT / "resources" / "icons" / "cat.svg"), str(Path("resources", "icons"))) in datas
    folders = {Path(folder).parts[1:2] for _, folder in datas}
    assert not folders & {("packaging",), ("screenshots",)}
    assert not [file for file, _ in datas if file.endswith(".sh")]


def test_what_the_page_needs_is_shipped_and_no_script_of_developers() -> None:
    contents = script("contents")
    shipped = {Path(file).name for file, place in contents.datas(ROOT) if Path(place).parts[:2] == ("resources", "web")}
    assert {"page.html.jinja", "engine.js", "ort-wasm-simd-threaded.wasm.xz", "LICENSE.txt"} <= shipped
    assert "fetch.py" not in shipped


def test_what_the_report_needs_is_shipped() -> None:
    contents = script("contents")
    folder = str(Path("resources", "report"))
    shipped = {Path(file).name for file, place in contents.datas(ROOT) if place == folder}
    assert shipped == {"report.html.jinja", "report.css.jinja"}
    assert {"Jinja2", "MarkupSafe"} <= {one.metadata["Name"] for one in contents.shipped_distributions()}
    assert not {"jinja2", "markupsafe"} & set(script("left_out").MODULES)


def test_the_manual_page_names_every_command_and_option() -> None:
    page = script("debian").command_line_page()
    for word in ("train", "predict", "evaluate", "inspect", "info", "samples", "\\-\\-image\\-size"):
        assert word in page


@pytest.mark.parametrize(("called", "begins"), [("catdog-cli", "command line"), ("/usr/bin/catdog", "window")])
def test_the_name_decides_what_begins(monkeypatch: pytest.MonkeyPatch, called: str, begins: str) -> None:
    began: list[str] = []
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr("trainer.cli.main", lambda: began.append("command line"))
    window = ModuleType("catdog_gui.start.app")
    window.main = lambda: began.append("window") or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "catdog_gui.start.app", window)
    assert script("frozen/entry").main() == 0
    assert began == [begins]


def test_programs_that_it_starts_get_the_users_own_library_path(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(sys, "argv", ["catdog-cli"])
    monkeypatch.setattr("trainer.cli.main", lambda: seen.append(os.environ.get("LD_LIBRARY_PATH")))
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/catdog/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/mine")
    script("frozen/entry").main()
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    script("frozen/entry").main()
    assert seen == ["/mine", None]


ICON = """
import sys
sys._MEIPASS = sys.argv[1]
from trainer.files.resources import resource
print(resource("icons", "cat.svg"))
"""


def test_resources_of_a_frozen_program_lie_in_its_folder(tmp_path: Path) -> None:
    def icon() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", ICON, str(tmp_path)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    (tmp_path / "resources" / "icons").mkdir(parents=True)
    assert icon().stdout.strip() == str(tmp_path / "resources" / "icons" / "cat.svg")
    (tmp_path / "resources" / "icons").rmdir()
    assert "own files are missing" in icon().stderr
