"""The look of the window: colours for light and dark, spacing, type sizes, icons.

Widgets ask `colours()` while they paint and repaint when `theme.changed` is emitted; labels, buttons and frames get
their look from the style sheet by a property (see `mark`), and `icon` gives icons that tint themselves.
"""

import sys
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from catdog_gui.look.colours import (
    CLASS_COLOURS,
    DARK,
    LIGHT,
    Colours,
    ThemeChoice,
    class_colour,
    colour,
    colours,
    theme,
)
from catdog_gui.look.icons import icon
from catdog_gui.look.resources import resource
from catdog_gui.look.stylesheet import style_sheet

__all__ = [
    "CLASS_COLOURS",
    "DARK",
    "LIGHT",
    "Colours",
    "ThemeChoice",
    "class_colour",
    "colour",
    "colours",
    "icon",
    "theme",
]

# Spacing, in device-independent pixels. Everything that stands beside something else uses one of these.
XS: Final = 4
S: Final = 8
M: Final = 12
L: Final = 16
XL: Final = 24
XXL: Final = 36
RADIUS: Final = 10


# How dashed lines mean train and solid ones validation, everywhere.
TRAIN_LINE: Final = Qt.PenStyle.DashLine
VALIDATION_LINE: Final = Qt.PenStyle.SolidLine


def mark(widget: QWidget, **properties: str | bool) -> None:
    """Give a widget its look: `mark(label, role="title")`, `mark(button, kind="primary")`, `mark(frame, card=True)`.

    Roles of labels: title, heading, subheading, muted, small, verdict. Kinds of buttons: primary, quiet, danger.
    """
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def pad_field(box: QAbstractSpinBox) -> None:
    """Keep the number of a spin box away from its border: Qt lays the field over the style sheet's left padding."""
    box.lineEdit().setTextMargins(S, 0, 0, 0)


def draw_focus(painter: QPainter, edge: QRectF, radius: float) -> None:
    """Draw the ring of a painted widget that has the focus, inside its edge, which may have the accent already."""
    painter.save()
    painter.setPen(QPen(colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(edge.adjusted(4, 4, -4, -4), radius - 3, radius - 3)
    painter.restore()


def point_size(scale: float) -> float:
    """Return a type size relative to the text's, in points."""
    return theme().base_point_size * scale


def apply(app: QApplication, choice: ThemeChoice) -> None:
    """Show the program in this theme; "system" follows the system, also when that changes later."""
    hints = app.styleHints()
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[choice]
    if hints.property("catdog_watched") is None:
        hints.setProperty("catdog_watched", True)
        _set_font(app)
        app.setStyle("Fusion")
        hints.colorSchemeChanged.connect(lambda _scheme: _restyle(app))
    hints.setProperty("catdog_choice", choice)
    hints.setColorScheme(scheme)
    _restyle(app)


def _restyle(app: QApplication) -> None:
    hints = app.styleHints()
    choice = hints.property("catdog_choice")
    dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    wanted = DARK if dark else LIGHT
    if app.styleSheet() and theme().colours is wanted:
        return
    theme().colours = wanted
    app.setPalette(_palette(wanted))
    app.setStyleSheet(style_sheet(wanted, theme().base_point_size))
    theme().changed.emit()


def _set_font(app: QApplication) -> None:
    # Windows and macOS have fonts of their own that people expect; elsewhere the system's may be anything.
    if sys.platform not in ("win32", "darwin"):
        families = [
            family
            for name in ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
            for family in QFontDatabase.applicationFontFamilies(
                QFontDatabase.addApplicationFont(str(resource("fonts", name)))
            )
        ]
        font = QFont(families[0]) if families else QFont(app.font())
        font.setPointSizeF(max(app.font().pointSizeF(), 10.0))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        app.setFont(font)
    theme().base_point_size = app.font().pointSizeF()


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.surface),
        (role.AlternateBase, c.window),
        (role.Text, c.text),
        (role.PlaceholderText, c.muted),
        (role.Button, c.surface),
        (role.ButtonText, c.text),
        (role.BrightText, c.danger),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Accent, c.accent),
        (role.Link, c.accent),
        (role.LinkVisited, c.accent),
        (role.Light, c.raised),
        (role.Midlight, c.border),
        (role.Mid, c.strong_border),
        (role.Dark, c.strong_border),
        (role.Shadow, c.sunken),
    ):
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.faint))
    return palette
