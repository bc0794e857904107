"""What happens when the window is closed while a run is going on."""

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QMessageBox, QWidget

from catdog_gui.look import theme
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
            runs.stop()
        elif self._closing and runs.state.phase == "evaluating":
            runs.stop()  # again, which skips the test
        if not runs.running:  # it ended while the question was open
            return True
        if not self._closing:
            self._closing = True
            self._context.say("CatDog closes when the best epoch is kept and tested. Close it again to skip the test.")
            runs.ended.connect(self._window.close)
        return False

    def _ask(self) -> bool:
        box = QMessageBox(self._window)
        box.setIconPixmap(theme.icon("train", "accent").pixmap(QSize(_ICON, _ICON), self._window.devicePixelRatio()))
        box.setWindowTitle("CatDog")
        box.setText("CatDog is still training.")
        box.setInformativeText(
            "If you stop now, the best epoch so far is kept as a model, and you can continue the run later."
        )
        stop = box.addButton("Stop and keep the best", QMessageBox.ButtonRole.AcceptRole)
        carry_on = box.addButton("Continue training", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(carry_on)
        box.setEscapeButton(carry_on)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        return chosen is stop
