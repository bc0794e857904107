"""One setting in a form: its title, its editor, whether it has its default value, and why a value is refused."""

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, translated
from catdog_gui.widgets.forms.number_field import NumberField, format_number
from trainer.core.errors import SettingError
from trainer.core.setting import Setting

# Choices that are words; the others are names.
_WORDS = (mark("auto"), mark("off"), mark("balanced"), mark("constant"), mark("cosine"))


class SettingRow(QObject):
    """The widgets of one setting; `put_into` lays them out in two lines of a grid of three columns."""

    changed = Signal()

    def __init__(self, setting: Setting, *, default: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self._default = default
        self.shown = True
        self.editor: NumberField | QComboBox | QCheckBox = self._make_editor(parent)
        allowed = tr("Allowed: {range}.", range=translated(setting.allowed))
        self.editor.setToolTip(f"{translated(setting.help)} {allowed}")
        self.editor.setAccessibleDescription(self.editor.toolTip())
        self._name = translated(setting.title)
        self.title = QLabel(self._name, parent)
        if setting.unit:
            self.title.setText(tr("{title} ({unit})", title=self._name, unit=translated(setting.unit)))
        self.title.setWordWrap(True)
        self.title.setToolTip(self.editor.toolTip())
        self.title.setBuddy(self.editor)
        self.reset = QPushButton(parent)
        self.reset.setProperty("kind", "link")
        self.reset.setCursor(Qt.CursorShape.PointingHandCursor)
        self.reset.clicked.connect(self._reset)
        self.refusal = QLabel(parent)
        self.refusal.setWordWrap(True)
        self.refusal.setProperty("role", "danger")
        self.refusal.hide()
        self.set_value(default)

    def put_into(self, grid: QGridLayout, line: int) -> None:
        """Lay out the widgets."""
        grid.addWidget(self.title, line, 0)
        grid.addWidget(self.editor, line, 1)
        grid.addWidget(self.reset, line, 2, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.refusal, line + 1, 1, 1, 2)

    def set_shown(self, shown: bool) -> None:  # noqa: FBT001 - a plain switch
        """Show or hide the row."""
        self.shown = shown
        for widget in (self.title, self.editor, self.reset):
            widget.setVisible(shown)
        self._refresh()

    def value(self) -> Any:
        """Return the value. Raises SettingError where it is not allowed."""
        raw = self._raw()
        self.setting.check(raw)
        return raw

    def set_value(self, value: Any) -> None:
        """Show a value, without `changed`."""
        if isinstance(self.editor, NumberField):
            self.editor.set_value(value)
        elif isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(self.editor.findData(value))
        else:
            self.editor.setChecked(value)
        self._refresh()

    def set_default(self, default: Any) -> None:
        """Set another default, and take it where the row had the old one."""
        follow = self._raw() == self._default
        self._default = default
        if follow:
            self.set_value(default)
        self._refresh()

    def _make_editor(self, parent: QWidget) -> NumberField | QComboBox | QCheckBox:
        setting = self.setting
        if setting.choices:
            combo = QComboBox(parent)
            for choice in setting.choices:
                combo.addItem(self._words(choice), choice)
            combo.activated.connect(self._edited)
            combo.setAccessibleName(translated(setting.title))
            return combo
        if setting.kind is bool:
            box = QCheckBox(tr("On"), parent)
            box.clicked.connect(self._edited)
            box.setAccessibleName(translated(setting.title))
            return box
        field = NumberField(setting, parent)
        field.edited.connect(self._edited)
        return field

    def _raw(self) -> Any:
        if isinstance(self.editor, NumberField):
            value = self.editor.value()
            return self.editor.text() if value is None else value
        return self.editor.currentData() if isinstance(self.editor, QComboBox) else self.editor.isChecked()

    def _edited(self) -> None:
        self._refresh()
        self.changed.emit()

    def _reset(self) -> None:
        self.set_value(self._default)
        self.editor.setFocus()
        self.changed.emit()

    def _words(self, value: Any) -> str:
        """Return a value as the row writes it."""
        if isinstance(value, bool):
            return tr("on") if value else tr("off")
        if isinstance(value, str):
            title = self.setting.choice_titles.get(value)
            return translated(title) if title else tr(value) if value in _WORDS else value
        return format_number(value)

    def _refresh(self) -> None:
        """Say whether this is the default, and why the value is refused where it is."""
        on_default = self._raw() == self._default
        self.reset.setEnabled(not on_default)
        self.reset.setText(tr("default") if on_default else tr("Reset to {value}", value=self._words(self._default)))
        self.reset.setAccessibleName(f"{self._name}: {self.reset.text()}")
        try:
            self.value()
        except SettingError:
            self.refusal.setText(tr("Must be {range}.", range=translated(self.setting.allowed)))
            self.refusal.setVisible(self.shown)
        else:
            self.refusal.hide()
        theme.mark(self.editor, invalid=not self.refusal.isHidden())
