"""CatDog's engine: from a folder of photos to a model that tells them apart. It never imports Qt."""


def __getattr__(name: str) -> str:
    """Return `__version__`, read only when asked for: importlib.metadata would cost every start 30 ms and more."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

    try:
        return version("catdog")
    except PackageNotFoundError:  # run from a bare checkout that was never installed
        return "0+unknown"
