"""A form for any settings class of the engine, which says the titles, ranges, explanations and refusals."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.widgets.forms.setting_row import SettingRow
from trainer.core.errors import SettingError
from trainer.core.setting import describe


class SettingsForm(QWidget):
    """One row per setting. A wrong value stays as it was typed, with the allowed range under it.

    `groups` puts rows under headings, and those named by `aside` into a widget of that name, for another column.
    A row that is not shown has no value and is never wrong.
    """

    changed = Signal()
    """A value changed, to a valid one or not."""

    def __init__(
        self,
        kind: type[msgspec.Struct],
        names: Iterable[str] | None = None,
        *,
        groups: Mapping[str, Iterable[str]] | None = None,
        aside: Container[str] = (),
        defaults: Mapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        known = describe(kind)
        self.rows: dict[str, SettingRow] = {}
        self.headings: dict[str, tuple[QLabel, tuple[str, ...]]] = {}
        self.aside = QWidget()
        main, other = _grid(self), _grid(self.aside)
        for title, group in (groups or {"": names if names is not None else known}).items():
            grid = other if title in aside else main
            if title:
                self._add_heading(grid, title, tuple(group))
            for name in group:
                row = SettingRow(known[name], default=(defaults or {}).get(name, known[name].default), parent=self)
                row.changed.connect(self.changed)
                row.put_into(grid, grid.rowCount())
                self.rows[name] = row

    def show_only(self, names: Container[str]) -> None:
        """Show only these rows, and the headings above them."""
        for name, row in self.rows.items():
            row.set_shown(name in names)
        for heading, group in self.headings.values():
            heading.setVisible(any(name in names for name in group))

    def values(self) -> dict[str, Any]:
        """Return the values of the shown rows by name. Raises SettingError for the first that is not allowed."""
        return {name: row.value() for name, row in self.rows.items() if row.shown}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values, without `changed`."""
        for name, row in self.rows.items():
            if name in values:
                row.set_value(values[name])

    def set_defaults(self, defaults: Mapping[str, Any]) -> None:
        """Change the defaults, and the value of each row that had its old default."""
        for name, row in self.rows.items():
            if name in defaults:
                row.set_default(defaults[name])

    def problem(self) -> SettingError | None:
        """Return why the values cannot be taken, or None."""
        try:
            self.values()
        except SettingError as error:
            return error
        return None

    def _add_heading(self, grid: QGridLayout, title: str, names: tuple[str, ...]) -> None:
        heading = QLabel(tr(title), self)
        heading.setProperty("role", "subheading")
        if grid.count():  # space between the groups
            heading.setContentsMargins(0, theme.M, 0, 0)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 3)
        self.headings[title] = heading, names


def _grid(widget: QWidget) -> QGridLayout:
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(2, 1)
    return grid
