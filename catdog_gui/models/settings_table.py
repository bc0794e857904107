"""The settings of one run or of several side by side, those that differ first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.models.kept_words import setting_text, setting_title
from trainer.core.config import TrainConfig
from trainer.core.setting_values import SettingValue, values_of

TITLES_WIDTH = 160
"""The least width of the column with the titles, so that two tables below one another are in line."""


class SettingsTable(QWidget):
    """A row a setting, a column a run. With one run, the recipe's own value stands beside one that was changed."""

    def __init__(self, configs: Sequence[TrainConfig], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.L)
        self._grid.setVerticalSpacing(theme.XS)
        self._grid.setColumnMinimumWidth(0, TITLES_WIDTH)
        self._line = 0
        if len(configs) == 1:
            self._show_one(values_of(configs[0]))
        else:
            self._show_several([values_of(config) for config in configs])

    def _show_one(self, values: list[SettingValue]) -> None:
        changed = [value for value in values if value.changed]
        if changed:
            self._head(tr("Changed from the recipe"))
        for value in changed:
            usual = tr("usual: {value}", value=setting_text(value.usual))
            self._row(setting_title(value), [setting_text(value.value), usual])
        self._head(tr("As the recipe has it"))
        for value in values[len(changed) :]:
            self._row(setting_title(value), [setting_text(value.value)])

    def _show_several(self, runs: list[list[SettingValue]]) -> None:
        titles = {value.name: setting_title(value) for values in runs for value in values}
        texts = [{value.name: setting_text(value.value) for value in values} for values in runs]
        rows = {name: [text.get(name, "–") for text in texts] for name in titles}
        different = [name for name, row in rows.items() if len(set(row)) > 1]
        self._head(tr("Settings that differ") if different else tr("All settings are the same"))
        for name in different:
            self._row(titles[name], rows[name])
        same = [name for name in rows if name not in different]
        if different and same:
            self._head(tr("The same in all"))
        for name in same:
            self._row(titles[name], rows[name][:1])

    def _head(self, text: str) -> None:
        label = QLabel(text)
        label.setProperty("role", "subheading")
        if self._line:
            label.setContentsMargins(0, theme.M, 0, 0)
        self._grid.addWidget(label, self._line, 0, 1, -1)
        self._line += 1

    def _row(self, title: str, texts: Sequence[str]) -> None:
        name = QLabel(title)
        name.setProperty("role", "muted")
        name.setWordWrap(True)
        self._grid.addWidget(name, self._line, 0)
        for column, text in enumerate(texts, start=1):
            cell = QLabel(text)
            cell.setTextFormat(Qt.TextFormat.PlainText)
            cell.setAccessibleName(f"{title}: {text}")
            self._grid.addWidget(cell, self._line, column)
            self._grid.setColumnStretch(column, 1)
        self._line += 1
