"""In the place of PySide6.QtOpenGL (9 MB): pyqtgraph names it when imported, and uses it only with useOpenGL=True."""
