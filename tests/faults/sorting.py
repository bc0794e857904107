"""The commands that sort photos, take that back, keep labels, and learn from them."""

import shutil
from collections import Counter
from pathlib import Path

import safetensors.torch

from tests.faults.commands import Commands
from tests.faults.fault import Outcome
from tests.faults.operation import Operation, State, Tree, Words, done, draw, tree
from tests.faults.training import finish_a_run, model_of
from trainer.dataset.label_file import LabelBook, read_labels
from trainer.files.resources import resource

_STARTER = resource("models", "starter.safetensors")


def learn_a_model(commands: Commands) -> None:
    """Train a small network, which takes far less time for a photo than the starter model."""
    place = commands.place
    finish_a_run(commands)
    model_of(place).rename(small_model(place))
    for folder in ("photos", "runs"):
        shutil.rmtree(place / folder)


def small_model(place: Path) -> Path:
    """Return that model."""
    return place / "small.safetensors"


class Sorting(Operation):
    """Photos, with what goes along with them, moved into folders."""

    name = "sort --move"
    how: Words = ("--move", "--yes", "--write-keywords")

    def prepare(self, commands: Commands) -> None:
        photos = commands.place / "photos"
        learn_a_model(commands)
        draw(photos, each=2)
        for photo in sorted(photos.rglob("*.jpg"))[::2]:
            photo.with_suffix(".aae").write_bytes(photo.name.encode())

    def words(self, place: Path) -> Words:
        return ("sort", place / "photos", "--to", place / "sorted", "--model", small_model(place), *self.how)

    def state(self, place: Path, outcome: Outcome) -> State:
        return {"photos": tree(place / "photos"), "sorted": tree(place / "sorted")}

    def kept(self, place: Path) -> tuple[Path, ...]:
        return ()

    def harmed(self, place: Path, before: Tree) -> list[str]:
        """Return whatever of the photos is nowhere any more."""
        here = Counter([*tree(place / "photos").values(), *tree(place / "sorted").values()])
        return [f"{name} is gone" for name, content in _photos(before).items() if not here[content]]

    def go_on(self, commands: Commands, outcome: Outcome, before: Tree) -> Outcome:
        """Take it back, see that all is as it was, and sort again."""
        place = commands.place
        if outcome.code != 0 and any((place / "home").rglob("sorted/*.jsonl")):
            back = commands.run("undo")
            assert back.code in (0, 2), f"undo: {back.err}"  # 2: nothing had been sorted
        if outcome.code != 0:
            assert tree(place / "photos") == _photos(before), "undo did not put everything back"
            assert not tree(place / "sorted"), f"undo left {sorted(tree(place / 'sorted'))}"
        return done(outcome) if outcome.code == 0 else commands.run(*self.words(place))


class Copying(Sorting):
    """Photos copied into folders."""

    name = "sort"
    how = ()


class Undoing(Sorting):
    """A sorting taken back."""

    name = "undo"

    def prepare(self, commands: Commands) -> None:
        super().prepare(commands)
        done(commands.run(*super().words(commands.place)))

    def words(self, place: Path) -> Words:
        return ("undo",)

    def harmed(self, place: Path, before: Tree) -> list[str]:
        here = Counter([*tree(place / "photos").values(), *tree(place / "sorted").values()])
        sorted_ones = {name: content for name, content in before.items() if name.endswith((".jpg", ".aae"))}
        return [f"{name} is gone" for name, content in sorted_ones.items() if not here[content]]

    def go_on(self, commands: Commands, outcome: Outcome, before: Tree) -> Outcome:
        back = commands.run("undo")
        return back if back.code != 2 else outcome.completed()


class Labelling(Operation):
    """Labels said of photos, with a table of them; some were said before."""

    name = "label"
    model: Path | None = None

    def prepare(self, commands: Commands) -> None:
        learn_a_model(commands)
        draw(commands.place / "photos", each=4)
        done(commands.run(*self._saying(commands.place, "0000", "0001")))

    def words(self, place: Path) -> Words:
        return (*self._saying(place, "0002", "0003"), "--to-csv", place / "labels.csv")

    def _saying(self, place: Path, *numbers: str) -> Words:
        said = (
            ("--say", f"{name}={place}/photos/{name}s/{name}.{number}.jpg")
            for name in ("cat", "dog")
            for number in numbers
        )
        model = self.model or small_model(place)
        return (
            "label",
            place / "photos",
            "--name",
            "kept",
            "--model",
            model,
            *(word for pair in said for word in pair),
        )

    def state(self, place: Path, outcome: Outcome) -> State:
        table = place / "labels.csv"
        labels = _book(place).labels
        return {"labels": dict(sorted(labels.items())), "table": table.read_bytes() if table.exists() else None}

    def harmed(self, place: Path, before: Tree) -> list[str]:
        book = _book(place)
        labelled = [book.photos[digest].path for digest in book.labels]
        named = {Path(path).name for path in labelled}
        wanted = {f"{name}.{number}.jpg" for name in ("cat", "dog") for number in ("0000", "0001")}
        damaged = [f"{book.damaged_lines} damaged lines"] if book.damaged_lines else []
        return [*damaged, *(f"the label of {name} is gone" for name in sorted(wanted - named))]


class Learning(Labelling):
    """What a model learns from labels, as a run of its own."""

    name = "learn"
    model = _STARTER

    def prepare(self, commands: Commands) -> None:
        draw(commands.place / "photos", each=4)
        done(commands.run(*self._saying(commands.place, "0000", "0001", "0002", "0003")))

    def words(self, place: Path) -> Words:
        return ("learn", _book(place).path, "--model", _STARTER, "--keep", "--out", place / "runs", "--json")

    def state(self, place: Path, outcome: Outcome) -> State:
        models = sorted((place / "runs").glob("*/model.safetensors"))
        if not models:
            return {}
        tensors = safetensors.torch.load_file(models[-1])
        files = sorted(path.name for path in models[-1].parent.iterdir() if not path.name.startswith("."))
        return {"files": files, **{name: tensor.tolist() for name, tensor in tensors.items()}}


def _photos(before: Tree) -> Tree:
    start = "photos/"
    return {name.removeprefix(start): content for name, content in before.items() if name.startswith(start)}


def _book(place: Path) -> LabelBook:
    [path] = (place / "home").rglob("*.labels")
    return read_labels(path)


SORTING: tuple[Operation, ...] = (Sorting(), Copying(), Undoing(), Labelling(), Learning())
