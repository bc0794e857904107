"""A small window of another program: what is dropped on it is written into a file, a path a line."""

import sys
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Target(QLabel):
    """Takes files, as a file manager does."""

    def __init__(self, file: Path) -> None:
        super().__init__("Drop here")
        self._file = file
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's
        event.acceptProposedAction()
        lines = [event.dropAction().name, *(url.toLocalFile() for url in event.mimeData().urls())]
        part = self._file.with_suffix(".part")
        part.write_text("\n".join(lines), encoding="utf-8")
        part.replace(self._file)


def main() -> None:
    x, y, file = sys.argv[1:]
    app = QApplication([])
    target = Target(Path(file))
    target.setGeometry(int(x), int(y), 180, 180)
    target.setWindowTitle("Drop target")
    target.show()
    sys.exit(app.exec())


if __name__ == "__main__":
    main()
