"""A field for one number: anything can be typed, the arrows step, and nothing is corrected silently."""

import math

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import translated
from trainer.core.setting import Setting

Number = int | float


class NumberField(QAbstractSpinBox):
    """Keeps what was typed, valid or not: the form says which values are allowed."""

    edited = Signal()

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = setting
        self.setAccessibleName(translated(setting.title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(110)
        self.lineEdit().textEdited.connect(self.edited)
        theme.pad_field(self)

    def value(self) -> Number | None:
        """Return the number typed, in range or not; None where it is not a number."""
        if self._setting.kind is int:
            number, valid = QLocale().toLongLong(self.text().strip())  # also as the range is written: "10,000"
            return number if valid else None
        try:
            return float(self.text().strip().replace(",", "."))
        except ValueError:
            return None

    def set_value(self, value: Number) -> None:
        """Show a number."""
        self.lineEdit().setText(format_number(value))
        self.lineEdit().setCursorPosition(0)

    def stepBy(self, steps: int) -> None:
        """Step up or down, but not beyond the range."""
        value = self.value()
        start: Number = self._setting.default if value is None else value
        stepped = self._stepped(start, steps)
        low, high = self._setting.minimum, self._setting.maximum
        stepped = max(stepped, low) if low is not None else stepped
        stepped = min(stepped, high) if high is not None else stepped
        self.set_value(int(stepped) if self._setting.kind is int else stepped)
        self.selectAll()
        self.edited.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Both directions, except at the ends of the range."""
        up, down = (QAbstractSpinBox.StepEnabledFlag.StepUpEnabled, QAbstractSpinBox.StepEnabledFlag.StepDownEnabled)
        value = self.value()
        if value is None:
            return up | down
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._setting.maximum is None or value < self._setting.maximum:
            flags |= up
        if self._setting.minimum is None or value > self._setting.minimum:
            flags |= down
        return flags

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept everything."""
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: a setting must not change because the mouse happens to be over it."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Return to the window's default button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()

    def _stepped(self, value: Number, steps: int) -> Number:
        if self._setting.kind is int:
            return value + steps
        low, high = self._setting.minimum or 0.0, self._setting.maximum or math.inf
        if low > 0 and high / low > 1000:
            # Settings that span powers of ten, such as the learning rate, step in thirds of one.
            return float(f"{value * 10 ** (steps / 3):.1g}") if value > 0 else low
        step = _step(high - low)
        return round(round(value / step + steps) * step, 10)


def _step(span: float) -> float:
    """Return a round step, of which 20 to 100 cross the span."""
    return 0.05 if not math.isfinite(span) else float(10 ** math.floor(math.log10(span / 2))) / (2 if span < 1 else 1)


def format_number(value: Number) -> str:
    """Return a number as people write it: 30, 0.5, 0.0001, 1e-06."""
    return str(value) if isinstance(value, int) else f"{value:.6g}"
