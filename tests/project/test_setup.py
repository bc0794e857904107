"""resources/setup.sh, with stand-ins for Python, pip and Debian's tools, so that it needs neither network nor root."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the set-up script is for Linux")

ROOT = Path(__file__).resolve().parents[2]

# Both the system's python3.11 and, once copied there, the environment's python. $VENV says how well `-m venv` works
# ("broken": as on Debian without python3.11-venv), $PIP whether `-m pip` is there, $INSTALL how an install ends.
PYTHON = """#!/bin/bash
echo "$(basename "$0") $*" >> "$LOG"
case "$*" in
    "--version") echo "Python 3.11.2" ;;
    *"-m venv"*)
        mkdir -p .venv/bin .venv/lib/python3.11/site-packages
        cp "$0" .venv/bin/python
        if [[ $* == *--without-pip* ]]; then exit 0; fi
        if [[ ${VENV:-} == broken && ! -e $STATE/python3.11-venv ]]; then exit 1; fi
        add_pip=yes ;;
    *"-m pip --version") [[ ${PIP:-} != none ]] ;;
    *"-m pip --python .venv/bin/python install pip") add_pip=yes ;;
    *"-m pip install"*) exit "${INSTALL:-0}" ;;
    *print*version_info*) echo "python3.11-venv" ;;
esac
status=$?
if [[ ${add_pip:-} ]]; then
    echo "#!$PWD/.venv/bin/python" > .venv/bin/pip
    mkdir -p .venv/lib/python3.11/site-packages/pip-26.dist-info
    touch .venv/lib/python3.11/site-packages/pip-26.dist-info/INSTALLER
fi
exit $status
"""
APT_GET = """#!/bin/bash
echo "apt-get $*" >> "$LOG"
if [[ $1 == install ]]; then touch "$STATE/${@: -1}"; fi
"""
DPKG_QUERY = """#!/bin/bash
exit 1
"""
ID = """#!/bin/bash
echo "${USER_ID:-1000}"
"""
SUDO = """#!/bin/bash
echo "sudo $*" >> "$LOG"
[[ ${SUDO:-} == yes && $1 == -n ]] || exit 1
shift
"$@"
"""

SetUp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with nothing installed, in a folder whose name has a space."""
    checkout = tmp_path / "my checkout"
    (checkout / "resources").mkdir(parents=True)
    script = (ROOT / "resources" / "setup.sh").read_text()
    # The lists of packages are emptied: a test that is about them fills them.
    script = re.sub(r"^(debian\w*_packages)=\(\n.*?^\)$", r"\1=(\n)", script, flags=re.DOTALL | re.MULTILINE)
    (checkout / "resources" / "setup.sh").write_text(script)
    (checkout / "pyproject.toml").write_text("[project]\n")
    return checkout


@pytest.fixture
def set_up(tmp_path: Path, folder: Path) -> SetUp:
    """Run the script in the checkout: set_up("run", VENV="broken")."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in {
        "python3.11": PYTHON, "apt-get": APT_GET, "dpkg-query": DPKG_QUERY, "id": ID, "sudo": SUDO
    }.items():  # fmt: skip
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{tools}{os.pathsep}/usr/bin{os.pathsep}/bin", "STATE": str(tmp_path)}
        environment |= {"LOG": str(tmp_path / "log"), **settings}
        command = ["bash", str(folder / "resources" / "setup.sh"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.fixture
def calls(tmp_path: Path) -> Callable[[], list[str]]:
    """Return what was called since the last look, less the questions that change nothing."""

    def look() -> list[str]:
        log = tmp_path / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if " -c " not in line and "--version" not in line]

    return look


MAKE = "python3.11 -m venv .venv"
INSTALL = "python -m pip install --editable .[gui]"
INSTALL_TEST = "python -m pip install --editable .[test]"
Calls = Callable[[], list[str]]


def test_first_call_installs_and_second_does_nothing(set_up: SetUp, calls: Calls) -> None:
    assert set_up("run").returncode == 0
    assert calls() == [MAKE, INSTALL]
    second = set_up("run")
    assert (second.returncode, second.stdout, calls()) == (0, "", [])


def test_tests_add_to_the_environment_of_the_program(set_up: SetUp, calls: Calls) -> None:
    set_up("run")
    calls()
    set_up("test")
    assert calls() == [INSTALL_TEST]
    set_up("run")
    set_up("test")
    assert calls() == []


def test_changed_pyproject_is_installed_again(set_up: SetUp, calls: Calls, folder: Path) -> None:
    set_up("run")
    calls()
    (folder / "pyproject.toml").write_text("[project]\n# changed\n")
    set_up("run")
    assert calls() == [INSTALL]


def test_failed_install_is_tried_again(set_up: SetUp, calls: Calls) -> None:
    assert set_up("run", INSTALL="1").returncode != 0
    calls()
    assert set_up("run").returncode == 0
    assert calls() == [INSTALL]


def half_installed_package(folder: Path) -> None:
    (folder / ".venv/lib/python3.11/site-packages/torch-2.dist-info").mkdir()


def no_pip(folder: Path) -> None:
    shutil.rmtree(folder / ".venv/lib/python3.11/site-packages/pip-26.dist-info")


def no_interpreter(folder: Path) -> None:
    (folder / ".venv/bin/python").unlink()
    (folder / ".venv/bin/python").symlink_to("/nowhere/python3.11")


def moved(folder: Path) -> None:
    (folder / ".venv/bin/pip").write_text("#!/somewhere/else/.venv/bin/python\n")


@pytest.mark.parametrize("damage", [half_installed_package, no_pip, no_interpreter, moved])
def test_broken_environment_is_made_anew(
    set_up: SetUp, calls: Calls, folder: Path, damage: Callable[[Path], None]
) -> None:
    set_up("run")
    calls()
    damage(folder)
    assert set_up("run").returncode == 0
    assert calls() == [MAKE, INSTALL]
    assert set_up("run").returncode == 0
    assert calls() == []


def test_without_ensurepip_pip_fills_the_environment_and_needs_no_root(set_up: SetUp, calls: Calls) -> None:
    assert set_up("run", VENV="broken").returncode == 0
    assert calls() == [
        MAKE,
        "python3.11 -m venv --clear --without-pip .venv",
        "python3.11 -m pip --python .venv/bin/python install pip",
        INSTALL,
    ]


@pytest.mark.parametrize(("user", "sudo"), [("0", "no"), ("1000", "yes")])
def test_without_pip_too_the_debian_package_is_installed(set_up: SetUp, calls: Calls, user: str, sudo: str) -> None:
    assert set_up("run", VENV="broken", PIP="none", USER_ID=user, SUDO=sudo).returncode == 0
    made = [call for call in calls() if not call.startswith("sudo")]
    assert made[2:] == [
        "apt-get update",
        "apt-get install -y --no-install-recommends python3.11-venv",
        "python3.11 -m venv --clear .venv",
        INSTALL,
    ]


def test_without_root_and_sudo_it_names_the_one_line(set_up: SetUp, calls: Calls) -> None:
    done = set_up("run", VENV="broken", PIP="none")
    assert done.returncode == 1
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends python3.11-venv"
    assert done.stderr.splitlines()[-1].strip() == line
    assert not any(call.startswith("apt-get") for call in calls())


def test_packages_in_the_list_are_installed_once(set_up: SetUp, calls: Calls, folder: Path, tmp_path: Path) -> None:
    script = folder / "resources" / "setup.sh"
    script.write_text(script.read_text().replace("debian_packages=(\n", "debian_packages=(\n    libegl1\n    libgl1\n"))
    assert set_up("run", USER_ID="0").returncode == 0
    assert calls()[:2] == ["apt-get update", "apt-get install -y --no-install-recommends libegl1 libgl1"]
    (tmp_path / "tools" / "dpkg-query").write_text("#!/bin/bash\necho 'libegl1 installed'\necho 'libgl1 installed'\n")
    assert set_up("run", USER_ID="0").returncode == 0
    assert calls() == []


def test_the_tests_packages_are_for_the_tests_alone(set_up: SetUp, calls: Calls, folder: Path) -> None:
    script = folder / "resources" / "setup.sh"
    script.write_text(
        script.read_text()
        .replace("debian_packages=(\n", "debian_packages=(\n    libgl1\n", 1)
        .replace("debian_test_packages=(\n", "debian_test_packages=(\n    xvfb\n", 1)
    )
    assert set_up("run", USER_ID="0").returncode == 0
    assert calls()[1] == "apt-get install -y --no-install-recommends libgl1"
    assert set_up("test", USER_ID="0").returncode == 0
    assert calls()[1] == "apt-get install -y --no-install-recommends libgl1 xvfb"


def test_wrong_use_is_refused(set_up: SetUp) -> None:
    done = set_up("dance")
    assert done.returncode == 1
    assert "usage" in done.stderr
