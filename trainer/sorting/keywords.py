"""The verdict as a keyword in an `.xmp` file beside a photo, which editors and photo managers read. Never in the photo.

The file is called after the photo with its ending (`IMG_1.jpg.xmp`), as digiKam and darktable write and read it. Where
an `.xmp` file goes along with the photo already (`IMG_1.xmp`, as Lightroom writes it beside a RAW), that one is added
to. The keyword is the class, in `dc:subject` and, as "CatDog|cat", in `lr:hierarchicalSubject` (XMP specification,
part 2; the Lightroom namespace is Adobe's).
"""

import hashlib
import io
import re
import shutil
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

from trainer.core.text import text
from trainer.files.atomic import put_in_place
from trainer.files.regular import read_regular
from trainer.sorting.journal import Keywords, OpenJournal, part_beside
from trainer.sorting.names import LONGEST

_NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="{_NAMES["x"]}"><rdf:RDF xmlns:rdf="{_NAMES["rdf"]}">'
    '<rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>\n'
    '<?xpacket end="w"?>\n'
)
_LARGEST = 10_000_000


def add(journal: OpenJournal, photo: Path, keyword: str) -> None:
    """Add a class to the keywords of a sorted photo; what was there before is in the journal first.

    Raises ValueError where the file cannot be added to, OSError, and DiskError for the journal.
    """
    path = _file_of(photo)
    if len(path.name.encode()) > LONGEST:
        raise ValueError(text("its name is too long for a file beside it"))
    before = read_regular(path) if path.exists() else None
    content = with_keyword(before, keyword)
    if content == before:
        return
    part = part_beside(path)
    entry = Keywords(
        number=len(journal.intents),
        path=str(path),
        part=str(part),
        before=before,
        before_ns=path.stat().st_mtime_ns if before is not None else 0,
        after=hashlib.blake2b(content, digest_size=16).hexdigest(),
    )
    journal.write(entry)
    rewrite(path, part, content)


def rewrite(path: Path, part: Path, content: bytes) -> None:
    """Write a file anew, whole or not at all, with the permissions that it had. Raises OSError."""
    try:
        part.write_bytes(content)
        if path.exists():
            shutil.copymode(path, part)
        put_in_place(part, path)
    finally:
        with suppress(OSError):  # undoing removes it
            part.unlink(missing_ok=True)


def with_keyword(before: bytes | None, keyword: str) -> bytes:
    """Return the content of an `.xmp` file with one more keyword. Raises ValueError where it is none."""
    if before is not None and (len(before) > _LARGEST or re.search(rb"<!(DOCTYPE|ENTITY)", before, re.IGNORECASE)):
        raise ValueError(text("it is no plain XMP"))
    try:
        content = _EMPTY if before is None else before.decode("utf-8-sig")
        return _amended(content, keyword).encode()
    except (ET.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(text("it is no XMP that can be read")) from error


def _file_of(photo: Path) -> Path:
    """Return the file that holds a photo's keywords, or will."""
    named = photo.with_name(f"{photo.name}.xmp")
    with_stem = photo.with_suffix(".xmp")
    return with_stem if with_stem.is_file() and not named.is_file() else named


def _amended(content: str, keyword: str) -> str:
    start = re.search(r"<[A-Za-z_]", content)
    if start is None:
        raise ET.ParseError
    end = content.rindex(">", 0, _end_of_root(content)) + 1
    # The prefixes that the file uses stay; what stands around the root element stays as it is.
    parsed = io.BytesIO(content[start.start() : end].encode())
    for _, (prefix, address) in ET.iterparse(parsed, ["start-ns"]):  # noqa: S314 - as below
        if not re.fullmatch(r"ns\d+", prefix):
            ET.register_namespace(prefix, address)
    for prefix, address in _NAMES.items():
        ET.register_namespace(prefix, address)
    root = ET.fromstring(content[start.start() : end])  # noqa: S314 - what could attack it was refused before
    described = next(root.iter(_name("rdf", "Description")), None)
    if described is None:
        raise ET.ParseError
    changed = [_add_to(described, "dc", "subject", keyword)]
    changed.append(_add_to(described, "lr", "hierarchicalSubject", f"CatDog|{keyword}"))
    if not any(changed):
        return content
    return content[: start.start()] + ET.tostring(root, encoding="unicode") + content[end:]


def _end_of_root(content: str) -> int:
    """Return where the text behind the root element begins: a packet's end, or nothing."""
    packet = content.rfind("<?xpacket end")
    return packet if packet > 0 else len(content)


def _add_to(described: ET.Element, prefix: str, name: str, keyword: str) -> bool:
    """Add a keyword to one of the lists, and say whether it was missing."""
    holder = next(described.iter(_name(prefix, name)), None)
    if holder is None:
        holder = ET.SubElement(described, _name(prefix, name))
    bag = next(iter(holder), None)
    if bag is None:
        bag = ET.SubElement(holder, _name("rdf", "Bag"))
    if keyword in [item.text for item in bag]:
        return False
    ET.SubElement(bag, _name("rdf", "li")).text = keyword
    return True


def _name(prefix: str, name: str) -> str:
    return f"{{{_NAMES[prefix]}}}{name}"
