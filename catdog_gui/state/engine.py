"""The calls into the engine that bring torch along, for worker threads.

The window is on the screen before torch is loaded. So that every other module can have its imports at the top, torch is
imported here alone, in the thread that makes the call.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import ModelFileError
from trainer.core.events import StageProgressed
from trainer.core.progress import Cancelled, Progress
from trainer.core.results import Neighbour, RunResult

if TYPE_CHECKING:
    from trainer.dataset.records import Dataset, Photo
    from trainer.inference.neighbours import Neighbours
    from trainer.inference.predictor import Predictor
    from trainer.labelling.health_check import Health

Emit = Callable[[object], None]


class Engine(Protocol):
    """The two calls that a run needs; tests put their own in place of them."""

    def train(
        self, config: TrainConfig, *, out: Path | None, emit: Emit, control: RunControl, known: "Sequence[Photo]"
    ) -> RunResult:
        """Run from the beginning; `known` photos that have not changed are not read again to find them."""

    def resume(self, run_folder: Path, *, epochs: int | None, emit: Emit, control: RunControl) -> RunResult:
        """Continue from a checkpoint."""


class TorchEngine:
    """`trainer.training.loop`."""

    def train(
        self, config: TrainConfig, *, out: Path | None, emit: Emit, control: RunControl, known: "Sequence[Photo]"
    ) -> RunResult:
        """Run from the beginning; `known` photos that have not changed are not read again to find them."""
        from trainer.training import loop  # noqa: PLC0415 - brings torch along

        return loop.train(config, out=out, emit=emit, control=control, known=known)

    def resume(self, run_folder: Path, *, epochs: int | None, emit: Emit, control: RunControl) -> RunResult:
        """Continue from a checkpoint."""
        from trainer.training import loop  # noqa: PLC0415 - brings torch along

        return loop.resume(run_folder, epochs=epochs, emit=emit, control=control)


def seconds_a_look() -> float:
    """Return how long this machine takes for a look at a photo, on one core."""
    from trainer.models import look_time  # noqa: PLC0415 - brings torch along

    return look_time.seconds_a_look()


def load_predictor(model: Path, *, device: str, threads: int) -> "Predictor":
    """Load a model file to classify photos with. Raises ModelFileError, and SettingError for a device not there."""
    from trainer.inference.predictor import Predictor  # noqa: PLC0415 - brings torch along

    return Predictor.load(model, device=device, threads=threads)


def heat_pixels(predictor: "Predictor", photo: Path | bytes, class_name: str) -> tuple[bytes, int]:
    """Return what speaks for a class in a photo: the heat map as RGBA pixels of a square, with its side.

    Raises PhotoError where the photo can no longer be read.
    """
    from trainer.inference.explain import heat_colours, heat_map  # noqa: PLC0415 - brings torch along

    heat = heat_map(predictor, photo, class_name)
    return heat_colours(heat).tobytes(), len(heat)


def find_neighbours(model: Path, predictor: "Predictor") -> "Neighbours | None":
    """Return the training photos that a model brings along; None where it brings none. Raises ModelFileError."""
    from trainer.inference.neighbours import Neighbours  # noqa: PLC0415 - brings torch along

    return Neighbours.of_model(model, predictor)


def nearest_photos(predictor: "Predictor", neighbours: "Neighbours", photo: Path | bytes) -> tuple[Neighbour, ...]:
    """Return the training photos that a photo is most like. Raises PhotoError where it can no longer be read."""
    from trainer.inference.neighbours import embedding  # noqa: PLC0415 - brings torch along

    return neighbours.nearest(embedding(predictor, photo))


def check_health(
    dataset: "Dataset", model: Path | None, *, device: str, threads: int, progress: Progress, cancelled: Cancelled
) -> "Health":
    """Check a dataset with the best eye for its classes, `model` where it fits; without one, no class is doubted.

    Raises DatasetError, SettingError and CancelledError.
    """
    from trainer.labelling.eye import Eye  # noqa: PLC0415 - brings torch along
    from trainer.labelling.health_check import check_health as check  # noqa: PLC0415 - the same

    try:
        eye = Eye.choose(dataset.classes, model, device=device, threads=threads)
    except ModelFileError:
        eye = None
    return check(dataset, eye, progress=progress, cancelled=cancelled)


def kept_page(model: Path, folder: Path, *, say: Callable[[str], str], language: str) -> Path:
    """Return the page of a model below a folder, made there where it is not. Raises ModelFileError and DiskError."""
    from trainer.export import web_cache  # noqa: PLC0415 - brings torch along

    return web_cache.kept_page(model, folder, say=say, language=language)


def export_model(
    model: Path, file: Path, *, int8: bool, progress: Progress, cancelled: Cancelled, note: Callable[[str], None]
) -> str:
    """Write a model as an ONNX file over whatever is there, and return how the two compare, in a sentence or two.

    Raises ModelFileError, ExportError, DiskError and CancelledError.
    """
    from trainer.export.onnx_file import export_onnx  # noqa: PLC0415 - brings torch along

    done = export_onnx(model, file, int8=int8, force=True, progress=progress, cancelled=cancelled, note=note)
    return done.proof.sentence


def export_page(
    model: Path,
    folder: Path,
    *,
    int8: bool,
    say: Callable[[str], str],
    language: str,
    progress: Progress,
    cancelled: Cancelled,
    note: Callable[[str], None],
) -> str:
    """Write a model as a page into a folder, and return how the two compare, in a sentence or two.

    Raises what `export_model` raises, and SettingError where the folder holds something else.
    """
    from trainer.export.web import export_web  # noqa: PLC0415 - brings torch along

    done = export_web(
        model, folder, int8=int8, say=say, language=language, progress=progress, cancelled=cancelled, note=note
    )
    return done.proof.sentence


def write_report(run_folder: Path, file: Path, *, private: bool, say: Callable[[str], str], language: str) -> Path:
    """Write the report of a run over whatever is at `file`. Raises CheckpointError and DiskError."""
    from trainer.report import write  # noqa: PLC0415 - brings torch along

    return write.write_report(run_folder, file, private=private, force=True, say=say, language=language)


def prepare_elsewhere(config: TrainConfig, place: Path, *, emit: Emit, cancelled: Cancelled) -> Path:
    """Write a folder from which a run is trained elsewhere, and return it.

    Raises DatasetError, SettingError, DiskError and CancelledError.
    """
    from trainer.training import elsewhere  # noqa: PLC0415 - brings torch along

    def progress(done: int, total: int) -> None:
        emit(StageProgressed(stage="scan", done=done, total=total))

    return elsewhere.prepare_elsewhere(config, place, progress=progress, cancelled=cancelled)


def take_back(folder: Path, runs: Path | None, *, note: Callable[[str], None]) -> Path:
    """Take in a run that was trained elsewhere, and return its new folder.

    `note` is told where the copy's report could not be made. Raises CheckpointError, ModelFileError and DiskError.
    """
    from trainer.training import take_back as taking  # noqa: PLC0415 - brings torch along

    return taking.take_back(folder, runs, note=note)
