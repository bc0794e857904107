"""A small window of another program: pressing the mouse on it begins to drag the files of its command line."""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Drags its files out."""

    def __init__(self, files: list[str]) -> None:
        super().__init__(f"Drag {len(files)} out of here")
        self._files = files
        self._pressed: QPoint | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        if self._pressed is None:
            return
        self._pressed = None
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(file) for file in self._files])
        drag = QDrag(self)
        drag.setMimeData(mime)
        action = drag.exec(Qt.DropAction.CopyAction)
        print(f"The drag ended as {action.name}", flush=True)


def main() -> None:
    x, y, *files = sys.argv[1:]
    app = QApplication([])
    source = Source([str(Path(file).resolve()) for file in files])
    source.setWindowFlags(Qt.WindowType.FramelessWindowHint)
    source.setGeometry(int(x), int(y), 180, 180)
    source.setWindowTitle("Drag source")
    source.show()
    sys.exit(app.exec())


if __name__ == "__main__":
    main()
