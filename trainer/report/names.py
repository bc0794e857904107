"""Names of photos and classes in a report: whatever they hold, they change nothing but how they look themselves."""

# Joiners, and signs of direction that change nothing beyond the name that they are in, or enclose one.
_HARMLESS = frozenset("\u200c\u200d\u200e\u200f\u2068\u2069")


def readable(words: str) -> str:
    """Return a text in which signs that cannot be seen, or turn the direction of what follows, are written out."""
    if words.isprintable():
        return words
    return "".join(sign if sign.isprintable() or sign in _HARMLESS else _written_out(sign) for sign in words)


def isolated(name: str) -> str:
    """Return a name for the middle of a sentence, whose direction it must not change."""
    return name if name.isascii() else f"\u2068{readable(name)}\u2069"


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode()
