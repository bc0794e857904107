"""What describes the installers to other programs, judged by the tools for that, which `make test-installer` brings."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tree(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the package's folder /usr, unpacked."""
    folder = tmp_path_factory.mktemp("package")
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking:
        subprocess.run(["tar", "-x", "-C", folder, "./usr"], stdin=unpacking.stdout, check=True)
    return folder / "usr"


def judge(*command: str | Path) -> None:
    done = subprocess.run([*command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stderr.lower(), done.stderr


def test_the_menu_entry_is_valid_and_offers_to_open_photos(tree: Path) -> None:
    entry = tree / "share" / "applications" / "catdog.desktop"
    judge("desktop-file-validate", entry)
    assert "image/jpeg;" in entry.read_text(encoding="utf-8")


def test_the_description_for_software_centres_is_valid(tree: Path) -> None:
    (description,) = (tree / "share" / "metainfo").glob("*.metainfo.xml")
    judge("appstreamcli", "validate", "--no-net", description)


@pytest.mark.parametrize("name", ["catdog", "catdog-cli"])
def test_the_manual_pages_are_valid(tree: Path, tmp_path: Path, name: str) -> None:
    page = tmp_path / f"{name}.1"
    page.write_bytes(gzip.decompress((tree / "share" / "man" / "man1" / f"{name}.1.gz").read_bytes()))
    judge("man", "--warnings", "-l", page)


@pytest.mark.parametrize("name", ["installers", "tests"])
def test_the_workflows_are_valid(name: str) -> None:
    workflow = ROOT / ".github" / "workflows" / f"{name}.yml"
    judge(Path(sys.executable).with_name("zizmor"), "--offline", "--quiet", workflow)
