"""Makes the Windows installer with Inno Setup, whose compiler `ISCC.exe` has to be installed."""

import os
import shutil
import subprocess
from pathlib import Path

from project import ROOT, VERSION, target

_SCRIPT = ROOT / "resources" / "packaging" / "windows" / "catdog.iss"


def build(folder: Path, into: Path) -> Path:
    """Make the installer of a folder in another one and return its path."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "Inno Setup 6", "ISCC.exe")
    compiler = shutil.which("ISCC") or str(usual)
    name = f"catdog-{VERSION}-{target()}-setup"
    values = {"Version": VERSION, "Program": folder, "Root": ROOT}
    command = [compiler, "/Qp", f"/O{into}", f"/F{name}", *(f"/D{key}={value}" for key, value in values.items())]
    subprocess.run([*command, str(_SCRIPT)], check=True)
    return into / f"{name}.exe"
