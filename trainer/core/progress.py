"""How progress is told, everywhere: a function that is called with how much is done and how much there is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called as `progress(done, total)`, in the thread that does the work."""
Cancelled = Callable[[], bool]
"""Asked again and again; once it returns True, the work raises CancelledError soon."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def never_cancelled() -> bool:
    """Return False."""
    return False


def consecutive(progress: Progress, *totals: int) -> list[Progress]:
    """Return a progress for each of several pieces of work, done one after another, that together fill `progress`.

    `totals` says how much each has to do.
    """

    def after(before: int) -> Progress:
        return lambda done, _total: progress(before + done, sum(totals))

    return [after(sum(totals[:place])) for place in range(len(totals))]


def halves(progress: Progress) -> tuple[Progress, Progress]:
    """Return two that each fill one half of `progress`, in thousandths: for work whose totals are not known before."""

    def half(start: int) -> Progress:
        return lambda done, total: progress(start + 500 * done // max(total, 1), 1000)

    return half(0), half(500)
