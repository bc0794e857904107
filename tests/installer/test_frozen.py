"""The built program computes what the source computes, reads every kind of photo, and says the same of itself."""

import base64
import csv
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from trainer.export.onnx_format import read_parts
from trainer.export.record import KEY

ROOT = Path(__file__).resolve().parents[2]
# Bytes at most, so that it does not grow unseen. Four million installed, and three of the package, are left to what the
# next releases of the libraries may add.
# Of the packed size 22 MB are the weights of three backbones, which no compression makes smaller.
# ONNX Runtime, without which no export could be proved, takes 18 MB of the program and 5 of the package, and what makes
# a page 2 of both.
INSTALLED, PACKED = 595_000_000, 160_000_000
SETTINGS = ["--epochs", "2", "--image-size", "64", "--batch-size", "16", "--seed", "5", "--threads", "1"]


def run(*words: str | Path, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "CATDOG_HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        list(map(str, words)), cwd=ROOT, env=environment, capture_output=True, text=True, check=check, timeout=600
    )


def metrics(file: Path) -> list[dict[str, str]]:
    """Return a run's metrics without the columns that tell how long it took."""
    with file.open(encoding="utf-8") as lines:
        return [{name: value for name, value in row.items() if "second" not in name} for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def model(program: Path, drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that the built program trained, with the metrics of the run beside it."""
    folder = tmp_path_factory.mktemp("built")
    words = ["train", drawings, *SETTINGS, "--precision", "float32", "--out", folder / "runs"]
    said = run(program / "catdog-cli", *words, home=folder / "home").stderr
    assert "Warning" not in said, said
    (found,) = (folder / "runs").glob("*/model.safetensors")
    return found


def test_a_run_of_the_built_program_equals_one_of_the_source(model: Path, drawings: Path, tmp_path: Path) -> None:
    words = ["train", drawings, *SETTINGS, "--precision", "float32", "--out", tmp_path]
    run(sys.executable, "-m", "trainer", *words, home=tmp_path / "home")
    (source,) = tmp_path.glob("*/metrics.csv")
    assert metrics(model.with_name("metrics.csv")) == metrics(source)
    assert len(metrics(source)) == 2


@pytest.mark.parametrize("kind", ["heic", "avif", "webp", "gif", "bmp", "tiff", "png"])
def test_every_kind_of_photo_is_read(program: Path, model: Path, drawings: Path, tmp_path: Path, kind: str) -> None:
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    photo = tmp_path / f"photo.{kind}"
    Image.open(next(drawings.rglob("*.jpg"))).save(photo)
    done = run(program / "catdog-cli", "predict", photo, "--model", model, "--json", home=tmp_path / "home")
    (prediction,) = json.loads(done.stdout)
    assert prediction["error"] is None
    assert 0 <= prediction["probability"] <= 1
    sheet = tmp_path / "table.xlsx"
    run(program / "catdog-cli", "predict", photo, "--model", model, "--xlsx", sheet, home=tmp_path / "home")
    assert len(openpyxl.load_workbook(sheet).active._images) == 1  # noqa: SLF001 - there is no other way to them


def test_a_model_is_exported_with_proof_and_verified(
    program: Path, model: Path, drawings: Path, tmp_path: Path
) -> None:
    out, home = tmp_path / "model.onnx", tmp_path / "home"
    done = run(program / "catdog-cli", "export", model, "--out", out, "--json", home=home)
    assert json.loads(done.stdout)["proof"]["same_pixels"]["largest"] < 1e-4
    done = run(program / "catdog-cli", "verify", out, model, drawings, "--recursive", "--json", home=home)
    proof = json.loads(done.stdout)
    assert proof["same_pixels"]["changed"] == []
    assert "ONNX Runtime" in proof["runtime"]
    page = tmp_path / "page"
    done = run(program / "catdog-cli", "export", model, "--to", "web", "--out", page, "--json", home=home)
    written = json.loads(done.stdout)
    assert written["proof"]["same_pixels"]["changed"] == []
    assert Path(written["file"]) == page / "index.html"
    assert (page / "index.html").stat().st_size == written["bytes"]


def exported(file: Path) -> tuple[str, bytes, dict[str, Any]]:
    """Return what is around the ONNX file in a page, the graph in it, and its record but for ONNX Runtime's version."""
    around, network = "", file.read_bytes()
    if file.suffix == ".html":
        before, packed, after = re.split(r'(?<= id="network">)([^<]+)', network.decode())
        around, network = before + after, gzip.decompress(base64.b64decode(packed))
    parts = read_parts(network)
    record = json.loads(parts.metadata[KEY])
    assert "ONNX Runtime" in record["proof"].pop("runtime")  # the installers bring a smaller release
    return around, bytes(parts.graph), record


@pytest.mark.parametrize(("kind", "out", "file"), [("onnx", "it.onnx", "it.onnx"), ("web", "page", "page/index.html")])
def test_its_exports_are_those_of_the_source_to_the_byte(
    program: Path, tmp_path: Path, kind: str, out: str, file: str
) -> None:
    model = tmp_path / "starter.safetensors"  # elsewhere, since each knows its own by its place
    shutil.copyfile(ROOT / "resources" / "models" / model.name, model)
    commands = {"built": [program / "catdog-cli"], "source": [sys.executable, "-m", "trainer"]}
    for who, command in commands.items():
        (tmp_path / who).mkdir()
        run(*command, "export", model, "--to", kind, "--out", tmp_path / who / out, home=tmp_path / "home")
    built, source = (exported(tmp_path / who / file) for who in commands)
    assert len(built[1]) > 1_000_000
    assert built == source


def test_the_window_works_without_a_display_of_its_own(program: Path, tmp_path: Path) -> None:
    done = run("env", "QT_QPA_PLATFORM=offscreen", program / "catdog", "--smoke", home=tmp_path / "home")
    assert "everything works" in done.stderr
    assert not [line for line in done.stderr.splitlines() if "arning" in line], done.stderr


def test_the_service_is_left_to_pip_and_says_so(program: Path, tmp_path: Path) -> None:
    done = run(program / "catdog-cli", "serve", home=tmp_path / "home", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "The service is not installed here. Use a CatDog that was installed by pip" in done.stderr


def test_version_is_one_and_the_same(program: Path, package: Path, archive: Path, tmp_path: Path) -> None:
    number = version("catdog")
    said = [run(program / name, "--version", home=tmp_path).stdout.split()[-1] for name in ("catdog", "catdog-cli")]
    field = subprocess.run(["dpkg-deb", "-f", package, "Version"], capture_output=True, text=True, check=True).stdout
    assert [*said, field.strip()] == [number] * 3
    assert number in package.name
    assert number in archive.name


def test_it_has_not_grown(program: Path, package: Path) -> None:
    files = [file.lstat().st_size for file in program.rglob("*") if not file.is_dir()]
    assert sum(files) <= INSTALLED
    assert package.stat().st_size <= PACKED


def test_every_shipped_distribution_has_its_licence(program: Path) -> None:
    folder = program / "_internal" / "licences"
    overview = (folder / "README.txt").read_text(encoding="utf-8")
    shipped = {file.parent.name.partition("-")[0] for file in program.glob("_internal/*.dist-info/METADATA")}
    assert len(shipped) > 20
    with_texts = {place.name.lower().replace("-", "_") for place in folder.iterdir() if place.is_dir()}
    without = {name for name in shipped if name.lower().replace("-", "_") not in with_texts}
    assert without <= {"pyside6_essentials", "shiboken6"}, without  # in the overview, since their wheels carry none
    assert "LGPL-3.0.txt" in overview
    assert (folder / "LGPL-3.0.txt").is_file()
    assert (folder / "Python").is_dir()


def test_no_library_of_the_gpl_is_shipped(program: Path) -> None:
    for library in program.rglob("libx265*"):
        assert library.stat().st_size < 20_000  # the stub


def test_nothing_tells_where_it_was_built(program: Path) -> None:
    kinds = {"", ".json", ".txt", ".pth", ".py"}
    for file in program.rglob("*"):
        if file.is_file() and file.suffix in kinds and file.name not in {"catdog", "catdog-cli"}:
            assert str(ROOT).encode() not in file.read_bytes(), file
