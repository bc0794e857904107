"""What all installers say of CatDog. The version is pyproject.toml's, as it was installed."""

import platform
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

PACKAGING = Path(__file__).resolve().parent
ROOT = PACKAGING.parents[1]
VERSION = version("catdog")


class Publisher(NamedTuple):
    """Who answers for the installers: pyproject.toml's table [tool.catdog]."""

    name: str
    contact: str
    homepage: str
    application_id: str

    def is_placeholder(self) -> bool:
        """Whether nobody has filled the table in: the domain example.org belongs to nobody."""
        return any("example.org" in text or "org.example" in text for text in self)


@cache
def publisher() -> Publisher:
    """Return what pyproject.toml says of the publisher."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["catdog"]
    return Publisher(table["publisher"], table["contact"], table["homepage"], table["application-id"])


def filled(template: str, **more: object) -> str:
    """Return a file of templates/ with the value of each @NAME@ in it."""
    one = publisher()
    values = {
        "VERSION": VERSION,
        "DATE": f"{release_date():%Y-%m-%d}",
        "PUBLISHER": one.name,
        "CONTACT": one.contact,
        "HOMEPAGE": one.homepage,
        "APPLICATION_ID": one.application_id,
        "DEVELOPER_ID": one.application_id.rpartition(".")[0],
        **{name.upper(): str(value) for name, value in more.items()},
    }
    if template.endswith(".xml"):
        values = {name: escape(value) for name, value in values.items()}
    text = (PACKAGING / "templates" / template).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text)


@cache
def release_date() -> datetime:
    """Return when the last change was made, so that the same source makes the same package."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.strip():
        return datetime.fromtimestamp(int(done.stdout), tz=UTC)
    return datetime.fromtimestamp((ROOT / "pyproject.toml").stat().st_mtime, tz=UTC)


def target() -> str:
    """Return the system and processor, as they stand in file names."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}"
