"""One number in large type with its name under it."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget


class Figure(QWidget):
    """The tooltip explains the number."""

    def __init__(self, meaning: str, explanation: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meaning = meaning
        self.setToolTip(explanation)
        self.setAccessibleDescription(explanation)
        self.value = QLabel("–")
        self.value.setProperty("role", "figure")
        words = QLabel(meaning)
        words.setProperty("role", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.value)
        column.addWidget(words)

    def show_value(self, text: str) -> None:
        """Show the number."""
        self.value.setText(text)
        self.setAccessibleName(f"{self._meaning}: {text}")
