"""Makes the macOS disk image: the program beside a link to the folder that it is dragged into."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from project import VERSION, target


def build(program: Path, into: Path) -> Path:
    """Make the image of an .app in a folder and return its path."""
    image = into / f"catdog-{VERSION}-{target()}.dmg"
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(program, Path(scratch, program.name), symlinks=True)
        Path(scratch, "Applications").symlink_to("/Applications")
        content = ["-volname", f"CatDog {VERSION}", "-srcfolder", scratch]
        subprocess.run(["hdiutil", "create", *content, "-format", "ULMO", "-ov", str(image)], check=True)
    return image


def information() -> dict[str, object]:
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
        "NSHumanReadableCopyright": "The CatDog authors, MIT licence",
    }
