"""The settings of a run as options of the command line, made from what each setting says of itself.

typer reads options from a function's signature and knows no other way. Written out by hand, the signature would repeat
each of some thirty names, types and help texts, and nothing would keep them the same; so it is made here.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from trainer.core.config import FORMER_NAMES, AugmentConfig, TrainConfig
from trainer.core.recipes import RECIPES
from trainer.core.setting import Setting, describe

_Command = TypeVar("_Command", bound=Callable[..., None])

# Not made here: --recipe and --time are written out in `train`, and the version of the settings cannot be chosen.
_APART = {"recipe", "time_budget", "version"}
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
        help=f"{setting.help} ({_recipes_with(setting.name)}{setting.allowed}; {_defaults(setting.name)})",
        show_default=False,
        rich_help_panel=panel,
    )
    annotation: Any = Annotated[setting.kind | None, option]
    return inspect.Parameter(setting.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _recipes_with(name: str) -> str:
    """Return "compact only; " for a setting that other recipes do not have, "" for one that all have."""
    having = [recipe.name for recipe in RECIPES.values() if name not in recipe.idle]
    return "" if len(having) == len(RECIPES) else f"{' and '.join(having)} only; "


def _defaults(name: str) -> str:
    """Return "default 32", or what each recipe has where they differ."""
    defaults = {}
    for recipe in RECIPES.values():
        if name not in recipe.idle:
            config = recipe.config("")
            defaults[recipe.name] = _written(getattr(config.augment if hasattr(config.augment, name) else config, name))
    first, *others = dict.fromkeys(defaults.values())
    if not others:
        return f"default {first}"
    return "default " + ", ".join(f"{value} in {recipe}" for recipe, value in defaults.items())


def _written(value: str | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"
