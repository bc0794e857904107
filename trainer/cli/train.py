"""`catdog-cli train`."""

# ruff: noqa: ARG001 - typer makes the options from the signature; their values come through the context

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import structs

from trainer.cli.chosen_recipe import chosen_config
from trainer.cli.console import AsJson, discard_output, interruptible, print_json_text, say, say_error, say_note
from trainer.cli.dataset_choice import ClassFolders, LeftOut, choice_of
from trainer.cli.evaluate import show_metrics
from trainer.cli.ranks import Reduce, end_process, is_fast, say_end
from trainer.cli.settings import PANELS, named, taking_settings, was_given
from trainer.cli.train_display import TrainDisplay
from trainer.core.best_recipe import AUTO
from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.duration import parse_duration
from trainer.core.errors import CancelledError, SettingError
from trainer.core.events import AnyEvent, Noted, PhotoSeen, StageProgressed, to_line
from trainer.core.recipes import FIRST_CHOICE, RECIPES
from trainer.core.recipes import recipe as recipe_named
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.training.distributed.place import Place, find_place
from trainer.training.reporter import Emit

if TYPE_CHECKING:
    from trainer.storage.tensorboard_log import TensorBoardLog
    from trainer.training.distributed.team import Team

_RECIPES = (
    f"The network to train: {', '.join(RECIPES)}; or auto, which chooses recipe, backbone and settings by the number "
    "of photos and the time."
)
RecipeChoice = Annotated[str, typer.Option(help=_RECIPES)]
TimeGiven = Annotated[
    str,
    typer.Option(
        metavar="90s|10m|1h30m",
        help="Train for about this long (10s to 168h), from the first look at the photos to the end of the test: as "
        "many epochs as fit, with a schedule made for them. (default: as many epochs as are set)",
        show_default=False,
        rich_help_panel=PANELS[0],
    ),
]
AugmentName = Annotated[
    str,
    typer.Option(
        help="How much training photos are varied: off, light or strong. (default: the recipe's own)",
        show_default=False,
        rich_help_panel=PANELS[2],
    ),
]
SplitParts = Annotated[
    str | None,
    typer.Option(
        metavar="TRAIN/VALIDATION/TEST",
        help="How photos are shared out where the folders do not say. (default 70/15/15)",
        show_default=False,
    ),
]
# In a run that goes on. How many threads compute changes no number.
_MAY_CHANGE = ("epochs", "threads")
EXIT_CODES = {"completed": 0, "failed": 1, "stopped": 130}


@taking_settings
def train(
    context: typer.Context,
    dataset: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DATASET...",
            help="A folder or .zip of photos in two classes, or two folders, one for each class.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    *,
    class_folder: ClassFolders = None,
    leave_out: LeftOut = None,
    recipe: RecipeChoice = "classic",
    time: TimeGiven = "",
    augment: AugmentName = "",
    split: SplitParts = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Make the run's folder in this one. (default: the user's runs folder)",
            show_default=False,
            readable=False,
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Continue the run in this folder, or begin it where it was prepared. Only --epochs and --threads can "
            "change; DATASET says where its photos are, if they have moved.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write each epoch for TensorBoard too, into the run's folder.")
    ] = False,
    reduce: Reduce = "exact",
    json: AsJson = False,
    **settings: Any,
) -> None:
    """Train a network to tell the two classes of a dataset apart, then test it on photos that it never saw.

    Ctrl+C ends the run properly and keeps the best epoch; --resume continues from there.

    Several processes or machines share the work under torchrun: torchrun --nproc-per-node 2 -m trainer train DATASET
    """
    given = given_settings(context, dataset, class_folder, leave_out)
    place = find_place()
    fast = is_fast(reduce, place)
    leads = place is None or place.rank == 0
    board = _tensorboard_log() if tensorboard and leads else None
    seconds = given.get("time_budget", 0)
    known = "" if resume else FIRST_CHOICE if recipe == AUTO else recipe
    augmented = "augment" in given and not given["augment"].only_mirrors
    shown = TrainDisplay(quiet=json, recipe=known, seconds=seconds, augmented=augmented)
    with interruptible() as control, shown as display:
        lines = JsonLines() if json and leads else None

        def emit(event: AnyEvent) -> None:
            if lines is not None:
                lines.write(event)
            if board is not None:
                board.write(event)
            display.show(event)

        result, must_end_now = _run(given, out=out, resume=resume, emit=emit, control=control, place=place, fast=fast)
    if place is not None and not leads:
        say_end(place, result)
    elif not json:
        _show_result(result)
    end_process(result.error.exit_code if result.error else EXIT_CODES[result.status], now=must_end_now)


class JsonLines:
    """Events on standard output. Where its reader ends, the run goes on: its folder has everything."""

    def __init__(self) -> None:
        self._open = True

    def write(self, event: AnyEvent) -> None:
        """Print one event, unless it is a thumbnail: those are for windows."""
        if not self._open or isinstance(event, PhotoSeen):
            return
        try:
            print_json_text(to_line(event))
        except OSError as error:
            self._open = False
            discard_output()
            say_note(f"Standard output cannot be written to ({error.strerror}). The run goes on.")


def _tensorboard_log() -> "TensorBoardLog":
    from trainer.storage.tensorboard_log import TensorBoardLog  # noqa: PLC0415 - torch takes seconds

    return TensorBoardLog(say_note)


def given_settings(
    context: typer.Context,
    dataset: list[Path] | None,
    class_folder: list[str] | None,
    leave_out: list[Path] | None,
) -> dict[str, Any]:
    """Return what the command line names, as `TrainConfig.from_mapping` takes it. Raises SettingError."""
    given = _given(context)
    if dataset:
        photos = choice_of(dataset, class_folder, leave_out)
        chosen = {"dataset": photos.root, "class_folders": photos.class_folders, "left_out": photos.left_out}
        given |= {name: value for name, value in chosen.items() if value}
    elif class_folder or leave_out:
        raise SettingError("No dataset was named.", remedy="Name the folder or zip that the photos are in.")
    return given


def _given(context: typer.Context) -> dict[str, Any]:
    """Return the settings that the command line names, as `TrainConfig.from_mapping` takes them."""
    given = named(context, TrainConfig)
    if was_given(context, "recipe"):
        given["recipe"] = context.params["recipe"]
    if was_given(context, "time"):
        given["time_budget"] = parse_duration(context.params["time"])
    varied = named(context, AugmentConfig)
    if was_given(context, "augment"):
        given["augment"] = structs.replace(AugmentConfig.level(context.params["augment"]), **varied)
    elif varied:
        chosen = context.params["recipe"]
        usual = recipe_named(FIRST_CHOICE if chosen == AUTO else chosen).augment
        given["augment"] = structs.replace(usual, **varied)
    if was_given(context, "split"):
        given["split"] = _split(context.params["split"])
    return given


def _split(text: str) -> SplitConfig:
    """Read "70/15/15"."""
    try:
        train, validation, test = (float(part) / 100 for part in text.split("/"))
    except ValueError:
        raise SettingError(f"The split {text!r} cannot be read.", remedy="Write it as 70/15/15.") from None
    if train + validation + test < 0.02:  # written as fractions: 0.7/0.15/0.15
        train, validation, test = 100 * train, 100 * validation, 100 * test
    return SplitConfig(train=round(train, 6), validation=round(validation, 6), test=round(test, 6))


def _run(
    given: dict[str, Any],
    *,
    out: Path | None,
    resume: Path | None,
    emit: Emit,
    control: RunControl,
    place: Place | None,
    fast: bool,
) -> tuple[RunResult, bool]:
    """Train, and return the result, and whether the process must end without tidying up."""
    if place is None:
        from trainer.training.distributed.team import ALONE  # noqa: PLC0415 - torch takes seconds

        return _lead(given, out=out, resume=resume, emit=emit, control=control, team=ALONE), False
    from trainer.training.torchrun import work_as_rank  # noqa: PLC0415 - torch takes seconds

    photos = Path(given["dataset"]) if "dataset" in given else None
    return work_as_rank(
        place,
        lambda team: _lead(given, out=out, resume=resume, emit=emit, control=control, team=team),
        photos=photos,
        control=control,
        fast=fast,
        resumes=resume is not None,
    )


def _lead(
    given: dict[str, Any],
    *,
    out: Path | None,
    resume: Path | None,
    emit: Emit,
    control: RunControl,
    team: "Team",
) -> RunResult:
    if resume is not None:
        if out is not None:
            raise SettingError("A resumed run stays in its folder.", remedy="Do not use --out with --resume.")
        photos = given.pop("dataset", None)
        _refuse_changes(given, resume)
        from trainer.training.loop import resume as go_on  # noqa: PLC0415 - torch takes seconds; a wrong setting must not

        return go_on(
            resume,
            epochs=given.get("epochs"),
            threads=given.get("threads"),
            photos=Path(photos) if photos else None,
            emit=emit,
            control=control,
            team=team,
        )
    if "dataset" not in given:
        raise SettingError("No dataset was named.", remedy="Name a folder or zip of photos, or a run with --resume.")

    def progress(done: int, total: int) -> None:
        emit(StageProgressed(stage="scan", done=done, total=total))

    try:
        chosen = chosen_config(
            given, note=lambda text: emit(Noted(text=text)), progress=progress, cancelled=control.should_stop
        )
    except CancelledError:
        return RunResult(status="stopped")
    from trainer.training.loop import train as begin  # noqa: PLC0415

    return begin(chosen.config, out=out, emit=emit, control=control, known=chosen.known, team=team)


def _refuse_changes(given: dict[str, Any], resume: Path) -> None:
    """Raise SettingError where the command line contradicts the run that is to be resumed."""
    config = RunFolder.open(resume).read_record().config
    for name, value in given.items():
        if name not in _MAY_CHANGE and value != getattr(config, name):
            raise SettingError(
                f"A resumed run keeps its settings, and another value was given for {_option(name)}.",
                remedy="Resume without this option, or start a new run. Only --epochs and --threads can change.",
            )


def _option(setting: str) -> str:
    named = {"time_budget": "time", "left_out": "leave-out", "class_folders": "class-folder"}
    return f"--{named.get(setting, setting.replace('_', '-'))}"


def _show_result(result: RunResult) -> None:
    if result.error is not None:
        say_error(result.error.sentence)
    if result.status == "stopped" and result.history:
        say_note(f"Stopped after epoch {len(result.history)}, as you asked.")
    elif result.status == "stopped":
        say_note("Stopped before the first epoch was done, so there is no model yet.")
    if result.evaluation is not None:
        show_metrics(result.evaluation)
    if result.error is not None and result.model is not None:
        say(f"The model so far is {result.model}")
    elif result.model is not None:
        say(f"The model of the best epoch, {result.best_epoch}, is {result.model}")
    if result.run_folder is not None and result.status != "completed":
        say(f'To continue: catdog-cli train --resume "{result.run_folder}"')
