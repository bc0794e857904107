"""How far a run is, and the buttons that steer it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui import theme
from catdog_gui.widgets.card import Card
from catdog_gui.words import duration, percent
from trainer.run_state import Phase, RunState

_TITLES: dict[Phase, str] = {
    "preparing": "Getting ready",
    "training": "Training",
    "paused": "Paused",
    "evaluating": "Testing the best epoch",
    "completed": "Done",
    "stopped": "Stopped",
    "failed": "The run failed",
}
_STAGES = {"scan": "Looking at the photos", "decode": "Reading the photos", "evaluate": "Testing the best epoch"}
# Progress bars count whole numbers: this many steps are finer than any screen.
_STEPS = 10_000


class RunHeader(Card):
    """Shows a RunState."""

    pause_requested = Signal()
    continue_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.state = RunState()
        self._stopping = False
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.percent = QLabel()
        self.percent.setProperty("role", "heading")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.facts = QLabel()
        self.facts.setProperty("role", "muted")
        self.facts.setWordWrap(True)
        self.pause = QPushButton("Pause")
        self.pause.clicked.connect(self._pause_or_go_on)
        self.stop = QPushButton("Stop and keep the best")
        self.stop.setIcon(theme.icon("stop"))
        self.stop.clicked.connect(self._stop)
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.percent)
        top.addSpacing(theme.S)
        top.addWidget(self.pause)
        top.addWidget(self.stop)
        self.body.addLayout(top)
        column = QVBoxLayout()
        column.setSpacing(theme.S)
        column.addWidget(self.bar)
        column.addWidget(self.facts)
        self.body.addLayout(column)
        self.show_state(self.state)

    def begin(self) -> None:
        """Make ready for another run."""
        self._stopping = False
        self.show_state(RunState())

    def show_state(self, state: RunState) -> None:
        """Show how far the run is."""
        self.state = state
        stage = state.stage if state.phase in ("preparing", "evaluating") else None
        self.title.setText("Stopping…" if self._stopping and not state.ended else self._title(state))
        if stage is not None and stage.total:
            self._show_share(stage.done / stage.total)
        elif state.phase == "preparing":
            self.bar.setRange(0, 0)
            self.percent.clear()
        else:
            self._show_share(state.fraction)
        self.facts.setText("  ·  ".join(self._facts(state)))
        paused = state.phase == "paused"
        self.pause.setText("Continue" if paused else "Pause")
        self.pause.setIcon(theme.icon("play" if paused else "pause"))
        self.pause.setEnabled(state.phase in ("training", "paused") and not self._stopping)
        self.stop.setEnabled(not state.ended and not self._stopping)
        for button in (self.pause, self.stop):
            button.setVisible(not state.ended)

    def _show_share(self, share: float) -> None:
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(_STEPS * share))
        self.percent.setText(percent(share))

    @staticmethod
    def _title(state: RunState) -> str:
        if state.phase == "preparing" and state.stage is not None:
            return _STAGES[state.stage.stage]
        return _TITLES[state.phase]

    @staticmethod
    def _facts(state: RunState) -> list[str]:
        """Return what is known, in the order of its interest."""
        started, batch, stage = state.started, state.batch, state.stage
        if started is None:
            return [f"{stage.done:,} of {stage.total:,} photos"] if stage is not None else ["Loading the engine"]
        threads = f", {started.threads} thread{'s' if started.threads != 1 else ''}" if started.device == "cpu" else ""
        device = {"cpu": "processor", "cuda": "NVIDIA card", "mps": "Apple GPU"}.get(started.device, started.device)
        place = [f"{device}{threads}"]
        if batch is None:
            done = len(state.history)
            return [f"Epoch {min(done + 1, started.epochs)} of {started.epochs}", *place]
        speed = [f"{batch.photos_per_second:,.0f} photos a second"]
        left = [f"{duration(batch.seconds_left)} left"] if state.phase == "training" else []
        epoch = [f"Epoch {batch.epoch} of {started.epochs}", f"batch {batch.batch} of {batch.batches}"]
        return [*epoch, *left, *speed, *place]

    def _pause_or_go_on(self) -> None:
        (self.continue_requested if self.state.phase == "paused" else self.pause_requested).emit()

    def _stop(self) -> None:
        self._stopping = True
        self.show_state(self.state)
        self.stop_requested.emit()
