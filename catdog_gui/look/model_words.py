"""Models and recipes as people tell them apart. Apart from `words`: the first paint does without the lists of both."""

from collections import Counter
from collections.abc import Sequence

from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import STARTER, STARTER_NOTE, day, interval, percent
from trainer.core.recipes import RECIPES
from trainer.core.results import EvaluationMetrics
from trainer.storage.model_list import OF_RUN, ModelEntry


def model_detail(entry: ModelEntry) -> str:
    """Return one line on a model: how good it is by how many photos, its recipe, and where it comes from or when."""
    made = [recipe_title(entry.description.recipe)]
    if entry.learnt_from:
        made.append(tr_n(entry.learnt_from, "%n training photo", "%n training photos"))
    made.append(tr(STARTER_NOTE) if entry.is_starter else day(entry.description.origin.created))
    return " · ".join([accuracy_words(entry.description.test), *made])


def accuracy_words(test: EvaluationMetrics | None) -> str:
    """Return "98.7 % (97.4–99.4 %) on 600 test photos", or that there was no test."""
    if test is None:
        return tr("not tested yet")
    low, high = test.accuracy_interval
    return tr_n(
        test.photos,
        "{accuracy} ({interval}) on %n test photo",
        "{accuracy} ({interval}) on %n test photos",
        accuracy=percent(test.accuracy, 1),
        interval=interval(low, high),
    )


def told_apart(entries: Sequence[ModelEntry]) -> list[str]:
    """Return the models' titles, with the day and time, and if need be the folder, where others have the same title."""
    titles = [tr(STARTER) if entry.is_starter else entry.title for entry in entries]
    dated = [f"{title} ({day(entry.description.origin.created)})" for title, entry in zip(titles, entries, strict=True)]
    files = [entry.path.parent.name if entry.path.name == OF_RUN else entry.path.name for entry in entries]
    named = [f"{words} {file}" for words, file in zip(dated, files, strict=True)]
    seen_titles, seen_dates = Counter(titles), Counter(dated)
    return [
        title if seen_titles[title] == 1 else date if seen_dates[date] == 1 else name
        for title, date, name in zip(titles, dated, named, strict=True)
    ]


def recipe_title(name: str) -> str:
    """Return a recipe's title in the language of the window; one that this CatDog does not know keeps its name."""
    return translated(RECIPES[name].title) if name in RECIPES else name
