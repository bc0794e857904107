"""Makes a Debian package of the program's folder: /opt/catdog, with links, an entry in the menu and manual pages."""

import gzip
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import depends
from man_page import command_line_page
from project import ROOT, VERSION, release_date

_LINUX = ROOT / "resources" / "packaging" / "linux"
# Most of the program is machine code, which repeats itself over tens of megabytes: hence the size of the dictionary,
# which unpacking needs as memory, too. Two blocks, so that two processors share the work.
_XZ = ["xz", "--force", "-T2", "--block-size=300MiB"]
_XZ_FILTERS = {"amd64": ["--x86", "--lzma2=preset=9,dict=64MiB"]}
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)

_CONTROL = """\
Package: catdog
Version: {version}
Architecture: {architecture}
Maintainer: The CatDog authors <catdog@example.org>
Section: graphics
Priority: optional
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: ca-certificates, xdg-utils
Description: teach your own computer to tell cats from dogs
 Pick a folder of photos, watch a convolutional network learn from it, see
 honestly how good it became on photos it never saw, keep the model, and from
 then on drop photos on the window to have them told apart. Everything happens
 on your own computer, offline.
"""

_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: CatDog
Comment: The package ships the works of others too. /opt/catdog/_internal/licences/README.txt says which, and under
 which licences; their texts are beside it. Qt and Qt for Python are used under the LGPL 3, as replaceable libraries.

Files: *
Copyright: the CatDog authors
License: Expat
"""


def build(folder: Path, into: Path) -> Path:
    """Make the package of a folder in another one and return its path."""
    architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    architecture_name = architecture.stdout.strip()
    version = debian_version(VERSION)
    package = into / f"catdog_{version}_{architecture_name}.deb"
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        tree = Path(scratch, "tree")
        _fill(tree, folder)
        size = sum(file.lstat().st_size for file in tree.rglob("*") if file.is_file() and not file.is_symlink())
        fields = {"version": version, "architecture": architecture_name, "kilobytes": -(-size // 1024)}
        control = _CONTROL.format(depends=", ".join(depends.of(tree)), **fields)
        _write(tree / "DEBIAN" / "control", control)
        plain = Path(scratch, "plain.deb")
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(plain)]
        date = str(int(release_date().timestamp()))
        subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": date})
        _compress(plain, package, _XZ_FILTERS.get(architecture_name, ["-9"]))
    return package


def _compress(plain: Path, package: Path, filters: list[str]) -> None:
    """Make a package of one that is not compressed: dpkg-deb knows none of xz's filters, and 8 MB of dictionary."""
    members = ["debian-binary", "control.tar", "data.tar"]
    subprocess.run(["ar", "x", plain.name, *members], cwd=plain.parent, check=True)
    subprocess.run([*_XZ, *filters, *members[1:]], cwd=plain.parent, check=True)
    packed = [members[0], *(f"{name}.xz" for name in members[1:])]
    package.unlink(missing_ok=True)
    subprocess.run(["ar", "rcD", str(package.absolute()), *packed], cwd=plain.parent, check=True)


def debian_version(version: str) -> str:
    """Return the version as Debian orders it: 1.0rc1 comes before 1.0 only as 1.0~rc1."""
    for mark in (".dev", "a", "b", "rc"):
        version = version.replace(mark, f"~{mark.lstrip('.')}")
    return version


def _fill(tree: Path, folder: Path) -> None:
    """Lay out the files as they will be installed."""
    (tree / "DEBIAN").mkdir(parents=True)
    shutil.copytree(folder, tree / "opt" / "catdog", symlinks=True, copy_function=os.link)
    for name in ("catdog", "catdog-cli"):
        link = tree / "usr" / "bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../../opt/catdog/{name}")
    share = tree / "usr" / "share"
    _write(share / "applications" / "catdog.desktop", (_LINUX / "catdog.desktop").read_text(encoding="utf-8"))
    _write(share / "metainfo" / "org.catdog.catdog.metainfo.xml", metainfo())
    _write(share / "man" / "man1" / "catdog.1.gz", (_LINUX / "catdog.1").read_text().replace("@VERSION@", VERSION))
    _write(share / "man" / "man1" / "catdog-cli.1.gz", command_line_page())
    documents = share / "doc" / "catdog"
    _write(documents / "copyright", _COPYRIGHT + _indented((ROOT / "LICENSE").read_text(encoding="utf-8")))
    _write(documents / "changelog.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    _write_icons(share / "icons" / "hicolor")


def metainfo() -> str:
    """Return the description for software centres."""
    text = (_LINUX / "org.catdog.catdog.metainfo.xml").read_text(encoding="utf-8")
    return text.replace("@VERSION@", VERSION).replace("@DATE@", release_date().strftime("%Y-%m-%d"))


def _write_icons(theme: Path) -> None:
    from icons import picture  # noqa: PLC0415 - brings Qt along

    source = ROOT / "resources" / "icons" / "catdog.svg"
    _write(theme / "scalable" / "apps" / "catdog.svg", source.read_text(encoding="utf-8"))
    for size in _ICON_SIZES:
        file = theme / f"{size}x{size}" / "apps" / "catdog.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(source, size))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    file.write_bytes(gzip.compress(data, 9, mtime=0) if file.suffix == ".gz" else data)


def _indented(text: str) -> str:
    return "".join(f" {line}\n" if line else " .\n" for line in text.splitlines())
