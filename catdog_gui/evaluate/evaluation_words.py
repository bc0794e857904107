"""An evaluation in sentences: which photos, how far it can be believed, and what is in a cell of the matrix."""

from catdog_gui.look.language import number, tr, tr_n, translated
from catdog_gui.look.words import percent, probability
from trainer.core.judgement import Judgement, judge
from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.inference.coverage import CoveragePoint


def which_photos(evaluation: Evaluation) -> str:
    """Return on how many photos of which split it was made."""
    count, dataset = evaluation.photos, evaluation.dataset
    if evaluation.split == "test":
        return tr_n(count, "%n test photo of {dataset}.", "%n test photos of {dataset}.", dataset=dataset)
    if evaluation.split == "validation":
        return tr_n(count, "%n validation photo of {dataset}.", "%n validation photos of {dataset}.", dataset=dataset)
    if evaluation.split == "train":
        return tr_n(count, "%n training photo of {dataset}.", "%n training photos of {dataset}.", dataset=dataset)
    return tr_n(count, "The one photo of {dataset} (%n).", "All %n photos of {dataset}.", dataset=dataset)


def threshold_words(evaluation: Evaluation) -> str:
    """Return from which probability on a photo is called the positive class."""
    return tr(
        "A photo is called {class_name} if its probability of {class_name} is at least {share}.",
        class_name=evaluation.classes[1],
        share=percent(evaluation.threshold),
    )


def unsure_words(evaluation: Evaluation) -> str:
    """Return for how many photos the verdict is "not sure", and how the figures count those."""
    count = evaluation.not_sure
    if not count:
        return tr("It gave a verdict on every photo.")
    return tr_n(
        count,
        "On %n of them ({share}) its verdict is “not sure”; the other figures count the nearest class of that photo.",
        "On %n of them ({share}) its verdict is “not sure”; the other figures count the nearest class of those.",
        share=percent(count / evaluation.photos, 1),
    )


def calibration_words(evaluation: Evaluation) -> str:
    """Return how well its probabilities are calibrated; empty where that was not measured."""
    error, before = evaluation.calibration_error, evaluation.calibration_error_before
    if error is None:
        return ""
    points = number(100 * error, 1)
    if before is None:
        return tr("Its probabilities are off by {points} percentage points on average.", points=points)
    return tr(
        "Its probabilities are off by {points} percentage points on average ({before} before they were calibrated).",
        points=points,
        before=number(100 * before, 1),
    )


def doubts(evaluation: Evaluation) -> Judgement | None:
    """Return what is weak about the result; None for a good one, and for photos that decided how the model became."""
    if evaluation.split in ("train", "validation"):
        return None
    found = judge(evaluation)
    return None if found.is_good else found


def doubt_words(found: Judgement) -> str:
    """Return the doubt in a sentence or two."""
    return tr("{title}. {explanation}", title=translated(found.title), explanation=translated(found.explanation))


def cell_title(true: str, predicted: str, count: int) -> str:
    """Return what a cell of the matrix holds."""
    if not count:
        return tr("{true} called {predicted}: none", true=true, predicted=predicted)
    return tr_n(
        count,
        "{true} called {predicted}: %n photo",
        "{true} called {predicted}: %n photos",
        true=true,
        predicted=predicted,
    )


def mistakes_title(count: int) -> str:
    """Return how many mistakes of either kind there are."""
    return tr_n(count, "%n mistake", "All %n mistakes") if count else tr("No mistakes")


def order_words(photos: int, unsure: int, *, mistakes: bool) -> str:
    """Return in which order a cell's photos stand: those of which it is not sure are the least sure of all."""
    if not photos:
        return ""
    if unsure == photos:
        return tr("Its verdict on them is “not sure”, so none of them counts as told.")
    if mistakes:
        if not unsure:
            return tr("The surest first.")
        return tr_n(
            unsure,
            "The surest first, then %n on which its verdict is “not sure”.",
            "The surest first, then %n on which its verdict is “not sure”.",
        )
    if not unsure:
        return tr("The least sure first.")
    return tr_n(
        unsure,
        "First %n on which its verdict is “not sure”, then the others, the least sure first.",
        "First %n on which its verdict is “not sure”, then the others, the least sure first.",
    )


def verdict_words(photo: EvaluatedPhoto, share: float) -> str:
    """Return the verdict in short: the class with its probability `share`, or "not sure", with both if one is near."""
    if photo.unlike:
        return tr("not sure")
    words = tr("{share} {class_name}", share=probability(share), class_name=photo.predicted)
    return tr("not sure ({verdict})", verdict=words) if photo.reason else words


def photo_story(photo: EvaluatedPhoto, share: float) -> str:
    """Return what the photo is and what the model says of it."""
    true, said, shown = photo.class_name, photo.predicted, probability(share)
    if photo.unlike:
        return f"{tr('It is {true}, and the model is not sure.', true=true)} {translated(photo.reason)}"
    if photo.reason:
        story = tr(
            "It is {true}, and the model is not sure ({share} {predicted}).", true=true, predicted=said, share=shown
        )
        return f"{story} {translated(photo.reason)}"
    if true == said:
        return tr("It is {true}, and the model says so ({share}).", true=true, share=shown)
    return tr("It is {true}, and the model says {predicted} ({share}).", true=true, predicted=said, share=shown)


def coverage_words(own: CoveragePoint, chosen: CoveragePoint, changes: str) -> str:
    """Return what the model's own limits make of these photos, or what other limits would make of them and change."""
    if not chosen.given:
        return tr("At this limit no photo gets a verdict.")
    given, right = percent(chosen.coverage, 1), percent(chosen.accuracy, 1)
    if chosen.strictness == own.strictness:
        return tr("{given} of the photos get a verdict, and {right} of those are right.", given=given, right=right)
    return tr(
        "At this limit {given} of the photos get a verdict, and {right} of those are right. {changes}",
        given=given,
        right=right,
        changes=changes,
    )


def limit_words(limit: float, positive: str, changes: str) -> str:
    """Return from which probability on a photo is called the positive class, and what that changes, if anything."""
    words = tr(
        "A photo is called {class_name} from a probability of {share} on.", class_name=positive, share=percent(limit)
    )
    return f"{words} {changes}".strip()
