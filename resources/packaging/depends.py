"""Which Debian packages a folder's libraries need, as dpkg-shlibdeps works it out, with the versions that they need."""

import subprocess
import tempfile
from pathlib import Path

from slim_linux import libraries

# Qt opens these by name when it runs, so no library says that it needs them.
_OPENED_BY_NAME = ("libdbus-1-3",)


def of(tree: Path) -> list[str]:
    """Return the packages, each with its version where one is asked for, of the tree that is to become a package."""
    files = [*(tree / "opt").glob("*/catdog"), *libraries(tree)]
    beside = sorted({f"-l{file.parent}" for file in files})
    with tempfile.TemporaryDirectory() as scratch:
        control = Path(scratch, "debian", "control")
        control.parent.mkdir()
        control.write_text("Source: catdog\n\nPackage: catdog\nArchitecture: any\n", encoding="utf-8")
        command = ["dpkg-shlibdeps", "-O", "--warnings=0", f"-S{tree}", *beside, *map(str, files)]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dpkg-shlibdeps failed:\n{done.stderr}")
    found = done.stdout.strip().removeprefix("shlibs:Depends=").split(", ")
    names = {entry.split()[0] for entry in found}
    return sorted([*found, *(name for name in _OPENED_BY_NAME if name not in names)])
