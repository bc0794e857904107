"""Packs the built program: an archive for any Linux, the Windows installer, the macOS disk image.

The Debian package has a page of its own, debian.py.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from project import PACKAGING, ROOT, VERSION, publisher, release_date, target

# 19 would make it 4 % smaller and take four times as long.
_ZSTD_LEVEL = "-12"


def linux_archive(folder: Path, into: Path) -> Path:
    """Pack the program's folder into an archive that runs from wherever it is unpacked, and return its path."""
    name = f"catdog-{VERSION}-{target()}"
    archive = into / f"{name}.tar.zst"
    order = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{int(release_date().timestamp())}"]
    rename = f"--transform=s,^{folder.name},{name},S"  # not in links, which are relative
    command = ["tar", *order, rename, "-C", str(folder.parent), "-cf", "-", folder.name]
    with archive.open("wb") as stream, subprocess.Popen(command, stdout=subprocess.PIPE) as packing:
        subprocess.run(["zstd", _ZSTD_LEVEL, "-T0", "-q"], stdin=packing.stdout, stdout=stream, check=True)
    if packing.returncode:
        raise subprocess.CalledProcessError(packing.returncode, command)
    return archive


def windows_installer(folder: Path, into: Path) -> Path:
    """Make the installer with Inno Setup, whose compiler `ISCC.exe` has to be installed, and return its path."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "Inno Setup 6", "ISCC.exe")
    compiler = shutil.which("ISCC") or str(usual)
    name = f"catdog-{VERSION}-{target()}-setup"
    one = publisher()
    values = {
        "Version": VERSION,
        "Publisher": one.name,
        "Contact": one.contact,
        "Homepage": one.homepage,
        "Program": folder,
        "Root": ROOT,
    }
    command = [compiler, "/Qp", f"/O{into}", f"/F{name}", *(f"/D{key}={value}" for key, value in values.items())]
    subprocess.run([*command, str(PACKAGING / "templates" / "catdog.iss")], check=True)
    return into / f"{name}.exe"


def macos_image(program: Path, into: Path) -> Path:
    """Make the disk image, an .app beside a link to the folder that it is dragged into, and return its path."""
    image = into / f"catdog-{VERSION}-{target()}.dmg"
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(program, Path(scratch, program.name), symlinks=True)
        Path(scratch, "Applications").symlink_to("/Applications")
        content = ["-volname", f"CatDog {VERSION}", "-srcfolder", scratch]
        subprocess.run(["hdiutil", "create", *content, "-format", "ULMO", "-ov", str(image)], check=True)
    return image


def macos_information() -> dict[str, object]:
    """Return what Info.plist says besides what PyInstaller writes: which documents the program opens."""
    photos = {
        "CFBundleTypeName": "Photo",
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",  # offered, and in nobody's place
        "LSItemContentTypes": ["public.image", "public.folder"],
    }
    return {
        "CFBundleDisplayName": "CatDog",
        "CFBundleVersion": VERSION,
        "CFBundleShortVersionString": VERSION,
        "CFBundleDocumentTypes": [photos],
        "LSApplicationCategoryType": "public.app-category.photography",
        "LSMinimumSystemVersion": "13.0",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": f"Published by {publisher().name}, MIT licence",
    }
