"""The split: three linked shares and the seed, or what the folders say."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from catdog_gui.data.split_shares import LEAST, Shares, move
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import percent
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.mirrored import mirrored
from trainer.core.config import SplitConfig, TrainConfig
from trainer.core.setting import describe

# For the few digits that people choose; the largest seed has ten.
_SEED_WIDTH = 110


class SplitEditor(QWidget):
    """Always holds a valid split; `changed` comes after every change by the user."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: Shares = (70, 15, 15)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._bar = _ShareBar()
        self._words = QLabel()
        self._words.setProperty("role", "muted")
        self._fixed: Shares | None = None
        self.fields: list[QSpinBox] = []
        captioned: list[QWidget] = []
        for column, setting in enumerate(describe(SplitConfig).values()):
            field = self._field(column, translated(setting.title), translated(setting.help))
            captioned.append(_captioned(translated(setting.title), field))
        seed = describe(TrainConfig)["seed"]
        self.seed = QSpinBox()
        theme.pad_field(self.seed)
        self.seed.setMaximumWidth(_SEED_WIDTH)
        self.seed.setRange(int(seed.minimum or 0), int(seed.maximum or 0))
        self.seed.setAccessibleName(translated(seed.title))
        self.seed.setToolTip(tr("Another seed splits the photos differently. {help}", help=translated(seed.help)))
        self.seed.valueChanged.connect(self.changed)
        captioned.append(_captioned(translated(seed.title), self.seed))
        self._fields = Flow(*captioned, spacing=theme.S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self._note)
        layout.addWidget(self._bar)
        layout.addWidget(self._fields)
        layout.addWidget(self._words)
        self._show()

    def split(self) -> SplitConfig:
        """Return the shares as the engine takes them."""
        train, validation, test = (share / 100 for share in self._shares)
        return SplitConfig(train=train, validation=validation, test=test)

    def set_split(self, split: SplitConfig, seed: int) -> None:
        """Show a split, without `changed`."""
        train, validation = round(100 * split.train), round(100 * split.validation)
        self._shares = (train, validation, 100 - train - validation)
        self.seed.blockSignals(True)
        self.seed.setValue(seed)
        self.seed.blockSignals(False)
        self._show()

    def set_fixed(self, note: str, shares: Shares | None = None) -> None:
        """Say that the folders decide, and into which shares; with an empty note let the user decide."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._fields.setVisible(not note)
        self._fixed = shares if note else None
        self._show()

    def _field(self, which: int, title: str, help_text: str) -> QSpinBox:
        field = QSpinBox()
        theme.pad_field(field)
        field.setRange(LEAST, 100 - 2 * LEAST)
        field.setSuffix(tr(" %"))
        field.setAccessibleName(tr("{split}, percent of the photos", split=title))
        field.setToolTip(help_text)
        field.setKeyboardTracking(False)
        field.valueChanged.connect(lambda value: self._moved(which, value))
        self.fields.append(field)
        return field

    def _moved(self, which: int, value: int) -> None:
        self._shares = move(self._shares, which, value)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for field, share in zip(self.fields, self._shares, strict=True):
            field.blockSignals(True)
            field.setValue(share)
            field.blockSignals(False)
        shares = self._fixed or self._shares
        self._bar.show_shares(shares)
        self._words.setText(_share_words(shares))
        self._words.setVisible(self._fixed is not None)


def _captioned(text: str, field: QWidget) -> QWidget:
    """Return a field with its name above it."""
    label = QLabel(text)
    label.setBuddy(field)
    label.setProperty("role", "muted")
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.XS)
    column.addWidget(label)
    column.addWidget(field)
    return both


def _share_words(shares: Shares) -> str:
    train, validation, test = (percent(share / 100) for share in shares)
    return tr("Training {train}, validation {validation}, test {test}", train=train, validation=validation, test=test)


class _ShareBar(QWidget):
    """The three shares side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._shares: Shares = (70, 15, 15)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: Shares) -> None:
        self._shares = shares
        self.setAccessibleName(_share_words(shares))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setClipPath(outline)
        x = 0.0
        for share, strength in zip(self._shares, (1.0, 0.6, 0.3), strict=True):
            colour = QColor(theme.colours().accent)
            colour.setAlphaF(strength)
            width = self.width() * share / 100
            painter.fillRect(mirrored(self, QRectF(x, 0, width - 2, self.height())), colour)
            x += width
        painter.end()
