"""Where CatDog keeps what is its own: the user's data, cache and log folders of the system (platformdirs).

`CATDOG_HOME`, where it is set, takes the place of all of them: tests and portable installations use it.
"""

import os
from pathlib import Path

import platformdirs

_APP = "CatDog"


def runs_folder() -> Path:
    """Return where runs are kept, one folder each. Not made until a run is."""
    return _home("data", platformdirs.user_data_path) / "runs"


def models_folder() -> Path:
    """Return where models from elsewhere are kept."""
    return _home("data", platformdirs.user_data_path) / "models"


def cache_folder() -> Path:
    """Return where decoded pixels are kept; everything in it can be deleted at any time."""
    return _home("cache", platformdirs.user_cache_path)


def log_folder() -> Path:
    """Return where log files are kept."""
    return _home("log", platformdirs.user_log_path)


def _home(name: str, of_system: object) -> Path:
    home = os.environ.get("CATDOG_HOME")
    if home:
        return Path(home) / name
    assert callable(of_system)
    return Path(of_system(_APP, appauthor=False))
