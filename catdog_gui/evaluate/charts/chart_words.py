"""The charts of an evaluation in sentences: the line under a chart, and its figures for those who do not see it."""

import numpy as np

from catdog_gui.look.language import listed, number, tr, tr_n
from catdog_gui.look.words import interval, percent, ratio
from trainer.inference.curves import Floats, Integers, PrecisionRecall, Reliability, Roc

# Where the curves are read out.
_MISTAKEN = (0.01, 0.05, 0.1, 0.2)
_LIMITS = (0.1, 0.3, 0.5, 0.7, 0.9)
_CLEAR = 0.1


def roc_words(curve: Roc, own: int, classes: tuple[str, str]) -> str:
    """Return the area with its interval, and what the model's own threshold does, which is the point `own`."""
    low, high = curve.interval
    found, mistaken = curve.true_positive_rate[own], curve.false_positive_rate[own]
    area = tr(
        "The area under the curve is {area} (likely range {low} to {high}); 1 is best, and 0.5 is guessing.",
        area=ratio(curve.area),
        low=number(low, 4),
        high=number(high, 4),
    )
    point = tr(
        "The dot is the model's threshold: it finds {found} of {second}, and takes {mistaken} of {first} for {second}.",
        found=percent(float(found), 1),
        mistaken=percent(float(mistaken), 1),
        first=classes[0],
        second=classes[1],
    )
    return f"{area} {point}"


def roc_figures(curve: Roc, classes: tuple[str, str]) -> str:
    """Return how many photos are found for some shares of mistaken ones."""
    points = []
    for share in _MISTAKEN:
        best = curve.true_positive_rate[curve.false_positive_rate <= share].max()
        points.append(tr("{share}: {found}", share=percent(share), found=percent(float(best), 1)))
    return tr(
        "Share of {second} found, for at most so many {first} taken for {second}: {points}.",
        first=classes[0],
        second=classes[1],
        points=listed(points),
    )


def reliability_words(diagram: Reliability) -> str:
    """Return how to read the diagram, and how far off the probabilities are."""
    return tr(
        "Dots on the dashed line are probabilities that come true as often as they say; the bars are likely ranges. On "
        "average they are off by {points} percentage points.",
        points=number(100 * diagram.error, 1),
    )


def reliability_figures(diagram: Reliability, positive: str) -> str:
    """Return what was observed in each bin."""
    bins = [
        tr_n(
            one.photos,
            "at {predicted}, {observed} are {class_name} (likely range {range}, %n photo)",
            "at {predicted}, {observed} are {class_name} (likely range {range}, %n photos)",
            predicted=percent(one.predicted),
            observed=percent(one.observed),
            class_name=positive,
            range=interval(*one.interval, 0),
        )
        for one in diagram.bins
    ]
    return tr("Observed: {bins}.", bins=listed(bins))


def histogram_figures(probabilities: Floats, targets: Integers, classes: tuple[str, str]) -> str:
    """Return for either class how many photos have a clear probability, and how many none."""
    lines = []
    for target, name in enumerate(classes):
        own = probabilities[targets == target]
        low, high = int((own < _CLEAR).sum()), int((own >= 1 - _CLEAR).sum())
        lines.append(
            tr_n(
                len(own),
                "%n photo of {class_name}: {low} below {small} {positive}, {between} between, {high} from {large} on.",
                "%n photos of {class_name}: {low} below {small} {positive}, {between} between, {high} from {large} on.",
                class_name=name,
                positive=classes[1],
                low=low,
                between=len(own) - low - high,
                high=high,
                small=percent(_CLEAR),
                large=percent(1 - _CLEAR),
            )
        )
    return " ".join(lines)


def precision_recall_figures(curve: PrecisionRecall) -> str:
    """Return both at some limits."""
    return " ".join(
        tr("From {limit} on: {figures}.", limit=percent(limit), figures=precision_recall_at(curve, limit))
        for limit in _LIMITS
    )


def precision_recall_at(curve: PrecisionRecall, limit: float) -> str:
    """Return both at a limit."""
    place = int(np.searchsorted(curve.thresholds, limit))
    if place == len(curve.thresholds):
        return tr("no photo is called so")
    precision, recall = float(curve.precision[place]), float(curve.recall[place])
    return tr("precision {precision}, recall {recall}", precision=percent(precision, 1), recall=percent(recall, 1))
