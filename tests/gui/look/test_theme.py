"""The look: colours that can be read, icons that are there and follow the theme."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.look.resources import resource
from catdog_gui.look.stylesheet import style_sheet

ROOT = Path(__file__).resolve().parents[3]
THEMES = [pytest.param(theme.LIGHT, id="light"), pytest.param(theme.DARK, id="dark")]


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light")


def luminance(text: str) -> float:
    """WCAG 2.1's relative luminance."""
    parts = [QColor(text).redF(), QColor(text).greenF(), QColor(text).blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """WCAG 2.1's contrast ratio."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("c", THEMES)
def test_text_can_be_read(c: theme.Colours) -> None:
    grounds = (c.window, c.surface, c.raised)
    for ground in grounds:
        for role in ("text", "muted", "accent", "danger", "warning", "success"):
            assert contrast(getattr(c, role), ground) >= 4.5, (role, ground)
        for colour in c.classes:
            assert contrast(colour, ground) >= 4.0, (colour, ground)
    assert contrast(c.on_accent, c.accent) >= 4.5
    assert contrast(c.text, c.danger_soft) >= 4.5
    assert contrast(c.text, c.warning_soft) >= 4.5


@pytest.mark.parametrize("c", THEMES)
def test_the_classes_differ_for_every_common_colour_blindness(c: theme.Colours) -> None:
    """Orange and blue lie on opposite sides of the yellow-blue axis, which protan and deutan eyes keep."""
    first, second = (QColor(colour) for colour in c.classes)
    assert first.redF() - first.blueF() > 0.4
    assert second.blueF() - second.redF() > 0.4


@pytest.mark.parametrize("c", THEMES)
def test_the_style_sheet_is_complete(c: theme.Colours) -> None:
    sheet = style_sheet(c, 10)
    assert "@" not in sheet
    assert sheet.count("{") == sheet.count("}")
    for file in re.findall(r"url\((.*?)\)", sheet):
        assert Path(file).is_file(), file


@pytest.mark.parametrize("c", THEMES)
def test_every_colour_is_one_that_qt_knows(c: theme.Colours) -> None:
    values = {field.name: getattr(c, field.name) for field in fields(c) if field.name != "dark"}
    for name, value in values.items():
        for colour in (value,) if isinstance(value, str) else value:
            assert re.fullmatch("#[0-9a-f]{6}", colour), name


def test_icons_take_the_colour_of_the_theme_at_the_moment(qapp: QApplication) -> None:
    icon = theme.icon("check", "danger")
    assert strongest(icon) == QColor(theme.LIGHT.danger)
    theme.apply(qapp, "dark")
    assert strongest(icon) == QColor(theme.DARK.danger)
    assert strongest(icon, QIcon.Mode.Disabled) == QColor(theme.DARK.faint)
    assert strongest(QIcon(icon)) == QColor(theme.DARK.danger)


def test_a_selected_entry_has_an_icon_in_its_own_colour() -> None:
    icon = theme.icon("check", "muted", "accent")
    assert strongest(icon, QIcon.Mode.Selected) == QColor(theme.LIGHT.accent)
    assert strongest(icon) == QColor(theme.LIGHT.muted)


def strongest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    """Return the colour of the most opaque pixel."""
    image = icon.pixmap(QSize(64, 64), mode).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(64) for y in range(64))
    colour = max(pixels, key=QColor.alpha)
    return QColor(colour.red(), colour.green(), colour.blue())


def test_every_icon_draws_something_and_takes_its_colour_from_outside() -> None:
    names = sorted(file.stem for file in resource("icons").glob("*.svg"))
    assert len(names) > 40
    for name in names:
        image = theme.icon(name).pixmap(QSize(24, 24)).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name
        if name != "catdog":
            text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
            assert "currentColor" in text, name
            assert "#" not in text, name


def test_every_icon_that_the_code_names_is_there() -> None:
    named = set()
    for file in (ROOT / "catdog_gui").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:theme\.icon|\bicon|Glyph|paint_icon)\(\s*(?:painter, )?\"([a-z-]+)\"", text))
    assert len(named) > 15
    missing = {name for name in named if not resource("icons", f"{name}.svg").is_file()}
    assert not missing


def test_a_forced_theme_wins_and_says_so(qapp: QApplication) -> None:
    changes: list[bool] = []
    slot = lambda: changes.append(theme.colours().dark)  # noqa: E731 - to be disconnected below
    theme.theme().changed.connect(slot)
    theme.apply(qapp, "dark")
    theme.apply(qapp, "dark")
    theme.apply(qapp, "light")
    theme.theme().changed.disconnect(slot)
    assert changes == [True, False]
    assert qapp.palette().window().color() == QColor(theme.LIGHT.window)


@pytest.mark.parametrize("c", THEMES)
def test_message_boxes_show_the_icons_of_the_window(qapp: QApplication, qtbot: QtBot, c: theme.Colours) -> None:
    theme.apply(qapp, "dark" if c.dark else "light")
    for icon, colour in (
        (QMessageBox.Icon.Question, c.accent),
        (QMessageBox.Icon.Information, c.accent),
        (QMessageBox.Icon.Warning, c.warning),
        (QMessageBox.Icon.Critical, c.danger),
    ):
        box = QMessageBox()
        qtbot.addWidget(box)
        box.setIcon(icon)
        box.setText("Well?")
        box.show()
        image = box.iconPixmap().toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert seen == {colour}, icon
        box.close()
