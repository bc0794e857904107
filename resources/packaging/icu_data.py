"""The data of ICU, 32 MB of what Qt brings along on Linux, without what nothing in Qt asks for: 11 MB are left.

Qt calls ICU to sort by the rules of a language, for the names of time zones, for capitals, and for old encodings of
text (tests/project/test_icu_data.py looks whether that is still so). The data are one file in a library: a table of
contents, and the items behind it.
"""

import re
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path

import assembly

# By folder or ending, in megabytes:
_LEFT_OUT = {
    ".cnv": "encodings older than Unicode, 5.1: Python reads all texts, and those of the desktop are UTF-8",
    "brkitr": "where words and lines end, 3.4: Qt has its own rules",
    "unit": "the names of units of measurement, 3.3",
    "curr": "the names of currencies, 3.0",
    "lang": "the names of languages, 2.7: Qt has its own",
    "region": "the names of countries, 1.1: Qt has its own",
    "translit": "other scripts' letters in Latin ones, 1.1",
    "rbnf": "numbers in words, 0.6",
    ".spp": "the letters that names on networks may have, 0.2: Qt has its own",
    ".cfu": "letters that look alike, 0.05",
}
_MAGIC = b"CmnD"
# Items begin at multiples of this, and so does the file itself.
_ALIGNMENT = 16


def slim(library: Path) -> None:
    """Take what is not needed out of the library of the data. Raises ValueError for data of another form."""
    content = library.read_bytes()
    found = re.search(rb"icudt\d+_dat", content)
    if found is None:
        raise ValueError(f"{library} holds no data of ICU")
    library.write_bytes(_library(slimmed(_data(content)), found[0].decode(), library.name))


def slimmed(data: bytes) -> bytes:
    """Return a data file without the items that are left out. Raises ValueError for one of another form."""
    header = _header_size(data)
    kept = [(name, item) for name, item in _items(data[header:]) if not is_left_out(name)]
    return data[:header] + _table(kept)


def is_left_out(name: str) -> bool:
    """Whether an item is, by its name, such as icudt73l/coll/de.res."""
    _, *folders, file = name.split("/")
    return (folders[0] if folders else Path(file).suffix) in _LEFT_OUT


def _data(library: bytes) -> bytes:
    """Return the data in a library: from the header, which has its size and a mark before its name, on."""
    mark = library.find(_MAGIC)
    if mark < 0:
        raise ValueError("there is no table of contents")
    return library[mark - 12 :]


def _header_size(data: bytes) -> int:
    size: int = struct.unpack_from("<H", data)[0]
    if data[12:16] != _MAGIC or size % _ALIGNMENT:
        raise ValueError("the header is of another form")
    return size


def _items(table: bytes) -> list[tuple[str, bytes]]:
    """Return each item with its name, in order. The last one's end is not written down: it may be too long."""
    (count,) = struct.unpack_from("<I", table)
    places = [struct.unpack_from("<II", table, 4 + 8 * number) for number in range(count)]
    starts = [start for _, start in places]
    if starts != sorted(starts):
        raise ValueError("the items are in another order")
    ends = [*starts[1:], len(table)]
    names = [table[place : table.index(b"\0", place)].decode() for place, _ in places]
    return [(name, table[start:end]) for name, start, end in zip(names, starts, ends, strict=True)]


def _table(items: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a table of contents with its items behind it."""
    names = [name.encode() + b"\0" for name, _ in items]
    place = 4 + 8 * len(items)
    start = _aligned(place + sum(map(len, names)))
    contents, entries = b"", struct.pack("<I", len(items))
    behind = bytearray()
    for name, (_, item) in zip(names, items, strict=True):
        entries += struct.pack("<II", place, start + len(behind))
        contents += name
        place += len(name)
        behind += item.ljust(_aligned(len(item)), b"\0")
    return (entries + contents).ljust(start, b"\0") + behind


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _library(data: bytes, symbol: str, soname: str) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "data")
        file.write_bytes(data)
        source = (
            f".section .rodata\n.balign {_ALIGNMENT}\n.globl {symbol}\n.type {symbol}, @object\n{symbol}:\n"
            f' .incbin "{file}"\n.size {symbol}, . - {symbol}\n'
        )
        return assembly.shared_library(source, soname)
