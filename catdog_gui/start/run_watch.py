"""What the window shows of a run outside the Train page: title, sidebar, and a notification at its end."""

from PySide6.QtCore import QObject

from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import percent
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.notifications import Notifier
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RunController
from trainer.core.results import RunResult
from trainer.core.run_state import RunState


def make_run_controller(window: MainWindow, context: Context) -> None:
    """Give the context its run controller, and the window the means to show its runs."""
    context.run_controller = RunController(context.settings, window)
    RunWatch(window, context)


class RunWatch(QObject):
    """Belongs to the window."""

    def __init__(self, window: MainWindow, context: Context) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._notifier = Notifier(window)
        context.run_controller.state_changed.connect(self._show_run)
        context.run_controller.ended.connect(self._on_ended)

    def _show_run(self, state: RunState) -> None:
        if state.ended:
            return
        done = percent(self._context.run_controller.share)
        self._window.setWindowTitle(tr("{done} – CatDog", done=done))
        paused = state.phase == "paused"
        words = tr("Training is paused · {done}", done=done) if paused else tr("Training · {done}", done=done)
        self._window.sidebar.footer.setText(words)

    def _on_ended(self, result: RunResult) -> None:
        self._window.setWindowTitle("CatDog")
        self._window.sidebar.footer.clear()
        self._context.models_changed.emit()
        if result.status == "failed":
            error = result.error
            text = translated(error.sentence) if error else tr("It ended with an error.")
            self._notifier.notify(tr("The training failed"), text)
        elif result.evaluation is not None:
            accuracy = tr("Right on {share} of the test photos.", share=percent(result.evaluation.accuracy, 1))
            self._notifier.notify(tr("The training is done"), accuracy)
        elif result.model is not None:
            self._notifier.notify(tr("The training is done"), tr("Its best epoch is kept."))
        else:
            self._notifier.notify(tr("The training was stopped"), tr("No epoch was finished, so there is no model."))
