"""In the place of PySide6.QtOpenGL: pyqtgraph names it when imported, and uses it only with useOpenGL=True.

The real one and what it loads would add 10 MB to the installed program and 0.9 MB to the package.
"""
