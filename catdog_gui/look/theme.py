"""The look of the window: colours for light and dark, spacing, type sizes, icons.

Widgets ask `colours()` while they paint and repaint when `theme.changed` is emitted; labels, buttons and frames get
their look from the style sheet by a property (see `mark`), and `icon` gives icons that tint themselves.
"""

import sys
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from catdog_gui.look.icons import icon as _tinted_icon
from catdog_gui.look.resources import resource
from catdog_gui.state.settings import ThemeChoice

# Spacing, in device-independent pixels. Everything that stands beside something else uses one of these.
XS: Final = 4
S: Final = 8
M: Final = 12
L: Final = 16
XL: Final = 24
XXL: Final = 36
RADIUS: Final = 10


@dataclass(frozen=True)
class Colours:
    """One theme's colours as #rrggbb."""

    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    text: str
    muted: str
    faint: str
    border: str
    strong_border: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    on_accent: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    success: str
    success_soft: str
    classes: tuple[str, str]
    """Of class 0 (cat) and class 1 (dog): orange and blue, which every common colour blindness tells apart."""
    classes_soft: tuple[str, str]


LIGHT: Final = Colours(
    dark=False,
    window="#f6f5f2",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#eeece7",
    text="#1f1d1a",
    muted="#676259",
    faint="#a09a90",
    border="#e4e0d8",
    strong_border="#cdc7bc",
    accent="#0b766b",
    accent_hover="#0a665d",
    accent_pressed="#08544c",
    accent_soft="#dff0ed",
    on_accent="#ffffff",
    danger="#b3261e",
    danger_soft="#fbeae8",
    warning="#855600",
    warning_soft="#fbf0d9",
    success="#1a7a48",
    success_soft="#e1f3e8",
    classes=("#c4570b", "#1f63c6"),
    classes_soft=("#fcebdd", "#e2ecfb"),
)
DARK: Final = Colours(
    dark=True,
    window="#171614",
    surface="#211f1d",
    raised="#2b2926",
    sunken="#11100f",
    text="#f2efe9",
    muted="#aba59b",
    faint="#767067",
    border="#383531",
    strong_border="#504b45",
    accent="#3fc5b3",
    accent_hover="#5bd3c3",
    accent_pressed="#31a899",
    accent_soft="#18342f",
    on_accent="#06231f",
    danger="#ff8f80",
    danger_soft="#3b1f1c",
    warning="#efc063",
    warning_soft="#352a14",
    success="#66d19a",
    success_soft="#16321f",
    classes=("#ffa552", "#74b4ff"),
    classes_soft=("#3c2712", "#172c47"),
)

CLASS_COLOURS: Final = {"light": LIGHT.classes, "dark": DARK.classes}
# How dashed lines mean train and solid ones validation, everywhere.
TRAIN_LINE: Final = Qt.PenStyle.DashLine
VALIDATION_LINE: Final = Qt.PenStyle.SolidLine


class _Theme(QObject):
    """The one theme of the program; `changed` is emitted after every switch between light and dark."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours: Colours = LIGHT
        self.base_point_size = 10.0


_theme: _Theme | None = None


def theme() -> _Theme:
    """Return the theme object, for its `changed` signal."""
    global _theme  # noqa: PLW0603 - made at the first use, since a QObject must not outlive its application in tests
    if _theme is None:
        _theme = _Theme()
    return _theme


def colours() -> Colours:
    """Return the colours of the theme at hand."""
    return theme().colours


def is_dark() -> bool:
    """Whether the dark theme is shown."""
    return theme().colours.dark


def colour(role: str) -> QColor:
    """Return one of the colours by its name in `Colours`."""
    return QColor(getattr(theme().colours, role))


def class_colour(index: int) -> QColor:
    """Return the colour of class 0 or 1."""
    return QColor(theme().colours.classes[index])


icon = _tinted_icon


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
    from catdog_gui.look.stylesheet import style_sheet  # noqa: PLC0415 - it takes its constants from here

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
        (role.PlaceholderText, c.faint),
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
