"""Builds CatDog's installers for the system that it runs on: `make installer`.

    python resources/packaging/build.py [folder|packages]

`folder` builds the program alone, dist/catdog; `packages` packs the one that is there; without a word it does both.
The installers and their SHA-256 sums are then in dist/.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import installers
from project import ROOT, publisher

DIST = ROOT / "dist"
_PROGRAM = {"darwin": DIST / "CatDog.app"}.get(sys.platform, DIST / "catdog")


def main() -> int:
    """Build what the command line asks for."""
    words = sys.argv[1:] or ["folder", "packages"]
    steps: dict[str, Callable[[], object]] = {"folder": build_folder, "packages": build_packages}
    if unknown := [word for word in words if word not in steps]:
        print(f"usage: build.py [{'|'.join(steps)}], not {unknown[0]}", file=sys.stderr)
        return 2
    os.umask(0o022)  # everybody may read what is packed
    for word in words:
        steps[word]()
    return 0


def build_folder() -> None:
    """Build the program: one folder, or an .app on macOS."""
    if sys.platform in {"win32", "darwin"}:
        import icons  # noqa: PLC0415 - elsewhere the icon is no part of the program

        kind = "ico" if sys.platform == "win32" else "icns"
        icons.write(ROOT / "resources" / "icons" / "catdog.svg", ROOT / "build" / "icons" / f"catdog.{kind}")
    shutil.rmtree(_PROGRAM, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", str(ROOT / "build.spec")]
    # Without each expression's columns the modules are a sixth smaller; error reports still name the lines.
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONNODEBUGRANGES": "1"}, check=True)
    if sys.platform == "linux":
        import linux_libraries  # noqa: PLC0415 - needs binutils

        linux_libraries.slim(_PROGRAM)


def build_packages() -> None:
    """Pack the program for this system, and write the packages' sums beside them."""
    for old in DIST.glob("catdog[-_]*.*"):  # another version's
        old.unlink()
    packages = _packages()
    for package in packages:
        print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB")
    sums = [f"{hashlib.sha256(package.read_bytes()).hexdigest()}  {package.name}\n" for package in packages]
    (DIST / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    if publisher().is_placeholder():
        print(
            "They name example.org as their publisher: fill in [tool.catdog] in pyproject.toml before you publish them."
        )


def _packages() -> list[Path]:
    if sys.platform == "win32":
        return [installers.windows_installer(_PROGRAM, DIST)]
    if sys.platform == "darwin":
        return [installers.macos_image(_PROGRAM, DIST)]
    packages = [installers.linux_archive(_PROGRAM, DIST)]
    if shutil.which("dpkg-deb"):
        import debian  # noqa: PLC0415 - needs Debian's tools

        packages.append(debian.build(_PROGRAM, DIST))
    return packages


if __name__ == "__main__":
    sys.exit(main())
