"""Cuts the data of Qt's ICU (32 MB) down to what is not about a certain language (4 MB).

Qt takes its words for dates, numbers and languages from its own tables. Where ICU misses a language's own, it falls
back to its root. The format is that of icu/source/common/ucmndata.h: a header, the number of items, for each the
offsets of its name and of its data, the names in order, the data.
"""

import re
import struct
import tempfile
from pathlib import Path

import binutils

_LOCALE = re.compile(r"[a-z]{2,3}(_\w+)?")
_ALIGNMENT = 16


def cut(library: Path) -> None:
    """Replace a libicudata by a smaller one."""
    name = f"icudt{library.suffix[1:]}_dat"
    with tempfile.NamedTemporaryFile() as data:
        data.write(without_languages(binutils.section(library, ".rodata")))
        data.flush()
        source = f'.section .rodata\n.balign {_ALIGNMENT}\n.globl {name}\n{name}:\n.incbin "{data.name}"\n'
        binutils.assemble(source + f".type {name}, @object\n.size {name}, . - {name}\n", library)


def without_languages(data: bytes) -> bytes:
    """Return ICU's data with fewer items in it."""
    (start,) = struct.unpack_from("<H", data)
    head, items = data[:start], {name: item for name, item in _items(data[start:]).items() if is_kept(name)}
    names = [name.encode() + b"\0" for name in items]
    name_at = 4 + 8 * len(items)
    item_at = _aligned(name_at + sum(map(len, names)))
    table, body = [struct.pack("<I", len(items))], b""
    for name, item in zip(names, items.values(), strict=True):
        table.append(struct.pack("<II", name_at, item_at + len(body)))
        name_at += len(name)
        body += item + bytes(_aligned(len(item)) - len(item))
    index = b"".join(table + names)
    return head + index + bytes(_aligned(len(index)) - len(index)) + body


def is_kept(name: str) -> bool:
    """Whether an item, such as icudt73l/zone/de.res, is shipped."""
    folder, _, file = name.partition("/")[2].rpartition("/")
    stem, _, kind = file.rpartition(".")
    # Encodings other than Unicode; where Thai words end; how names and numbers are written in other scripts and words.
    if kind in {"cnv", "dict"} or folder in {"translit", "rbnf"}:
        return False
    return kind != "res" or stem == "en" or not _LOCALE.fullmatch(stem)


def _items(body: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from("<I", body)
    entries = [struct.unpack_from("<II", body, 4 + 8 * number) for number in range(count)]
    ends = [begin for _, begin in entries[1:]] + [len(body)]
    return {
        body[name_at : body.index(b"\0", name_at)].decode(): body[begin:end]
        for (name_at, begin), end in zip(entries, ends, strict=True)
    }


def _aligned(number: int) -> int:
    return -(-number // _ALIGNMENT) * _ALIGNMENT
