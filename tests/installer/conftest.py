"""What the installer's tests share. They run with `pytest -m installer` only: they need what `make installer` built."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui.e2e.conftest import SCREEN, start_display  # noqa: F401 - a fixture
from tests.installer.bare import Bare

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark these tests, and leave them out unless the command line asks for the mark."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.installer)
        item.add_marker(pytest.mark.timeout(1200))
    if config.option.markexpr != "installer":
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def program() -> Path:
    """Return the folder that was built."""
    assert (DIST / "catdog" / "catdog").is_file(), "make installer comes first"
    return DIST / "catdog"


@pytest.fixture(scope="session")
def package() -> Path:
    """Return the Debian package that was built."""
    (found,) = DIST.glob("catdog_*.deb")
    return found


@pytest.fixture(scope="session")
def archive() -> Path:
    """Return the portable archive that was built."""
    (found,) = DIST.glob("catdog-*.tar.zst")
    return found


@pytest.fixture(scope="session")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 200 drawings."""
    folder = tmp_path_factory.mktemp("drawings") / "set"
    command = [sys.executable, "-m", "trainer", "samples", str(folder), "--count", "200", "--seed", "3"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Iterator[Bare]:
    """Return a Debian with nothing in it but the package and what that asked for."""
    if (why := Bare.missing()) is not None:
        pytest.skip(why)
    debian = Bare(tmp_path_factory.mktemp("bare") / "root")
    try:
        debian.make()
        debian.install(package)
        yield debian
    finally:
        debian.remove()


@pytest.fixture(scope="session")
def display(start_display: Callable[[str], str]) -> str:  # noqa: F811 - the fixture that is imported
    """Return the name of a display with a window manager."""
    return start_display(SCREEN)
