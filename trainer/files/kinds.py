"""What a path leads to, asked of paths that anybody may have written: settings, drops.

What the system refuses to look at (names too long for it, folders that may not be entered) counts as not there;
pathlib raises OSError for some of it.
"""

from pathlib import Path


def is_file(path: Path) -> bool:
    """Say whether there is a file."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Say whether there is a folder."""
    try:
        return path.is_dir()
    except OSError:
        return False


def exists(path: Path) -> bool:
    """Say whether there is anything."""
    return is_file(path) or is_folder(path)


def is_text(path: Path | str) -> bool:
    """Say whether a path is proper Unicode, which can be written into a file of JSON.

    Systems that allow any bytes in a name hand us lone surrogates for those that are none.
    """
    return not any("\ud800" <= letter <= "\udfff" for letter in str(path))
