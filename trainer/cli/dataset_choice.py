"""How the commands are told which photos to look at."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import SettingError

DatasetPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATASET...",
        help="A folder or .zip of photos: cats/ and dogs/, or train/ and test/ with those inside, "
        "or files named cat.1.jpg and dog.1.jpg. Or two folders, one for each class; labels, or a .csv of paths and "
        "classes.",
        show_default=False,
        readable=False,
    ),
]
ClassFolders = Annotated[
    list[str] | None,
    typer.Option(
        "--class-folder",
        metavar="DIR",
        help="A folder in DATASET to take as a class, where there are more than two: name it once for each.",
        show_default=False,
    ),
]
LeftOut = Annotated[
    list[Path] | None,
    typer.Option(
        "--leave-out",
        metavar="PHOTO",
        help="A photo in DATASET that does not count, by its path there: once for each.",
        show_default=False,
        readable=False,
    ),
]


def choice_of(datasets: list[Path], class_folders: list[str] | None, left_out: list[Path] | None) -> DatasetChoice:
    """Return what the command line names. Raises SettingError and DatasetError."""
    if len(datasets) == 1:
        root = datasets[0].absolute()
        choice = DatasetChoice(root=str(root), class_folders=tuple(map(_trimmed, class_folders or ())))
    elif class_folders:
        raise SettingError(
            "Two folders are two classes by themselves.", remedy="Leave --class-folder away, or name one dataset."
        )
    else:
        choice = DatasetChoice.of_folders(datasets)
    if not left_out:
        return choice
    photos = tuple(_below(Path(choice.root), photo) for photo in left_out)
    return DatasetChoice(root=choice.root, class_folders=choice.class_folders, left_out=photos)


def _trimmed(folder: str) -> str:
    return Path(folder).as_posix()  # without a slash at its end, which shells put there


def _below(root: Path, photo: Path) -> str:
    return (photo.relative_to(root) if photo.is_relative_to(root) else photo).as_posix()
