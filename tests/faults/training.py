"""The commands around a run: train, resume, evaluate, predict, report, export."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import safetensors.torch

from tests.faults.commands import Commands
from tests.faults.fault import Outcome
from tests.faults.operation import Operation, State, Tree, Words, done, draw
from tests.training.kills import contents
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint

_SETTINGS: Words = (
    *("--image-size", "48", "--batch-size", "8", "--threads", "1", "--precision", "float32", "--seed", "5"),
)


def train(place: Path, runs: str, epochs: int) -> Words:
    """Return the command line of a short run."""
    return ("train", place / "photos", "--out", place / runs, "--epochs", str(epochs), *_SETTINGS)


def finish_a_run(commands: Commands, epochs: int = 1) -> None:
    """Draw photos and train with them: the run is `runs/run`."""
    place = commands.place
    draw(place / "photos")
    done(commands.run(*train(place, "runs", epochs)))
    [run] = (place / "runs").iterdir()
    run.rename(run.with_name("run"))


def model_of(place: Path) -> Path:
    """Return the model of that run."""
    return place / "runs" / "run" / "model.safetensors"


def begun_runs(runs: Path) -> list[RunFolder]:
    """Return the runs in a folder that can be gone on with."""
    return [RunFolder(path) for path in sorted(runs.glob("*")) if (path / "split.json").is_file()]


def damaged_files(run: RunFolder) -> list[str]:
    """Return which files of a run are not whole."""
    readers: dict[Path, Callable[[Path], object]] = {
        **dict.fromkeys((run.config, run.split, run.evaluation, run.health), _read_json),
        **dict.fromkeys((run.checkpoint, run.previous_checkpoint), checkpoint.read),
        **dict.fromkeys((run.model, run.training_photos), safetensors.torch.load_file),
        run.metrics: _read_losses,
    }
    found = []
    for file, reader in readers.items():
        if file.exists():
            try:
                reader(file)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it
                found.append(f"{file.name} is damaged ({error})")
    return found


def _read_json(path: Path) -> object:
    return json.loads(path.read_bytes())


def _read_losses(path: Path) -> object:
    return [float(row["val_loss"]) for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))]


def run_state(run: RunFolder) -> State:
    """Return a run's numbers, and which files it has."""
    passing = run.previous_checkpoint.name  # there or not, as the run was interrupted or not
    names = sorted(path.name for path in run.path.iterdir() if not path.name.startswith(".") and path.name != passing)
    return {**contents(run), "files": names}


class Training(Operation):
    """A new run of two epochs."""

    name = "train"

    def prepare(self, commands: Commands) -> None:
        draw(commands.place / "photos")

    def words(self, place: Path) -> Words:
        return train(place, "runs", 2)

    def state(self, place: Path, outcome: Outcome) -> State:
        runs = begun_runs(place / "again") or begun_runs(place / "runs")
        return run_state(runs[-1]) if runs and runs[-1].has_checkpoint else {}

    def harmed(self, place: Path, before: Tree) -> list[str]:
        return [each for run in begun_runs(place / "runs") for each in damaged_files(run)]

    def go_on(self, commands: Commands, outcome: Outcome, before: Tree) -> Outcome:
        begun = begun_runs(commands.place / "runs")
        if begun and outcome.code != 0:
            return commands.run("train", "--resume", begun[-1].path)
        return commands.run(*train(commands.place, "again", 2))


class Resuming(Training):
    """A run of one epoch that is resumed for a second one."""

    name = "train --resume"

    def prepare(self, commands: Commands) -> None:
        finish_a_run(commands)

    def words(self, place: Path) -> Words:
        return ("train", "--resume", place / "runs" / "run", "--epochs", "2")

    def harmed(self, place: Path, before: Tree) -> list[str]:
        run = RunFolder(place / "runs" / "run")
        missing = [file.name for file in (run.config, run.split, run.model) if not file.is_file()]
        if not run.has_checkpoint:
            missing.append(run.checkpoint.name)
        return [*super().harmed(place, before), *(f"{name} is gone" for name in missing)]

    def go_on(self, commands: Commands, outcome: Outcome, before: Tree) -> Outcome:
        return commands.run(*self.words(commands.place))


class Evaluating(Operation):
    """The test of a model."""

    name = "evaluate"

    def prepare(self, commands: Commands) -> None:
        finish_a_run(commands)

    def words(self, place: Path) -> Words:
        return ("evaluate", model_of(place), place / "photos", "--split", "all", "--json")

    def state(self, place: Path, outcome: Outcome) -> State:
        return {"evaluation": json.loads(outcome.out) if outcome.out else None}

    def kept(self, place: Path) -> tuple[Path, ...]:
        return (place / "photos", place / "runs")


class Predicting(Evaluating):
    """Verdicts in a table, where there is an older one."""

    name = "predict --csv"

    def prepare(self, commands: Commands) -> None:
        super().prepare(commands)
        some = commands.place / "photos" / "cats" / "cat.0000.jpg"
        done(commands.run("predict", some, "--model", model_of(commands.place), "--csv", commands.place / "table.csv"))

    def words(self, place: Path) -> Words:
        return ("predict", place / "photos" / "dogs", "--model", model_of(place), "--csv", place / "table.csv")

    def state(self, place: Path, outcome: Outcome) -> State:
        return {"table": (place / "table.csv").read_text(encoding="utf-8")}

    def harmed(self, place: Path, before: Tree) -> list[str]:
        rows = list(csv.reader(io.StringIO((place / "table.csv").read_text(encoding="utf-8"), newline="")))
        whole = 1 < len(rows) <= 11 and {len(row) for row in rows} == {len(rows[0])}
        return [] if whole else ["table.csv is cut"]


class Reporting(Evaluating):
    """The report of a run, into a file of its own."""

    name = "report"

    def words(self, place: Path) -> Words:
        return ("report", place / "runs" / "run", "--out", place / "report.html")

    def state(self, place: Path, outcome: Outcome) -> State:
        file = place / "report.html"
        return {"report": file.read_text(encoding="utf-8") if file.exists() else None}

    def harmed(self, place: Path, before: Tree) -> list[str]:
        found = self.state(place, Outcome(0, "", "", ()))["report"]
        return [] if found is None or str(found).rstrip().endswith("</html>") else ["report.html is cut"]


class Exporting(Evaluating):
    """The ONNX file of a model, where there is an older one."""

    name = "export"

    def prepare(self, commands: Commands) -> None:
        super().prepare(commands)
        done(commands.run("export", model_of(commands.place), "--int8", "--out", commands.place / "model.onnx"))

    def words(self, place: Path) -> Words:
        return ("export", model_of(place), "--out", place / "model.onnx")

    def state(self, place: Path, outcome: Outcome) -> State:
        return {"export": (place / "model.onnx").read_bytes()}

    def harmed(self, place: Path, before: Tree) -> list[str]:
        import onnx

        try:
            onnx.checker.check_model(onnx.load_from_string((place / "model.onnx").read_bytes()))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            return [f"model.onnx is damaged ({error})"]
        return []


TRAINING: tuple[Operation, ...] = (
    Training(),
    Resuming(),
    Evaluating(),
    Predicting(),
    Reporting(),
    Exporting(),
)
