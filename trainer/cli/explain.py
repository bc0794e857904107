"""`catdog-cli explain`."""

import io
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
import typer

from trainer.cli.console import AsJson, interruptible, print_json, progress_bar, say, say_error
from trainer.cli.predict import default_model, find_given, say_prediction
from trainer.core.errors import PhotoError, SettingError
from trainer.core.results import Prediction
from trainer.core.text import plain
from trainer.files.atomic import disk_errors, write_atomically

if TYPE_CHECKING:
    from trainer.inference.predictor import Predictor

ENDING = ".heat.jpg"


class _Explained(NamedTuple):
    prediction: Prediction
    class_name: str | None = None
    file: Path | None = None


def explain(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTO_OR_FOLDER...", help="Photos, or folders of them.", show_default=False, readable=False
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="DIR", help="The folder for the heat maps.", show_default=False, readable=False
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            help="The model to use. By default: the one that comes with CatDog.", show_default=False, readable=False
        ),
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Search subfolders too.")] = False,
    opacity: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of the hottest place.")] = 0.6,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    json: AsJson = False,
) -> None:
    """Show why: write each photo with a heat map over it of what speaks for the class of its verdict.

    The warmer a place, the more of the verdict comes from it. Photos that seem to be of neither class have no heat map:
    nothing in them speaks for one. The photos themselves stay as they are, and no file in
    the folder is overwritten.
    """
    if out.exists() and not out.is_dir():
        raise SettingError(f"{out} is not a folder.", remedy="Name a folder after --out.", path=out)
    found: list[_Explained] = []
    with interruptible() as control, progress_bar("Explaining") as progress:
        chosen, problems = find_given(photos, recursive=recursive, cancelled=control.should_stop)
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        predictor = Predictor.load(model or default_model(), device=device)
        with disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        for photo, prediction in zip(chosen, predictor.predict(chosen, cancelled=control.should_stop), strict=True):
            explained = _write(predictor, photo, prediction, out, opacity) if prediction.closest_class else None
            found.append(explained or _Explained(prediction))
            progress(len(found), len(chosen))
            if not json:
                _say(found[-1])
    for problem in problems:
        say_error(f"{problem.path}: {problem.reason}")
    if json:
        print_json([_as_json(each) for each in found])
    if problems or any(each.prediction.error for each in found):
        raise typer.Exit(1)


def _write(predictor: "Predictor", photo: Path, prediction: Prediction, out: Path, opacity: float) -> _Explained:
    """Write the photo with its heat map. A photo that went away meanwhile has none, and its verdict says why."""
    from trainer.inference.explain import explain, overlay  # noqa: PLC0415 - torch takes seconds

    try:
        found = explain(predictor, photo, prediction)
        image = overlay(photo, found.heat, opacity=opacity)
    except PhotoError as error:
        return _Explained(msgspec.structs.replace(prediction, error=error.what))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=92)
    file = _free(out, photo.stem)
    write_atomically(file, content.getvalue())
    return _Explained(prediction, found.class_name, file)


def _say(explained: _Explained) -> None:
    say_prediction(explained.prediction)
    if explained.file is not None:
        say(f"         what speaks for {explained.class_name}: {explained.file}")


def _free(folder: Path, stem: str) -> Path:
    """Return a path in the folder at which there is nothing yet."""
    numbers = itertools.count(2)
    path = folder / f"{stem}{ENDING}"
    while os.path.lexists(path):
        path = folder / f"{stem} ({next(numbers)}){ENDING}"
    return path


def _as_json(explained: _Explained) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(explained.prediction, enc_hook=plain),
        "explains": explained.class_name,
        "heat_map": str(explained.file) if explained.file is not None else None,
    }
