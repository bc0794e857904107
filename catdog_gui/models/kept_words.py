"""What the Models page says of a model or a run: the columns of its table, tooltips, statuses."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QLocale

from catdog_gui.look.language import mark, number, tr, translated
from catdog_gui.look.model_words import accuracy_words, recipe_title
from catdog_gui.look.words import STARTER_NOTE, day, interval, percent, plain_tooltip, size
from trainer.core.judgement import Judgement, judge
from trainer.core.setting_values import SettingValue
from trainer.core.words import parameters
from trainer.storage.collection import Kept

_STATUS = {
    "completed": mark("completed"),
    "stopped": mark("stopped"),
    "failed": mark("ended with an error"),
    "interrupted": mark("cut off"),
    "running": mark("in progress"),
    "damaged": mark("damaged"),
}


class Column(NamedTuple):
    """One column: its title, the two lines that it shows, and what it sorts by."""

    title: str
    first: Callable[[Kept], str]
    second: Callable[[Kept], str]
    key: Callable[[Kept], Any]


def status_words(kept: Kept) -> str:
    """Return how the run ended, or where a model without a run comes from."""
    if kept.status:
        return tr(_STATUS[kept.status])
    return tr(STARTER_NOTE) if kept.is_starter else tr("from a file")


def made_words(kept: Kept) -> str:
    """Return the day and time at which the model was made, or a run without one began."""
    return day(kept.made) if kept.made else "–"


def photos_words(kept: Kept) -> str:
    """Return how many photos it learnt from, and with how many it was tested."""
    learnt = None if kept.learnt_from is None else number(kept.learnt_from)
    tested = None if kept.test is None else number(kept.test.photos)
    if learnt is None:
        return "–" if tested is None else tr("{tested} test photos", tested=tested)
    if tested is None:
        return tr("{learnt} to learn from", learnt=learnt)
    return tr("{learnt} to learn from, {tested} to test", learnt=learnt, tested=tested)


def likely_words(kept: Kept) -> str:
    """Return the interval of the accuracy."""
    if kept.test is None:
        return tr("not tested")
    return tr("likely {interval}", interval=interval(*kept.test.accuracy_interval))


def judgement(kept: Kept) -> Judgement | None:
    """Return what its result is worth; None without a test."""
    return judge(kept.test, recipe=kept.recipe) if kept.test is not None else None


def grade_words(kept: Kept) -> str:
    """Return what is weak about the result, in a sentence or two; "" for a good or an untested model."""
    found = judgement(kept)
    if found is None or found.is_good:
        return ""
    return tr("{title}. {explanation}", title=translated(found.title), explanation=translated(found.explanation))


def tooltip(kept: Kept, *, used: bool) -> str:
    """Return everything in short lines."""
    lines = [kept.title, accuracy_words(kept.test), grade_words(kept), photos_words(kept)]
    lines.append(tr("{made}, {status}", made=made_words(kept), status=status_words(kept)))
    if kept.damage:
        lines.insert(1, translated(kept.damage))
    if kept.model is not None:
        learn = kept.model.description
        lines.append(translated(parameters(learn.parameters, learn.trainable_parameters)))
        lines.append(size(kept.model.bytes))
    if kept.note:
        lines.append(tr("Note: {note}", note=kept.note))
    lines.append(str(kept.path if kept.model is not None else kept.path.parent))
    if used:
        lines.append(tr("This is the model in use."))
    return plain_tooltip("\n".join(line for line in lines if line))


def _under_name(kept: Kept) -> str:
    """Return the recipe and the note, or what is wrong with it."""
    if kept.damage:
        return translated(kept.damage)
    note = " ".join(kept.note.split())
    title = recipe_title(kept.recipe)
    return f"{title} · {note}" if note else title


COLUMNS = (
    Column(mark("Name"), lambda kept: kept.title, _under_name, lambda kept: kept.title.casefold()),
    Column(mark("Made"), made_words, status_words, lambda kept: kept.created),
    Column(mark("Photos"), lambda kept: kept.dataset or "–", photos_words, lambda kept: kept.dataset.casefold()),
    Column(
        mark("Accuracy"),
        lambda kept: percent(kept.test.accuracy if kept.test else None, 1),
        likely_words,
        lambda kept: kept.rank,
    ),
)
SORTED_BY = mark("Sorted by the lower end of the likely range, so that few test photos do not lead.")
NAME, MADE, PHOTOS, ACCURACY = range(len(COLUMNS))


def setting_title(value: SettingValue) -> str:
    """Return what a setting is called."""
    title = translated(value.title)
    if value.name.startswith("augment."):
        return tr("Augmentation: {setting}", setting=title)
    return tr("Split: {setting}", setting=title) if value.name.startswith("split.") else title


def setting_text(value: object) -> str:
    """Return a setting's value as the language writes it."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int):
        return number(value)
    return QLocale().toString(value, "g", 6) if isinstance(value, float) else str(value)
