"""The About box: what this is, which versions it is made of, and under which licences."""

import platform
from importlib.metadata import PackageNotFoundError, files, metadata

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.resources import resource
from catdog_gui.widgets.dialog_room import dialog_column, fit_dialog
from catdog_gui.widgets.glyph import Glyph
from trainer import __version__

# Name, distribution, licence: what is bundled with CatDog. The licences are written here because the metadata of many
# distributions holds a whole licence text, or nothing.
_PARTS = (
    ("PyTorch", "torch", "BSD 3-Clause"),
    ("torchvision", "torchvision", "BSD 3-Clause"),
    ("Qt for Python", "PySide6_Essentials", "LGPL 3"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("NumPy", "numpy", "BSD 3-Clause"),
    ("Pillow", "pillow", "MIT-CMU"),
    ("pillow-heif", "pillow-heif", "BSD 3-Clause"),
    ("safetensors", "safetensors", "Apache 2.0"),
    ("msgspec", "msgspec", "BSD 3-Clause"),
    ("platformdirs", "platformdirs", "MIT"),
)


class About(QDialog):
    """Shows all versions that belong in a bug report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About CatDog"))
        tabs = QTabWidget()
        tabs.addTab(self._versions(), tr("Versions"))
        tabs.addTab(_licence_text(own_licence()), tr("Licence"))
        tabs.addTab(_licence_text(resource("fonts", "OFL.txt").read_text(encoding="utf-8")), tr("Font licence"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self)
        layout.addLayout(self._head())
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        fit_dialog(self, QSize(520, 560))

    def _head(self) -> QHBoxLayout:
        name = QLabel(f"CatDog {__version__}")
        name.setProperty("role", "title")
        words = QLabel(
            tr("Tells cats from dogs, with a network that learns from your own photos, on your own computer.")
        )
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        column = QVBoxLayout()
        column.addWidget(name)
        column.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        row.addWidget(Glyph("catdog", "text", 72))
        row.addLayout(column, 1)
        return row

    def _versions(self) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, theme.M, theme.M, 0)
        grid.setHorizontalSpacing(theme.XL)
        rows = [("Python", platform.python_version(), "PSF"), ("Qt", qVersion(), "LGPL 3")]
        rows.append((tr("Inter (font)"), "3.19", "OFL 1.1"))
        rows += [(title, _version(name), licence) for title, name, licence in _PARTS]
        for row, (title, number, licence) in enumerate(rows):
            for column, text in enumerate((title, number, licence)):
                label = QLabel(text)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                if column:
                    label.setProperty("role", "muted")
                grid.addWidget(label, row, column)
        grid.setRowStretch(len(rows), 1)
        grid.setColumnStretch(2, 1)
        area = QScrollArea()
        area.setWidget(table)
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("Versions and licences"))
        return area


def _version(name: str) -> str:
    try:
        return metadata(name)["Version"]
    except PackageNotFoundError:
        return tr("not installed")


def _licence_text(words: str) -> QTextBrowser:
    text = QTextBrowser()
    text.setPlainText(words)
    text.setAccessibleName(tr("Licence"))
    return text


def own_licence() -> str:
    """Return CatDog's licence: beside its resources in a checkout or a frozen program, else from the package."""
    beside = resource().parent / "LICENSE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    shipped = [file for file in files("catdog") or [] if file.name == "LICENSE"]
    return shipped[0].read_text(encoding="utf-8") if shipped else tr("CatDog is under the MIT licence.")
