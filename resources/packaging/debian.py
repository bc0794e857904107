"""Makes a Debian package of the program's folder: /opt/catdog, with links, an entry in the menu and manual pages."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import linux_libraries
from project import ROOT, VERSION, filled, publisher, release_date

# Most of the program is machine code, which repeats itself over tens of megabytes: hence the size of the dictionary,
# which unpacking needs as memory, too. Two blocks, so that two processors share the work.
_XZ = ["xz", "--force", "-T2", "--block-size=300MiB"]
_XZ_FILTERS = {"amd64": ["--x86", "--lzma2=preset=9,dict=64MiB"]}
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_MARKUP = re.compile(r"\[/?[a-z]+( [a-z]+)*\]")


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
        control = filled(
            "control",
            debian_version=version,
            architecture=architecture_name,
            kilobytes=-(-size // 1024),
            depends=", ".join(linux_libraries.debian_packages(tree)),
        )
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
    _write(share / "applications" / "catdog.desktop", filled("catdog.desktop"))
    _write(share / "metainfo" / f"{publisher().application_id}.metainfo.xml", filled("catdog.metainfo.xml"))
    _write(share / "man" / "man1" / "catdog.1.gz", filled("catdog.1"))
    _write(share / "man" / "man1" / "catdog-cli.1.gz", command_line_page())
    documents = share / "doc" / "catdog"
    licence = _indented((ROOT / "LICENSE").read_text(encoding="utf-8"))
    _write(documents / "copyright", filled("copyright", licence=licence))
    _write(documents / "changelog.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    _write_icons(share / "icons" / "hicolor")


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
    return "\n".join(f" {line}" if line else " ." for line in text.splitlines())


def command_line_page() -> str:
    """Return the manual page of catdog-cli, made of what its commands say of themselves with --help."""
    from typer.main import get_command  # noqa: PLC0415 - only this page needs the engine

    from trainer.cli.app import app  # noqa: PLC0415 - see above

    group: Any = get_command(app)
    lines = [
        f'.TH CATDOG\\-CLI 1 "{release_date():%Y-%m-%d}" "CatDog {VERSION}" "User Commands"',
        ".SH NAME",
        "catdog\\-cli \\- train, test and use a network that tells two kinds of photos apart",
        ".SH SYNOPSIS",
        "\\fBcatdog\\-cli\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]",
        ".SH DESCRIPTION",
        *_paragraphs(group.help),
        ".SH COMMANDS",
    ]
    for name, command in group.commands.items():
        lines += _command(name, command)
    lines += [".SH EXIT STATUS", "0 done, 1 failed, 2 wrong use, 130 interrupted.", ".SH SEE ALSO", ".BR catdog (1)"]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any) -> list[str]:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    words = " ".join(f"\\fI{_escaped(one.metavar or one.name.upper())}\\fR" for one in arguments)
    lines = [f".SS catdog\\-cli {_escaped(name)} {words}", *_paragraphs(command.help)]
    for one in options:
        if getattr(one, "hidden", False):
            continue
        names = ", ".join(f"\\fB{_escaped(word)}\\fR" for word in (*one.opts, *one.secondary_opts))
        lines += [".TP", names, *_paragraphs(one.help)]
    return lines


def _paragraphs(text: str | None) -> list[str]:
    clean = _MARKUP.sub("", text or "")
    lines = [_escaped(" ".join(part.split())) for part in clean.split("\n\n")]
    return "\n.PP\n".join(line for line in lines if line).split("\n")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
