"""An engine that does as a test says."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.results import RunResult
from trainer.dataset.records import Photo

Emit = Callable[[object], None]
Script = Callable[[Emit, RunControl], RunResult]


def _complete(_emit: Emit, _control: RunControl) -> RunResult:
    return RunResult(status="completed")


class FakeEngine:
    """An engine whose runs do what the test says: `script(emit, control)` returns the RunResult, or raises."""

    def __init__(self) -> None:
        self.script: Script = _complete
        self.configs: list[TrainConfig] = []
        self.outs: list[Path | None] = []
        self.known: list[Sequence[Photo]] = []
        self.resumed: list[Path] = []
        self.epochs: list[int | None] = []
        self.thread: threading.Thread | None = None

    def train(
        self, config: TrainConfig, *, out: Path | None, emit: Emit, control: RunControl, known: Sequence[Photo]
    ) -> RunResult:
        self.configs.append(config)
        self.known.append(known)
        self.outs.append(out)
        self.thread = threading.current_thread()
        return self.script(emit, control)

    def resume(self, run_folder: Path, *, epochs: int | None, emit: Emit, control: RunControl) -> RunResult:
        self.resumed.append(run_folder)
        self.epochs.append(epochs)
        return self.script(emit, control)
