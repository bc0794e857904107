"""What happens when the window is closed while a run is going on."""

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.state.context import Context

_ICON = 44


class CloseQuestion(QObject):
    """Asks once; where the answer is to stop, the window closes by itself as soon as the run has ended.

    Closing it again while the best epoch is tested skips the test.
    """

    def __init__(self, window: QWidget, context: Context) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._closing = False

    def may_close(self) -> bool:
        """Whether the window may close now."""
        runs = getattr(self._context, "run_controller", None)  # comes after the first paint
        if runs is None or not runs.running:
            return True
        if not runs.stops:
            if not self._ask():
                return False
            if not runs.running:  # it ended while the question was open
                return True
            runs.stop()
        elif self._closing and runs.state.phase == "evaluating":
            runs.stop()  # again, which skips the test
        if not self._closing:
            self._closing = True
            self._context.say(
                tr("CatDog closes when the best epoch is kept and tested. Close it again to skip the test.")
            )
            runs.ended.connect(self._window.close)
        return False

    def _ask(self) -> bool:
        box = CloseBox(self._window)
        ended = self._context.run_controller.ended.connect(box.say_that_it_ended)
        agrees = box.ask()
        self._context.run_controller.ended.disconnect(ended)
        box.deleteLater()
        return agrees


class CloseBox(QMessageBox):
    """Asks whether to stop the run, and merely whether to close once it has ended by itself meanwhile."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setIconPixmap(theme.icon("train", "accent").pixmap(QSize(_ICON, _ICON), window.devicePixelRatio()))
        self.setWindowTitle("CatDog")
        self.setText(tr("CatDog is still training."))
        self.setInformativeText(
            tr("If you stop now, the best epoch so far is kept as a model, and you can continue the run later.")
        )
        self._close = self._button(tr("Stop and keep the best"), QMessageBox.ButtonRole.AcceptRole)
        self._stay = self._button(tr("Continue training"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self._stay)
        self.setEscapeButton(self._stay)

    def ask(self) -> bool:
        """Return whether the window shall close."""
        self.exec()
        return self.clickedButton() is self._close

    def say_that_it_ended(self) -> None:
        """Change the words, and leave the buttons where the mouse may be about to click them."""
        self.setText(tr("The training has ended."))
        self.setInformativeText(tr("You can close CatDog now, or look at the result first."))
        self._close.setText(tr("Close CatDog"))
        self._stay.setText(tr("Stay here"))

    def _button(self, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        return self.addButton(text, role)
