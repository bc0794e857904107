"""The colours of the window: two sets, for light and dark, and the one that is shown."""

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from trainer.core.class_colours import CLASSES_DARK, CLASSES_LIGHT

ThemeChoice = Literal["system", "light", "dark"]


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
    """Of class 0 (cat) and class 1 (dog)."""
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
    classes=CLASSES_LIGHT,
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
    classes=CLASSES_DARK,
    classes_soft=("#3c2712", "#172c47"),
)

CLASS_COLOURS: Final = {"light": LIGHT.classes, "dark": DARK.classes}


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


def colour(role: str) -> QColor:
    """Return one of the colours by its name in `Colours`."""
    return QColor(getattr(theme().colours, role))


def class_colour(index: int) -> QColor:
    """Return the colour of class 0 or 1."""
    return QColor(theme().colours.classes[index])
