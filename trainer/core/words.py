"""Words that the command line and the window share."""

from trainer.core.text import Text, plural


def photos(count: int) -> Text:
    """Return "1 photo", "4,000 photos"."""
    return plural(count, "%n photo", "%n photos")


def parameters(total: int, trainable: int | None) -> Text:
    """Return how many parameters a network has, and how many of them learn where that is another number."""
    if trainable is None or trainable == total:
        return plural(total, "%n parameter", "%n parameters")
    return plural(
        total, "%n parameter, {learn:,} trainable", "%n parameters, {learn:,} of them trainable", learn=trainable
    )
