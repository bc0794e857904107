"""Where CatDog keeps what is its own: the user's data, cache and log folders of the system (platformdirs).

`CATDOG_HOME`, where it is set, takes the place of all of them: tests and portable installations use it.
"""

import os
from pathlib import Path
from typing import Literal

_APP = "CatDog"


def runs_folder() -> Path:
    """Return where runs are kept, one folder each. Not made until a run is."""
    return _home("data") / "runs"


def models_folder() -> Path:
    """Return where models from elsewhere are kept."""
    return _home("data") / "models"


def labels_folder() -> Path:
    """Return where files of labels are kept (`trainer.dataset.label_file`)."""
    return _home("data") / "labels"


def answers_folder() -> Path:
    """Return where the user's answers on doubtful photos are kept (`trainer.dataset.answers`)."""
    return _home("data") / "answers"


def sorted_folder() -> Path:
    """Return where the journals of sorted photos are kept (`trainer.sorting.journal`)."""
    return _home("data") / "sorted"


def cache_folder() -> Path:
    """Return where decoded pixels are kept; everything in it can be deleted at any time."""
    return _home("cache")


def log_folder() -> Path:
    """Return where log files are kept."""
    return _home("log")


def config_folder() -> Path:
    """Return where the window keeps its settings."""
    return _home("config", _APP.lower())


def _home(kind: Literal["data", "cache", "log", "config"], app: str = _APP) -> Path:
    home = os.environ.get("CATDOG_HOME")
    if home:
        return Path(home) / kind
    import platformdirs  # noqa: PLC0415 - not needed where the home is redirected

    of_system = {
        "data": platformdirs.user_data_path,
        "cache": platformdirs.user_cache_path,
        "log": platformdirs.user_log_path,
        "config": platformdirs.user_config_path,
    }
    return of_system[kind](app, appauthor=False)
