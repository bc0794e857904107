"""The report as a page: the template of `resources/report` filled with what was gathered."""

import base64
from collections.abc import Callable
from datetime import datetime

import jinja2
from markupsafe import Markup

from trainer.core.class_colours import CLASSES_DARK, CLASSES_LIGHT
from trainer.core.recipes import RECIPES
from trainer.core.setting_values import SettingValue
from trainer.core.text import Text, text
from trainer.core.version import version
from trainer.core.words import parameters
from trainer.files.resources import resource
from trainer.report import drawn
from trainer.report.gather import Report
from trainer.report.names import isolated, readable

Say = Callable[[str], str]

_MARK = Markup('<meta name="generator" content="CatDog">')
HEAD_BYTES = 2000
_RIGHT_TO_LEFT = {"ar", "ckb", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
"""Languages by their codes (ISO 639)."""
# More would be finer than a chart's pixels, and longer than anybody reads.
_MOST_POINTS, _MOST_ROWS = 400, 100
_STATUSES = {
    "completed": text("completed"),
    "stopped": text("stopped early"),
    "failed": text("failed"),
    "interrupted": text("interrupted"),
    "running": text("still running"),
}


def render(report: Report, *, say: Say = str, language: str = "en") -> str:
    """Return the report as HTML. `say` says a sentence of the engine in that language."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource("report")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals |= {
        "text": lambda template, **values: say(Text(template, values)),
        "plural": lambda count, one, many, **values: say(Text(many, values, one, count)),
        "say": say,
        "named": isolated,
        "percent": lambda share: "–" if share is None else _together(_value(share, ".1%", say)),
        "number": lambda value, digits=0: _value(value, f",.{digits}f", say),
        "interval": lambda ends: _together(say(text("{low:.1%} to {high:.1%}", low=ends[0], high=ends[1]))),
        "points": lambda share: _value(100 * share, "+.1f", say),
        "ratio": lambda value: _ratio(value, say),
        "setting_title": lambda setting: _setting_title(setting, say),
        "setting_words": lambda value: _setting_words(value, say),
        "duration": lambda seconds: _duration(seconds, say),
        "picture": _data_uri,
        "day": _day,
        "parameters": lambda total, trainable: say(parameters(total, trainable)),
        "mark": _MARK,
        "statuses": {name: say(words) for name, words in _STATUSES.items()},
    }
    return environment.get_template("report.html.jinja").render(
        report=report,
        language=language,
        direction="rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr",
        recipe=RECIPES[report.record.config.recipe],
        version=version(),
        charts=_charts(report, say),
        epochs=report.shown_epochs(_MOST_ROWS),
        colours={"light": CLASSES_LIGHT, "dark": CLASSES_DARK},
    )


def is_report(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a report of CatDog."""
    return _MARK.encode() in head[:HEAD_BYTES]


def _charts(report: Report, say: Say) -> dict[str, Markup]:
    """Return the charts for which there is something to draw."""
    history = report.shown_epochs(_MOST_POINTS)
    charts = {
        "loss": drawn.loss_curves(history, report.best_epoch, say),
        "accuracy": drawn.accuracy_curves(history, report.best_epoch, say),
    }
    if report.test is not None:
        positive = report.test.evaluation.classes[1]
        charts["reliability"] = drawn.reliability_diagram(report.test.reliability, positive, say)
        if report.test.coverage:
            charts["coverage"] = drawn.coverage_curve(report.test.coverage, report.test.at_own_limits, say)
    return charts


def _shown(value: object) -> object:
    """Return what the template shows of a value, before it is escaped."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else readable(value)


def _value(value: float, form: str, say: Say) -> str:
    """Return a number in this form as the language writes it."""
    return say(Text(f"{{value:{form}}}", {"value": value}))


def _together(words: str) -> Markup:
    """Keep each percent sign on the line of its number, in the narrow columns of a phone too."""
    return Markup.escape(words).replace(" %", "\N{NO-BREAK SPACE}%")


def _setting_title(setting: SettingValue, say: Say) -> str:
    title = say(setting.title)
    if setting.name.startswith("augment."):
        return say(text("Augmentation: {setting}", setting=title))
    return say(text("Split: {setting}", setting=title)) if setting.name.startswith("split.") else title


def _setting_words(value: object, say: Say) -> str:
    if isinstance(value, bool):
        return say(text("yes") if value else text("no"))
    return _value(value, ".6g", say) if isinstance(value, float) else str(value)


def _ratio(value: float | None, say: Say) -> str:
    """Return a measure from 0 to 1 with three digits, which are never rounded to certainty."""
    if value is None:
        return "–"
    if 0.9995 <= value < 1:
        return "> " + _value(0.999, ".3f", say)
    return _value(value, ".3f", say)


def _duration(seconds: float, say: Say) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return say(text("{seconds:.1f} s", seconds=seconds))
    if minutes < 60:
        return say(text("{minutes} min", minutes=minutes))
    return say(text("{hours} h {minutes:02} min", hours=minutes // 60, minutes=minutes % 60))


def _day(iso: str) -> str:
    """Return date and time as every language reads them, or the text itself where it is no time."""
    try:
        return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M}"
    except ValueError:
        return iso


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
