"""What the window remembers from one start to the next, each with its type and default."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from catdog_gui.look.colours import ThemeChoice
from trainer.files.kinds import exists, is_file, is_folder
from trainer.files.paths import config_folder, runs_folder

if TYPE_CHECKING:
    from trainer.core.config import DeviceName
    from trainer.core.dataset_choice import DatasetChoice

_MAX_RECENT = 8
# More than are offered: each remembers which of its photos were left out.
_MAX_REMEMBERED = 50
# More than the file ever takes, which is some kilobytes.
_MOST_BYTES = 2**16


def settings_file() -> Path:
    """Return the settings' file: below CATDOG_HOME where that is set, else where this system keeps such files."""
    return config_folder() / "catdog.ini"


class Settings:
    """A typed view of one QSettings file. A value that cannot be read counts as never set."""

    def __init__(self, file: Path | None = None) -> None:
        self._store = QSettings(str(file or settings_file()), QSettings.Format.IniFormat)

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return Path(self._store.fileName())

    @property
    def can_be_kept(self) -> bool:
        """Whether what is changed is still there at the next start."""
        return self._store.isWritable()

    @property
    def has_room(self) -> bool:
        """Whether the disk has room for them."""
        place = next(folder for folder in self.file.parents if is_folder(folder))
        return shutil.disk_usage(place).free >= _MOST_BYTES

    def sync(self) -> None:
        """Write to the disk now."""
        self._store.sync()

    # The window

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window was, as QWidget.saveGeometry gives it."""
        value = self._value("window/geometry")
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
        return Path(chosen) if chosen and is_file(Path(chosen)) else None

    @current_model.setter
    def current_model(self, value: Path | None) -> None:
        self._put("engine/model", value)

    # Folders

    def last_folder(self, purpose: str) -> Path:
        """Return the folder that a file dialog for this purpose ("photos", "dataset", "model", "plot") begins in."""
        chosen = self._text(f"folders/{purpose}")
        return Path(chosen) if chosen and is_folder(Path(chosen)) else Path.home()

    def remember_folder(self, purpose: str, folder: Path) -> None:
        """Let the next such dialog begin here."""
        self._put(f"folders/{purpose}", folder)

    @property
    def recent_datasets(self) -> "list[DatasetChoice]":
        """What was used as a dataset, the latest first; what is gone is left out."""
        return [choice for choice in self._datasets() if exists(Path(choice.root))][:_MAX_RECENT]

    @property
    def last_dataset(self) -> "DatasetChoice | None":
        """The dataset that was used last, also where it is gone."""
        return next(iter(self._datasets()), None)

    def remember_dataset(self, choice: "DatasetChoice") -> None:
        """Put a dataset at the top of the recent ones."""
        others = [other for other in self._datasets() if not _same_place(other, choice)]
        kept = [choice, *others][:_MAX_REMEMBERED]
        self._store.setValue("datasets/recent", [_written(each) for each in kept])

    def with_left_out(self, choice: "DatasetChoice") -> "DatasetChoice":
        """Return a dataset without the photos that were left out of it when it was used before."""
        return next((other for other in self._datasets() if _same_place(other, choice)), choice)

    def _datasets(self) -> "list[DatasetChoice]":
        return [choice for entry in self._list("datasets/recent") if (choice := _read_choice(entry)) is not None]

    # Anything else a page wants to remember, as text

    def note(self, key: str) -> str:
        """Return the text kept under a page's own key, empty where there is none."""
        return self._text(f"notes/{key}")

    def set_note(self, key: str, text: str) -> None:
        """Keep a text under a page's own key."""
        self._store.setValue(f"notes/{key}", text)

    def _value(self, key: str) -> object:
        try:
            return self._store.value(key)
        except RuntimeError:  # the file holds one of Qt's kinds of values that Python has none for
            return None

    def _text(self, key: str) -> str:
        value = self._value(key)
        return value if isinstance(value, str) else ("" if value is None else str(value))

    def _list(self, key: str) -> list[str]:
        value = self._value(key)
        if isinstance(value, str):  # an ini file cannot tell a list of one from its only entry
            return [value] if value else []
        return [str(entry) for entry in value] if isinstance(value, list) else []

    def _put(self, key: str, path: Path | None) -> None:
        if path is None:
            self._store.remove(key)
        else:
            self._store.setValue(key, str(path))


def _same_place(one: "DatasetChoice", other: "DatasetChoice") -> bool:
    return (one.root, one.class_folders) == (other.root, other.class_folders)


def _written(choice: "DatasetChoice") -> str:
    """Return a path where that says all, as former versions kept it, else JSON."""
    if not choice.class_folders and not choice.left_out:
        return choice.root
    return msgspec.json.encode(choice).decode()


def _read_choice(entry: str) -> "DatasetChoice | None":
    from trainer.core.dataset_choice import DatasetChoice  # noqa: PLC0415 - asked for only after the first paint
    from trainer.core.errors import SettingError  # noqa: PLC0415 - as above

    if not entry.startswith("{"):
        return DatasetChoice(root=entry)
    try:
        return msgspec.json.decode(entry, type=DatasetChoice)
    except (msgspec.DecodeError, SettingError):
        return None
