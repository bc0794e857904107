"""CatDog's version, as it was installed."""

from functools import cache


@cache
def version() -> str:
    """Return such as "0.1.0"; "0+unknown" in a bare checkout that was never installed."""
    from importlib.metadata import PackageNotFoundError  # noqa: PLC0415 - would cost every start 30 ms and more
    from importlib.metadata import version as installed  # noqa: PLC0415

    try:
        return installed("catdog")
    except PackageNotFoundError:
        return "0+unknown"
