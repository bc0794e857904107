"""What a setting is: a name, a range, an explanation, and the refusal of a wrong value.

The ranges, titles and explanations stand beside each setting in `trainer.core.config`, once; the command line's
help, the window's tooltips and the refusals all read them from there through `describe`.

msgspec does the checking. It checks what it decodes but not what Python code makes, so `Checked` has it check the
values of every new object; and its errors are for programmers, so `Setting.check` says in words what is allowed.
"""

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

import msgspec

from trainer.core.errors import SettingError
from trainer.core.text import Text, text


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What help texts, forms and refusals say of one setting."""

    name: str
    title: str
    help: str
    kind: type
    """str, int, float or bool."""
    hint: Any
    """The annotation, by which msgspec checks values."""
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    choice_titles: Mapping[str, str] = {}
    """What forms call those choices whose names say too little."""
    unit: str = ""
    """What its numbers count: "degrees", "pixels"."""

    @property
    def allowed(self) -> Text:
        """The allowed values in words: "a whole number from 1 to 1024"."""
        if self.choices:
            return text("one of {choices}", choices=", ".join(self.choices))
        if self.kind is bool:
            return text("yes or no")
        if self.kind is int:
            return text("a whole number from {minimum} to {maximum}", minimum=self.minimum, maximum=self.maximum)
        return text("a number from {minimum:g} to {maximum:g}", minimum=self.minimum, maximum=self.maximum)

    def check(self, value: object) -> None:
        """Raise SettingError unless the value is allowed."""
        try:
            msgspec.convert(value, self.hint)
        except msgspec.ValidationError:
            raise SettingError(
                text(
                    "{setting} must be {allowed}, and {value} was given.",
                    setting=text(self.title),
                    allowed=self.allowed,
                    value=repr(value),
                ),
                remedy=_closest(value, self.choices) if isinstance(value, str) else "",
            ) from None


@cache
def describe(kind: type[msgspec.Struct]) -> dict[str, Setting]:
    """Return what is known of each single-valued setting of a settings class, by name, in order."""
    hints = get_type_hints(kind, include_extras=True)
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    return {name: _setting(name, hint, defaults[name]) for name, hint in hints.items() if get_origin(hint) is Annotated}


def _setting(name: str, hint: Any, default: object) -> Setting:
    base, meta = get_args(hint)
    choices = get_args(base) if get_origin(base) is Literal else ()
    return Setting(
        name=name,
        title=meta.title,
        help=meta.description or "",
        kind=str if choices else base,
        hint=hint,
        default=default,
        minimum=meta.ge,
        maximum=meta.le,
        choices=choices,
        choice_titles=(meta.extra or {}).get("choices", {}),
        unit=(meta.extra or {}).get("unit", ""),
    )


def unknown(what: Text, name: str, known: Iterable[str]) -> SettingError:
    """Return the error for a name that does not exist, as `what` says, with the closest one that does."""
    known = list(known)
    return SettingError(what, remedy=_closest(name, known) or text("Known are {names}.", names=", ".join(known)))


def _closest(name: str, known: Iterable[str]) -> str:
    match = difflib.get_close_matches(name.lower(), list(known), n=1)
    return text("Did you mean {name}?", name=match[0]) if match else ""


class Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that are checked in every new object, however it is made."""

    def __post_init__(self) -> None:
        """Check every value. Raises SettingError."""
        for name, setting in describe(type(self)).items():
            setting.check(getattr(self, name))
        for name, kind in get_type_hints(type(self)).items():
            value = getattr(self, name)
            if isinstance(kind, type) and issubclass(kind, Checked) and not isinstance(value, kind):
                raise SettingError(
                    text(
                        "{setting} must be a group of settings, and {value} was given.", setting=name, value=repr(value)
                    )
                )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values, as JSON holds them.

        Raises SettingError for an unknown name (with the closest known one) and for a value out of range.
        """
        known = get_type_hints(cls)
        for name in values:
            if name not in known:
                raise unknown(text("There is no setting called {name}.", name=repr(name)), name, known)
        nested = {
            name: kind.from_mapping(values[name])
            for name, kind in known.items()
            if isinstance(kind, type) and issubclass(kind, Checked) and isinstance(values.get(name), Mapping)
        }
        return cls(**{**values, **nested})
