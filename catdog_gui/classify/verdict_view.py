"""One photo, large, with its verdict."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.classify.probability_bar import ProbabilityBar
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.classify.verdict_label import VerdictLabel, show_words
from catdog_gui.look import theme
from catdog_gui.look.language import number, tr
from catdog_gui.look.words import probability
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.glyph import Glyph
from catdog_gui.widgets.photos.images import load_image
from catdog_gui.widgets.photos.photo_preview import PhotoPreview
from catdog_gui.widgets.photos.thumbnails import Thumbnails
from catdog_gui.widgets.why.heat_control import HeatControl
from catdog_gui.widgets.why.like_these import LikeThese

# Longer sides are made smaller: no usual window is larger, and one photo takes up to 8 MB.
_SIDE = 1600
_PANEL_WIDTH = 272
_GLYPH = 40
_SHARE_WIDTH = (_PANEL_WIDTH - 2 * theme.L - theme.S) // 2 - 2


class VerdictView(QWidget):
    """Shows it; whatever inside has the focus, keys go to others.

    The left and right arrow keys ask for the neighbours, Home and End for the first and the last, Escape for all, H for
    the heat map.
    """

    previous_wanted = Signal()
    next_wanted = Signal()
    first_wanted = Signal()
    last_wanted = Signal()
    back_wanted = Signal()
    remove_wanted = Signal(object)  # SessionPhoto
    copy_wanted = Signal(object)
    refreshed = Signal(object)
    """The photo whose verdict is shown now."""
    menu_wanted = Signal(object, QPoint)
    """For this photo, at this place of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo: SessionPhoto | None = None
        self._images = Thumbnails(self)
        self._images.ready.connect(lambda _key: self._show_image())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.preview = PhotoPreview()
        self.glyph = Glyph("photo", "muted", _GLYPH)
        self.verdict = VerdictLabel(_PANEL_WIDTH - 2 * theme.L - _GLYPH - theme.M - 2)
        self.percent = QLabel()
        self.percent.setProperty("role", "figure")
        self.bar = ProbabilityBar()
        self.first, self.second = QLabel(), QLabel()
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.nearest = QLabel()
        self.nearest.setProperty("role", "muted")
        self.why = HeatControl()
        self.like_these = LikeThese(self.why)
        self.name = ElidedLabel()
        self.name.setProperty("role", "subheading")
        self.time = QLabel()
        self.time.setProperty("role", "muted")
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.back = QPushButton(tr("All photos"))
        self.previous = QPushButton()
        self.next = QPushButton()
        for button in (self.back, self.previous, self.next, self.why.button):
            button.installEventFilter(self)  # it would move the focus by the arrow keys
        self._arrange()
        theme.theme().changed.connect(self.refresh)

    def close_images(self) -> None:
        """Load no more images."""
        self._images.close()

    def show_photo(self, photo: SessionPhoto, place: int, total: int, *, alone: bool) -> None:
        """Show a photo, the `place`-th (from 1) of `total`. One that is `alone` in the list has no way to others."""
        self.photo = photo
        several = not alone
        for widget in (self.back, self.previous, self.next, self.place):
            widget.setVisible(several)
        self.place.setText(tr("{place} of {total}", place=place, total=total))
        self.previous.setEnabled(place > 1)
        self.next.setEnabled(place < total)
        self._show_image()
        self.refresh()

    def refresh(self) -> None:
        """Show the photo's verdict as it is now."""
        photo = self.photo
        if photo is None:
            return
        kind = photo.class_index
        c = theme.colours()
        waiting = photo.prediction is None
        words = tr("Unreadable") if photo.reason else tr("Waiting…") if waiting else photo.verdict
        colour = c.danger if photo.reason else c.muted if kind is None else c.classes[kind]
        self.verdict.show_verdict(words, colour)
        self.glyph.show_icon(*_glyph(photo))
        plain = photo.confidence is None or photo.is_unsure
        self.percent.setText("" if plain else probability(photo.confidence or 0.0, 1))
        self.percent.setVisible(bool(self.percent.text()))
        self._show_shares(photo)
        self.reason.setText(photo.reason or photo.doubt)
        self.reason.setVisible(bool(self.reason.text()))
        self.nearest.setText(tr("Nearest: {nearest}", nearest=photo.nearest) if photo.nearest else "")
        self.nearest.setVisible(bool(photo.nearest))
        self.name.setText(photo.name)
        self.time.setText("" if photo.seconds is None or photo.reason else _duration(photo.seconds))
        self.setAccessibleName(photo.summary)
        self.refreshed.emit(photo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the neighbours or back."""
        if not self._act_on(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Act on the same keys where a button has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._act_on(event):
            return True
        return super().eventFilter(watched, event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the photo's menu."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self._ask_for_menu(self.preview.mapToGlobal(self.preview.rect().center()) if by_key else event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus around the photo."""
        super().focusInEvent(event)
        self.preview.show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.preview.show_focus(False)

    def changeEvent(self, event: QEvent) -> None:
        """Turn round where the reading direction has changed."""
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._follow_reading()
        super().changeEvent(event)

    def _act_on(self, event: QKeyEvent) -> bool:
        """Do what a key asks for. False where it asks for nothing here."""
        onwards = Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right
        if event.matches(QKeySequence.StandardKey.Copy) and self.photo is not None:
            self.copy_wanted.emit(self.photo)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.remove_wanted.emit(self.photo)
        elif event.key() == Qt.Key.Key_H and not event.modifiers() and not self.why.isHidden():
            self.why.button.toggle()
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._ask_for_menu(self.preview.mapToGlobal(self.preview.rect().center()))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            forwards = event.key() == onwards
            if (self.next if forwards else self.previous).isEnabled() and not self.back.isHidden():
                (self.next_wanted if forwards else self.previous_wanted).emit()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            (self.first_wanted if event.key() == Qt.Key.Key_Home else self.last_wanted).emit()
        elif event.key() == Qt.Key.Key_Escape and not self.back.isHidden():
            self.back_wanted.emit()
        else:
            return False
        return True

    def _ask_for_menu(self, place: QPoint) -> None:
        if self.photo is not None:
            self.menu_wanted.emit(self.photo, place)

    def _show_shares(self, photo: SessionPhoto) -> None:
        shares = photo.prediction.probabilities if photo.prediction else None
        for widget in (self.bar, self.first, self.second):
            # Two coloured shares would look like a verdict.
            widget.setVisible(not photo.reason and not photo.is_unsure)
        self.bar.show_probability(shares[photo.classes[0]] if shares else None)
        for label, name, colour in zip((self.first, self.second), photo.classes, theme.colours().classes, strict=True):
            label.setStyleSheet(f"color: {colour}; font-weight: 500;")
            label.ensurePolished()  # else it measures letters of another weight
            show_words(label, _share(name, shares), label.fontMetrics(), _SHARE_WIDTH)

    def _show_image(self) -> None:
        photo = self.photo
        if photo is None:
            return
        source = photo.source
        image = self._images.get(photo.number, lambda: load_image(source, _SIDE))
        self.preview.show_image(image, broken=self._images.failed(photo.number) is not None)
        self.preview.setAccessibleName(tr("Photo: {photo}", photo=photo.name))

    def _arrange(self) -> None:
        for button, words in (
            (self.previous, tr("Previous photo")),
            (self.next, tr("Next photo")),
            (self.back, tr("Back to all photos")),
        ):
            button.setAccessibleName(words)
            button.setToolTip(words)
        self.back.setIcon(theme.icon("grid"))
        self._follow_reading()
        self.previous.clicked.connect(self.previous_wanted)
        self.next.clicked.connect(self.next_wanted)
        self.back.clicked.connect(self.back_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        photo = QVBoxLayout()
        photo.setSpacing(theme.M)
        photo.addWidget(self.preview, 1)
        photo.addWidget(self.why.words)
        photo.addWidget(self.like_these)
        layout.addLayout(photo, 1)
        layout.addWidget(self._panel())

    def _follow_reading(self) -> None:
        """Let the arrows point, and the shares stand below their ends of the bar, as one reads."""
        begin, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if self.isRightToLeft():
            begin, end = end, begin
        self.first.setAlignment(begin | Qt.AlignmentFlag.AlignAbsolute)
        self.second.setAlignment(end | Qt.AlignmentFlag.AlignAbsolute)
        back, on = ("chevron-right", "chevron-left") if self.isRightToLeft() else ("chevron-left", "chevron-right")
        self.previous.setIcon(theme.icon(back))
        self.next.setIcon(theme.icon(on))

    def _panel(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("card", True)
        panel.setFixedWidth(_PANEL_WIDTH)
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(self.glyph)
        head.addWidget(self.verdict, 1)
        shares = QGridLayout()
        shares.setHorizontalSpacing(theme.S)
        shares.setVerticalSpacing(6)
        shares.addWidget(self.bar, 0, 0, 1, 2)
        shares.addWidget(self.first, 1, 0)
        shares.addWidget(self.second, 1, 1)
        for place, label in enumerate((self.first, self.second)):
            label.setWordWrap(True)  # long names of classes
            shares.setColumnStretch(place, 1)
        steps = QHBoxLayout()
        steps.addWidget(self.previous)
        steps.addWidget(self.place, 1)
        steps.addWidget(self.next)
        column = QVBoxLayout(panel)
        column.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        column.setSpacing(theme.S)
        column.addWidget(self.back)
        column.addStretch(2)
        column.addLayout(head)
        column.addWidget(self.percent)
        column.addSpacing(theme.S)
        column.addLayout(shares)
        column.addWidget(self.reason)
        column.addWidget(self.nearest)
        column.addSpacing(theme.S)
        column.addWidget(self.why)
        column.addStretch(3)
        column.addWidget(self.name)
        column.addWidget(self.time)
        column.addSpacing(theme.S)
        column.addLayout(steps)
        return panel


def _glyph(photo: SessionPhoto) -> tuple[str, str]:
    if photo.reason:
        return "broken", "danger"
    if photo.prediction is None:
        return "photo", "muted"
    kind = photo.class_index
    if kind is None:
        return "unsure", "muted"
    name = photo.classes[kind].lower().rstrip("s")
    return name if name in ("cat", "dog") else "check", f"classes:{kind}"


def _share(name: str, shares: dict[str, float] | None) -> str:
    shown = name.capitalize()
    if shares is None:
        return shown
    share = probability(shares[name], 1).replace(" ", "\xa0")  # the line is broken before it, if at all
    return tr("{class_name} {probability}", class_name=shown, probability=share)


def _duration(seconds: float) -> str:
    if seconds < 1:
        return tr("Took {number} ms", number=number(round(seconds * 1000)))
    return tr("Took {number} s", number=number(seconds, 1))
