"""In the place of PySide6.QtOpenGLWidgets: pyqtgraph derives a class from its one name, and makes no object of it."""

from PySide6.QtWidgets import QWidget


class QOpenGLWidget(QWidget):
    """Never made."""
