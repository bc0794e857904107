"""What was trained or opened on this computer: each model with its run, also what is damaged or unfinished."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from trainer.core.errors import CheckpointError, TrainerError
from trainer.core.results import EvaluationMetrics, RunStatus
from trainer.core.text import text
from trainer.files.paths import models_folder, runs_folder
from trainer.storage import starter
from trainer.storage.model_list import ENDING, OF_RUN, ModelEntry, describe_model, own_title, usual_title
from trainer.storage.notes import read_note
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import read_start
from trainer.storage.run_list import RunSummary, read_summary

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A model, the run it comes from, or both."""

    path: Path
    """The model's file; of a run, where it is or would be."""
    title: str
    model: ModelEntry | None = None
    """None where the run has none, or it cannot be read."""
    run: RunSummary | None = None
    """None where it comes from elsewhere, or the run cannot be read."""
    damage: str = ""
    """Why the model or the run cannot be read, as a sentence."""
    note: str = ""
    learnt_from: int | None = None
    """Training photos."""

    @property
    def is_of_run(self) -> bool:
        """Whether it stands in a run's folder, and goes with it."""
        return self.run is not None or (bool(self.damage) and self.path.name == OF_RUN)

    @property
    def is_starter(self) -> bool:
        """Whether it comes with CatDog."""
        return self.model is not None and self.model.is_starter

    @property
    def status(self) -> RunStatus | Literal["running", "interrupted", "damaged", ""]:
        """How the run ended; "" where there is no run to speak of."""
        if self.damage:
            return "damaged"
        return self.run.status if self.run is not None else ""

    @property
    def made(self) -> str:
        """When the model was made, or a run without one began, in ISO 8601; "" where nothing says so."""
        if self.model is not None:
            return self.model.description.origin.created
        return self.run.created if self.run is not None else ""

    @property
    def created(self) -> datetime:
        """The same as a time; the year 1 where it is none."""
        try:
            found = datetime.fromisoformat(self.made)
        except ValueError:
            return _LONG_AGO
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def recipe(self) -> str:
        """Name of the recipe, "" where nothing says so."""
        if self.model is not None:
            return self.model.description.recipe
        return self.run.config.recipe if self.run is not None else ""

    @property
    def dataset(self) -> str:
        """Name of the folder or zip, without the folders above it."""
        if self.model is not None:
            return self.model.description.origin.dataset
        return Path(self.run.config.dataset).name if self.run is not None else ""

    @property
    def test(self) -> EvaluationMetrics | None:
        """How it fared on the test photos of its own dataset."""
        if self.model is not None:
            return self.model.description.test
        return self.run.evaluation if self.run is not None else None

    @property
    def rank(self) -> tuple[float, int, datetime]:
        """What it is sorted by, the best last: the lower bound of its accuracy, as its test photos can tell it."""
        return rank(self.test, self.created)

    def says(self, words: str) -> bool:
        """Whether each of these words occurs in its name, recipe, dataset or note, however it is written."""
        text = f"{self.title}\n{self.recipe}\n{self.dataset}\n{self.note}".casefold()
        return all(word in text for word in words.casefold().split())


def rank(test: EvaluationMetrics | None, created: datetime) -> tuple[float, int, datetime]:
    """Return the key by which models are sorted by how good they are: untested ones, then by the lower bound."""
    return (test.accuracy_interval[0], test.photos, created) if test is not None else (-1.0, 0, created)


def list_kept(runs: Path | None = None) -> list[Kept]:
    """Return all models and runs, the newest first and the starter model last. It reads many files.

    `runs` is the folder with the runs' folders, by default the user's.
    """
    found = [*_of_runs(runs or runs_folder()), *_of_elsewhere()]
    return sorted(found, key=lambda kept: (not kept.is_starter, kept.created), reverse=True)


def best_first(found: Iterable[Kept]) -> list[Kept]:
    """Return these by the lower bound of their accuracy, the best first."""
    return sorted(found, key=lambda kept: kept.rank, reverse=True)


def _of_runs(parent: Path) -> Iterator[Kept]:
    try:
        folders = [path for path in parent.iterdir() if path.is_dir()]
    except OSError:  # none was made yet, or the folder cannot be read
        return
    for folder in folders:
        names = {path.name for path in folder.glob(f"*{ENDING}")}
        if RunFolder(folder).is_run():
            yield _run(folder, has_model=OF_RUN in names)
            names.discard(OF_RUN)
        # Whoever keeps other things in the folder of the runs is told of none of them.
        yield from (kept for kept in (_file(folder / name) for name in sorted(names)) if not kept.damage)


def _of_elsewhere() -> Iterator[Kept]:
    yield from (_file(path) for path in models_folder().glob(f"*{ENDING}"))
    shipped = starter.starter_model()
    if shipped is not None:
        yield _file(shipped)


def _run(folder: Path, *, has_model: bool) -> Kept:
    path = folder / OF_RUN
    run, model, damage = None, None, ""
    try:
        run = read_summary(folder)
    except (CheckpointError, OSError) as error:
        damage = _reason(error)
    if has_model:
        try:
            model = describe_model(path)
        except (TrainerError, OSError) as error:
            damage = damage or _reason(error)
    usual = usual_title(path, run.config.recipe, Path(run.config.dataset).name) if run is not None else folder.name
    return Kept(
        path=path,
        title=model.title if model is not None else own_title(path) or usual,
        model=model,
        run=run,
        damage=damage,
        note=read_note(path),
        learnt_from=_learnt_from(folder, model),
    )


def _file(path: Path) -> Kept:
    try:
        model = describe_model(path)
    except (TrainerError, OSError) as error:
        return Kept(path=path, title=own_title(path) or path.stem, damage=_reason(error), note=read_note(path))
    return Kept(
        path=path,
        title=model.title,
        model=model,
        note=read_note(path),
        learnt_from=_learnt_from(path.parent, model),
    )


def _learnt_from(folder: Path, model: ModelEntry | None) -> int | None:
    if model is not None:
        return model.learnt_from
    start = read_start(folder)
    return sum(start.photos.get("train", {}).values()) if start is not None else None


def _reason(error: TrainerError | OSError) -> str:
    if isinstance(error, TrainerError):
        return error.what
    return text("It cannot be read ({reason}).", reason=error.strerror or str(error))
