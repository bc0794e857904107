"""Photos in Qt's resource files, such as those of the Debian package gcompris-qt-data."""

from pathlib import Path

from PySide6.QtCore import QDirIterator, QFile, QIODevice, QResource

_ROOT = "/unpacked"
_PHOTO_ENDINGS = (".jpg", ".jpeg", ".webp")


def unpack(folder: Path, target: Path) -> None:
    """Write the photos in a folder's resource files into folders that are called after the files."""
    for file in sorted(folder.rglob("*.rcc")):
        if not QResource.registerResource(str(file), _ROOT):
            continue
        entries = QDirIterator(f":{_ROOT}", QDirIterator.IteratorFlag.Subdirectories)
        while entries.hasNext():
            entry = entries.next()
            if entry.lower().endswith(_PHOTO_ENDINGS):  # drawings are PNG and SVG there
                source = QFile(entry)
                source.open(QIODevice.OpenModeFlag.ReadOnly)
                place = target / file.stem / entry.removeprefix(f":{_ROOT}/").replace("/", "-")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(source.readAll().data())
        QResource.unregisterResource(str(file), _ROOT)
