"""Sentences that remember how they were made, so that the window can say them in another language.

The engine speaks English. A sentence with values in it is made by `text` or `plural`, and is a plain string for whoever
prints or stores it. The window asks it for its template and values, and has Qt translate the template.
"""

import string
from collections.abc import Mapping
from typing import Any, Self


class _Formatter(string.Formatter):
    """Writes a percentage as the window and the command line do: "97.5 %"."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.endswith("%"):
            return percent(value, int(format_spec[1:-1] or 0))  # ".1%"
        return format(value, format_spec)


_FORMATTER = _Formatter()


class Text(str):
    """An English sentence with what it was made of. Where it is stored, it becomes a plain string (`plain`)."""

    __slots__ = ("counted", "one", "template", "values")

    template: str
    """With {name} for each value, and %n for the count."""
    one: str
    """The template for a count of one; equal to `template` where nothing is counted."""
    values: Mapping[str, Any]
    counted: int | None

    def __new__(
        cls, template: str, values: Mapping[str, Any], one: str | None = None, counted: int | None = None
    ) -> Self:
        """Make the English sentence."""
        one = template if one is None else one
        english = one if counted == 1 else template
        if counted is not None:
            english = english.replace("%n", f"{counted:,}")
        new = super().__new__(cls, _FORMATTER.vformat(english, (), values))
        new.template, new.one, new.values, new.counted = template, one, values, counted
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled with what it was made of."""
        return type(self), (self.template, self.values, self.one, self.counted)


def text(template: str, /, **values: object) -> Text:
    """Return a sentence. {name} in the template stands for the value of that name.

    Write templates as literals: the list of sentences to translate is read from the source code.
    """
    return Text(template, values)


def plural(count: int, one: str, many: str, /, **values: object) -> Text:
    """Return a sentence for this count, in which %n stands for it: `plural(n, "%n photo", "%n photos")`."""
    return Text(many, values, one, count)


def join(sentences: list[str], between: str = " ") -> Text:
    """Return several sentences as one text, with a space or another sign between two."""
    names = [f"part{number}" for number in range(len(sentences))]
    return Text(between.join(f"{{{name}}}" for name in names), dict(zip(names, sentences, strict=True)))


def percent(fraction: float, digits: int = 0) -> str:
    """Return a fraction as a percentage: "97.5 %"."""
    return f"{100 * fraction:.{digits}f} %"


def plain(value: object) -> str:
    """Return a Text as the plain string it is: the `enc_hook` of msgspec, which encodes no str but str itself.

    Where a file's name in it is no Unicode, its bytes are written as such, since no file of JSON could hold them.
    """
    if isinstance(value, Text):
        return str(value).encode(errors="backslashreplace").decode()
    raise NotImplementedError(f"{type(value).__name__} cannot be encoded")
