"""What the window remembers from one start to the next, each with its type and default."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QByteArray, QSettings

from catdog_gui.look.colours import ThemeChoice
from trainer.files.paths import config_folder, runs_folder

if TYPE_CHECKING:
    from trainer.core.config import DeviceName

_MAX_RECENT = 8


def settings_file() -> Path:
    """Return the settings' file: below CATDOG_HOME where that is set, else where this system keeps such files."""
    return config_folder() / "catdog.ini"


class Settings:
    """A typed view of one QSettings file. A value that cannot be read counts as never set."""

    def __init__(self, file: Path | None = None) -> None:
        self._store = QSettings(str(file or settings_file()), QSettings.Format.IniFormat)

    def sync(self) -> None:
        """Write to the disk now."""
        self._store.sync()

    # The window

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window was, as QWidget.saveGeometry gives it."""
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def page(self) -> str:
        """Name of the page that was shown last."""
        return self._text("window/page") or "classify"

    @page.setter
    def page(self, name: str) -> None:
        self._store.setValue("window/page", name)

    @property
    def theme(self) -> ThemeChoice:
        """Light, dark, or as the system has it."""
        value = self._text("window/theme")
        return value if value in get_args(ThemeChoice) else "system"  # type: ignore[return-value]  # checked here

    @theme.setter
    def theme(self, value: ThemeChoice) -> None:
        self._store.setValue("window/theme", value)

    # The engine

    @property
    def device(self) -> "DeviceName":
        """Where networks are computed."""
        from trainer.core.config import DeviceName  # noqa: PLC0415 - takes 10 ms to load, for one list of names

        value = self._text("engine/device")
        return value if value in get_args(DeviceName) else "auto"  # type: ignore[return-value]  # checked here

    @device.setter
    def device(self, value: "DeviceName") -> None:
        self._store.setValue("engine/device", value)

    @property
    def threads(self) -> int:
        """Processor threads to use; 0 lets CatDog choose."""
        try:
            return min(256, max(0, int(self._text("engine/threads") or 0)))
        except ValueError:
            return 0

    @threads.setter
    def threads(self, value: int) -> None:
        self._store.setValue("engine/threads", value)

    @property
    def runs_folder(self) -> Path:
        """Where runs are kept."""
        chosen = self._text("engine/runs_folder")
        if chosen:
            return Path(chosen)
        return runs_folder()

    @runs_folder.setter
    def runs_folder(self, value: Path | None) -> None:
        self._put("engine/runs_folder", value)

    @property
    def runs_folder_is_default(self) -> bool:
        """True where the user has chosen no folder of their own."""
        return not self._text("engine/runs_folder")

    @property
    def current_model(self) -> Path | None:
        """The model in use; None where none was chosen or its file is gone."""
        chosen = self._text("engine/model")
        return Path(chosen) if chosen and Path(chosen).is_file() else None

    @current_model.setter
    def current_model(self, value: Path | None) -> None:
        self._put("engine/model", value)

    # Folders

    def last_folder(self, purpose: str) -> Path:
        """Return the folder that a file dialog for this purpose ("photos", "dataset", "model", "plot") begins in."""
        chosen = self._text(f"folders/{purpose}")
        return Path(chosen) if chosen and Path(chosen).is_dir() else Path.home()

    def remember_folder(self, purpose: str, folder: Path) -> None:
        """Let the next such dialog begin here."""
        self._put(f"folders/{purpose}", folder)

    @property
    def recent_datasets(self) -> list[Path]:
        """Folders and zips used as datasets, the latest first; those that are gone are left out."""
        return [Path(entry) for entry in self._list("datasets/recent") if Path(entry).exists()]

    def remember_dataset(self, path: Path) -> None:
        """Put a dataset at the top of the recent ones."""
        others = [entry for entry in self._list("datasets/recent") if entry != str(path)]
        self._store.setValue("datasets/recent", [str(path), *others][:_MAX_RECENT])

    # Anything else a page wants to remember, as text

    def note(self, key: str) -> str:
        """Return the text kept under a page's own key, empty where there is none."""
        return self._text(f"notes/{key}")

    def set_note(self, key: str, text: str) -> None:
        """Keep a text under a page's own key."""
        self._store.setValue(f"notes/{key}", text)

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ("" if value is None else str(value))

    def _list(self, key: str) -> list[str]:
        value = self._store.value(key)
        if isinstance(value, str):  # an ini file cannot tell a list of one from its only entry
            return [value] if value else []
        return [str(entry) for entry in value] if isinstance(value, list) else []

    def _put(self, key: str, path: Path | None) -> None:
        if path is None:
            self._store.remove(key)
        else:
            self._store.setValue(key, str(path))
