"""What decides what is shipped, without building anything."""

import importlib.util
import struct
import sys
from pathlib import Path
from types import ModuleType

import pytest

from trainer.files import resources

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "resources" / "packaging"


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scripts import each other, as they do when one of them is run."""
    monkeypatch.syspath_prepend(str(PACKAGING))


def script(name: str) -> ModuleType:
    """Return one of the scripts as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def icu_package(items: dict[str, bytes]) -> bytes:
    """Return ICU data in the format of icu/source/common/ucmndata.h."""
    head = struct.pack("<HBB", 32, 0xDA, 0x27) + bytes(28)
    names = [name.encode() + b"\0" for name in items]
    name_at = 4 + 8 * len(items)
    at = -(-(name_at + sum(map(len, names))) // 16) * 16
    index, body = struct.pack("<I", len(items)), b""
    for name, item in zip(names, items.values(), strict=True):
        index += struct.pack("<II", name_at, at + len(body))
        name_at += len(name)
        body += item.ljust(-(-len(item) // 16) * 16, b"\0")
    index += b"".join(names)
    return head + index.ljust(at, b"\0") + body


def test_icu_data_keeps_its_format_and_what_is_not_about_a_language() -> None:
    kept = {"icudt73l/cnvalias.icu": b"aliases", "icudt73l/plurals.res": b"plurals", "icudt73l/root.res": b"r" * 40}
    dropped = {"icudt73l/de.res": b"German", "icudt73l/zone/fr_CA.res": b"hours", "icudt73l/gb18030.cnv": b"Chinese"}
    everything = dict(sorted({**kept, **dropped}.items()))
    assert script("icu_data").without_languages(icu_package(everything)) == icu_package(dict(sorted(kept.items())))


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no packages to depend on")
def test_the_systems_libraries_are_left_to_it() -> None:
    assert not script("left_out").is_shipped("libxcb.so.1", "/usr/lib/x86_64-linux-gnu/libxcb.so.1")


def test_torch_is_shipped_without_tests_and_with_what_its_import_asks_for() -> None:
    is_library = script("torch_parts").is_library
    assert is_library("bin/torch_shm_manager")
    assert not is_library("bin/protoc")
    assert not is_library("lib/libjitbackend_test.so")


def test_a_pre_release_comes_before_its_release_in_debian_too() -> None:
    version = script("deb").debian_version
    assert [version(one) for one in ("0.1.0", "1.0rc1", "1.0.dev3")] == ["0.1.0", "1.0~rc1", "1.0~dev3"]


def test_the_data_files_are_all_that_is_in_resources_but_what_developers_need() -> None:
    datas = {(file, folder) for file, folder in script("contents").datas(ROOT) if folder.startswith("resources")}
    assert (str(ROOT / "resources" / "icons" / "cat.svg"), str(Path("resources", "icons"))) in datas
    assert not [file for file, _ in datas if "packaging" in file or "screenshots" in file or file.endswith(".sh")]


def test_the_manual_page_names_every_command_and_option() -> None:
    page = script("man_page").command_line_page()
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
    assert script("entry").main() == 0
    assert began == [begins]


def test_programs_that_it_starts_get_the_users_own_library_path(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/catdog/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/mine")
    script("entry")._leave_others_their_libraries()
    assert os.environ["LD_LIBRARY_PATH"] == "/mine"
    script("entry")._leave_others_their_libraries()
    assert "LD_LIBRARY_PATH" not in os.environ


def test_resources_of_a_frozen_program_lie_in_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources._root.__wrapped__() == tmp_path / "resources"
    (tmp_path / "resources" / "icons").rmdir()
    with pytest.raises(FileNotFoundError, match="own files are missing"):
        resources._root.__wrapped__()
