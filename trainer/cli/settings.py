"""The settings of a run as options of the command line, made from the description of each setting."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from trainer.core.config import FORMER_NAMES, AugmentConfig, TrainConfig
from trainer.core.setting import Setting, describe

_Command = TypeVar("_Command", bound=Callable[..., None])

# Not made here: --recipe is written out in `train`, and the version of the settings cannot be chosen.
_APART = {"recipe", "version"}
_SPELLINGS = {"optimiser": ("--optimiser", "--optimizer")} | {
    now: (f"--{now.replace('_', '-')}", f"--{former.replace('_', '-')}") for former, now in FORMER_NAMES.items()
}
_USUAL = {"epochs", "batch_size", "learning_rate", "image_size", "seed", "patience", "device", "threads", "precision"}
PANELS = ("Usual settings", "Further settings", "Augmentation")


def taking_settings(command: _Command) -> _Command:
    """Return the command with an option for each setting in place of its `**settings`."""
    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    options = [*_options(TrainConfig), *_options(AugmentConfig, PANELS[2])]
    command.__signature__ = signature.replace(parameters=own + options)  # type: ignore[attr-defined]
    command.__annotations__ |= {option.name: option.annotation for option in options}
    return command


def named(context: typer.Context, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the settings of that kind that the command line names."""
    return {
        name: context.params[name] for name in describe(kind) if name in context.params and was_given(context, name)
    }


def was_given(context: typer.Context, name: str) -> bool:
    """Return whether the command line names that parameter."""
    return getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"


def _options(kind: type[msgspec.Struct], panel: str = "") -> list[inspect.Parameter]:
    return [
        _option(setting, panel or PANELS[setting.name not in _USUAL])
        for setting in describe(kind).values()
        if setting.name not in _APART
    ]


def _option(setting: Setting, panel: str) -> inspect.Parameter:
    option = typer.Option(
        *_SPELLINGS.get(setting.name, ()),
        help=f"{setting.help} ({setting.allowed}; classic has {setting.default})",
        show_default=False,
        rich_help_panel=panel,
    )
    annotation: Any = Annotated[setting.kind | None, option]
    return inspect.Parameter(setting.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
