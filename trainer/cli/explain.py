"""`catdog-cli explain`."""

import contextlib
import io
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
import typer

from trainer.cli.console import AsJson, interruptible, print_json, progress_bar, say, say_error, say_note
from trainer.cli.photo_choice import Device, GivenPhotos, Model, Recursive, default_model, find_given
from trainer.cli.predict import say_prediction
from trainer.core.errors import ModelFileError, PhotoError, SettingError
from trainer.core.results import Neighbour, Prediction
from trainer.core.text import plain
from trainer.files.atomic import disk_errors, write_atomically
from trainer.sorting.names import numbered

if TYPE_CHECKING:
    from trainer.inference.neighbours import Neighbours
    from trainer.inference.predictor import Predictor

ENDING = ".heat.jpg"


class _Explained(NamedTuple):
    prediction: Prediction
    file: Path | None = None
    """Its heat map; None where there is nothing to explain."""
    neighbours: tuple[Neighbour, ...] | None = None
    """The training photos that it is most like; None where the model brings none along, or it cannot be read."""


def explain(
    photos: GivenPhotos,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="DIR", help="The folder for the heat maps.", show_default=False, readable=False
        ),
    ],
    model: Model = None,
    recursive: Recursive = False,
    opacity: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of the hottest place.")] = 0.6,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Show why: write each photo with a heat map over it of what speaks for the class of its verdict.

    The warmer a place, the more of the verdict comes from it. Photos that seem to be of neither class have no heat map:
    nothing in them speaks for one. The photos themselves stay as they are, and no file in the folder is overwritten.

    The model of a run also names the training photos that each photo is most like, with their classes and similarities
    (1 for the same photo).
    """
    if out.exists() and not out.is_dir():
        raise SettingError(f"{out} is not a folder.", remedy="Name a folder after --out.", path=out)
    found: list[_Explained] = []
    with interruptible() as control, progress_bar("Explaining") as progress:
        chosen, problems = find_given(photos, recursive=recursive, cancelled=control.should_stop)
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        path = model or default_model()
        predictor = Predictor.load(path, device=device)
        neighbours = _neighbours(path, predictor)
        with disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        for photo, prediction in zip(chosen, predictor.predict(chosen, cancelled=control.should_stop), strict=True):
            explained = _explain(predictor, photo, prediction, out, opacity)
            found.append(explained._replace(neighbours=_nearest(predictor, neighbours, photo)))
            progress(len(found), len(chosen))
            if not json:
                _say(found[-1])
    for problem in problems:
        say_error(f"{problem.path}: {problem.reason}")
    if json:
        print_json([_as_json(each) for each in found])
    if problems or any(each.prediction.error for each in found):
        raise typer.Exit(1)


def _explain(predictor: "Predictor", photo: Path, prediction: Prediction, out: Path, opacity: float) -> _Explained:
    """Write the photo with its heat map. A photo that went away meanwhile has none, and its verdict says why."""
    class_name = prediction.closest_class
    if class_name is None:
        return _Explained(prediction)
    from trainer.inference.explain import heat_map, overlay  # noqa: PLC0415 - torch takes seconds

    try:
        image = overlay(photo, heat_map(predictor, photo, class_name), opacity=opacity)
    except PhotoError as error:
        return _Explained(msgspec.structs.replace(prediction, error=error.what))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=92)
    file = _free(out, photo.stem)
    write_atomically(file, content.getvalue())
    return _Explained(prediction, file)


def _neighbours(model: Path, predictor: "Predictor") -> "Neighbours | None":
    """Return the model's training photos; where there are none to show, say why."""
    from trainer.inference.neighbours import Neighbours  # noqa: PLC0415 - torch takes seconds

    try:
        found = Neighbours.of_model(model, predictor)
    except ModelFileError as error:
        say_error(error.sentence)
        return None
    if found is None:
        say_note("This model brings no training photos along.")
    return found


def _nearest(predictor: "Predictor", neighbours: "Neighbours | None", photo: Path) -> tuple[Neighbour, ...] | None:
    from trainer.inference.neighbours import embedding  # noqa: PLC0415 - torch takes seconds

    if neighbours is None:
        return None
    with contextlib.suppress(PhotoError):  # its verdict says so
        return neighbours.nearest(embedding(predictor, photo))
    return None


def _say(explained: _Explained) -> None:
    say_prediction(explained.prediction)
    if explained.file is not None:
        say(f"         what speaks for {explained.prediction.closest_class}: {explained.file}")
    for near in explained.neighbours or ():
        say(f"         like {near.name} ({near.class_name}, {near.similarity:.2f})")


def _free(folder: Path, stem: str) -> Path:
    """Return a path in the folder at which there is nothing yet."""
    paths = (folder / f"{numbered(stem, [ENDING], number)}{ENDING}" for number in itertools.count(1))
    return next(path for path in paths if not os.path.lexists(path))


def _as_json(explained: _Explained) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(explained.prediction, enc_hook=plain),
        "explains": explained.prediction.closest_class if explained.file is not None else None,
        "heat_map": str(explained.file) if explained.file is not None else None,
        "neighbours": None if explained.neighbours is None else [_of_neighbour(near) for near in explained.neighbours],
    }


def _of_neighbour(neighbour: Neighbour) -> dict[str, Any]:
    return {"name": neighbour.name, "class": neighbour.class_name, "similarity": neighbour.similarity}
