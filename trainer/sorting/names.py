"""Names that every file system takes, and that are free."""

import unicodedata

LONGEST = 255
"""Bytes of a name on nearly every file system."""
_FORBIDDEN = frozenset('<>:"/\\|?*')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{digit}" for digit in range(10)), *(f"lpt{digit}" for digit in range(10))}
)


def safe_name(name: str) -> str:
    """Return a folder's name that Windows takes too, as like the given one as can be."""
    plain = "".join("_" if letter in _FORBIDDEN or ord(letter) < 32 else letter for letter in name)
    plain = plain.encode(errors="replace")[:120].decode(errors="ignore").strip(" .")
    if not plain:
        return "unnamed"
    return f"{plain}_" if plain.partition(".")[0].casefold() in _RESERVED else plain


def folded(path: str) -> str:
    """Return what is the same for paths that some file systems cannot tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def numbered(stem: str, endings: list[str], number: int) -> str:
    """Return a stem with a number, from 2 on, that leaves room for the longest of its endings."""
    mark = f" ({number})" if number > 1 else ""
    room = LONGEST - len(mark) - max(len(ending.encode(errors="surrogateescape")) for ending in endings)
    content = stem.encode(errors="surrogateescape")
    if len(content) > room:
        # A letter of several bytes may have been cut; what is left of it goes.
        stem = content[: max(room, 1)].decode(errors="ignore")
    return f"{stem}{mark}"
