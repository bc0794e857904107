"""Words that the command line and the window share."""


def parameters(total: int, trainable: int | None) -> str:
    """Return how many parameters a network has, and how many of them learn where that is another number."""
    learn = "" if trainable in {None, total} else f", {trainable:,} of them trainable"
    return f"{total:,} parameters{learn}"
