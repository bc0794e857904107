"""A form for any settings class of the engine: titles, ranges, explanations and refusals are the engine's own."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from catdog_gui.widgets.setting_row import SettingRow
from trainer.errors import SettingError
from trainer.setting import describe


class SettingsForm(QWidget):
    """One row a setting. A wrong value stays where it was typed, with the allowed range under it."""

    changed = Signal()
    """A value changed, to a valid one or not."""

    def __init__(
        self,
        kind: type[msgspec.Struct],
        names: Iterable[str] | None = None,
        *,
        defaults: Mapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        known = describe(kind)
        self.rows: dict[str, SettingRow] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for number, name in enumerate(names if names is not None else known):
            row = SettingRow(known[name], default=(defaults or {}).get(name, known[name].default), parent=self)
            row.changed.connect(self.changed)
            row.put_into(grid, 2 * number)
            self.rows[name] = row

    def values(self) -> dict[str, Any]:
        """Return all values by name. Raises SettingError for the first that is not allowed."""
        return {name: row.value() for name, row in self.rows.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values, without `changed`."""
        for name, row in self.rows.items():
            if name in values:
                row.set_value(values[name])

    def set_defaults(self, defaults: Mapping[str, Any]) -> None:
        """Mark these as the defaults, and take them where the row was on its default before."""
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
