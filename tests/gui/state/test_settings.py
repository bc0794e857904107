"""What is remembered from one start to the next."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from catdog_gui.state.settings import Settings, settings_file
from trainer.core.dataset_choice import DatasetChoice


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "catdog.ini"


def again(file: Path, settings: Settings) -> Settings:
    """Return what the next start would read."""
    settings.sync()
    assert file.is_file()
    return Settings(file)


def test_everything_comes_back_after_the_next_start(file: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"")
    photos = tmp_path / "photos, many; and = odd"
    photos.mkdir()
    settings = Settings(file)
    settings.geometry = QByteArray(b"\x01\x02\x00\xff")
    settings.page = "train"
    settings.theme = "dark"
    settings.device = "cpu"
    settings.threads = 3
    settings.runs_folder = tmp_path / "runs"
    settings.current_model = model
    settings.remember_folder("photos", photos)
    settings.remember_dataset(DatasetChoice.of(photos))
    settings.set_note("key", "some text")
    after = again(file, settings)
    assert after.geometry == QByteArray(b"\x01\x02\x00\xff")
    assert (after.page, after.theme, after.device, after.threads) == ("train", "dark", "cpu", 3)
    assert after.runs_folder == tmp_path / "runs"
    assert not after.runs_folder_is_default
    assert after.current_model == model
    assert after.last_folder("photos") == photos
    assert after.recent_datasets == [DatasetChoice.of(photos)]
    assert after.note("key") == "some text"


def test_a_first_start_has_sensible_defaults(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    settings = Settings(file)
    assert settings.geometry is None
    assert (settings.page, settings.theme, settings.device, settings.threads) == ("classify", "system", "auto", 0)
    assert settings.runs_folder == tmp_path / "data" / "runs"
    assert settings.runs_folder_is_default
    assert settings.current_model is None
    assert settings.last_folder("photos") == Path.home()
    assert settings.recent_datasets == []


def test_values_that_make_no_sense_count_as_never_set(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[window]\ntheme=pink\ngeometry=17\n[engine]\ndevice=abacus\nthreads=many\n", encoding="utf-8")
    settings = Settings(file)
    assert (settings.theme, settings.device, settings.threads, settings.geometry) == ("system", "auto", 0, None)


def test_what_is_gone_is_not_offered(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    settings.current_model = tmp_path / "gone.safetensors"
    settings.remember_folder("photos", tmp_path / "gone")
    settings.remember_dataset(DatasetChoice.of(tmp_path / "gone"))
    after = again(file, settings)
    assert after.current_model is None
    assert after.last_folder("photos") == Path.home()
    assert after.recent_datasets == []
    assert after.last_dataset == DatasetChoice.of(tmp_path / "gone")


def test_recent_datasets_are_few_unlike_and_the_latest_first(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    folders = [tmp_path / f"set {number}" for number in range(11)]
    for folder in folders:
        folder.mkdir()
        settings.remember_dataset(DatasetChoice.of(folder))
    settings.remember_dataset(DatasetChoice.of(folders[5]))
    after = again(file, settings)
    assert after.recent_datasets[:2] == [DatasetChoice.of(folders[5]), DatasetChoice.of(folders[10])]
    assert len(after.recent_datasets) == 8


def test_chosen_class_folders_and_left_out_photos_are_remembered(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    whole = DatasetChoice.of(tmp_path)
    two = DatasetChoice(root=str(tmp_path), class_folders=("a, b", "ü"), left_out=("ü/1;2.jpg",))
    settings.remember_dataset(whole)
    settings.remember_dataset(two)
    after = again(file, settings)
    assert after.recent_datasets == [two, whole]
    assert after.with_left_out(DatasetChoice(root=str(tmp_path), class_folders=("a, b", "ü"))) == two
    assert after.with_left_out(DatasetChoice.of(tmp_path / "other")) == DatasetChoice.of(tmp_path / "other")
    after.remember_dataset(DatasetChoice(root=str(tmp_path), class_folders=("a, b", "ü")))
    assert again(file, after).recent_datasets == [DatasetChoice(root=two.root, class_folders=two.class_folders), whole]


@pytest.mark.parametrize("entry", ["{", '{"root": 3}', '{"root": "/a", "class_folders": ["../b"]}'])
def test_a_damaged_dataset_counts_as_never_used(file: Path, entry: str) -> None:
    QSettings(str(file), QSettings.Format.IniFormat).setValue("datasets/recent", [entry, str(file.parent)])
    assert Settings(file).last_dataset == DatasetChoice.of(file.parent)


def test_the_home_can_be_redirected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    assert settings_file() == tmp_path / "config" / "catdog.ini"
    monkeypatch.delenv("CATDOG_HOME")
    assert tmp_path not in settings_file().parents
    assert settings_file().name == "catdog.ini"


@pytest.mark.parametrize("name", ["n" * 300 + ".safetensors", "nul\0.safetensors"])
def test_what_no_system_can_have_as_a_path_counts_as_never_set(file: Path, tmp_path: Path, name: str) -> None:
    settings = Settings(file)
    settings.current_model = tmp_path / name
    settings.remember_folder("photos", tmp_path / name)
    settings.remember_dataset(DatasetChoice(root=str(tmp_path / name)))
    assert settings.current_model is None
    assert settings.last_folder("photos") == Path.home()
    assert settings.recent_datasets == []
