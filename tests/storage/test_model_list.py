"""The models on this computer: how they are listed, titled, brought in, and deleted."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.storage.test_model_file import rewritten
from trainer.core.errors import CheckpointError, DiskError, ModelFileError
from trainer.files.paths import models_folder
from trainer.storage import starter
from trainer.storage.model_changes import delete_model, import_model, rename_model
from trainer.storage.model_description import read_description
from trainer.storage.model_list import describe_model, list_models
from trainer.storage.run_folder import RunFolder


@pytest.fixture(autouse=True)
def shipped(finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be a copy of CatDog whose starter model is the one of the finished run."""
    path = tmp_path / "shipped" / "starter.safetensors"
    path.parent.mkdir()
    shutil.copy(finished_model, path)
    monkeypatch.setattr(starter, "starter_model", lambda: path)
    return path


@pytest.fixture
def runs(finished_model: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the finished run in it."""
    shutil.copytree(finished_model.parent, tmp_path / "runs" / "one")
    return tmp_path / "runs"


@pytest.fixture
def sent(finished_model: Path, tmp_path: Path) -> Path:
    """Return a model file that somebody sent."""
    return Path(shutil.copy(finished_model, tmp_path / "sent.safetensors"))


@pytest.fixture
def trash(tmp_path: Path) -> Path:
    folder = tmp_path / "trash"
    folder.mkdir()
    return folder


def test_the_newest_comes_first_and_the_starter_last(finished_model: Path, shipped: Path, tmp_path: Path) -> None:
    origin = msgspec.to_builtins(read_description(finished_model).origin)
    for name, created in (
        ("old", "2020-01-01T00:00:00+00:00"),
        ("new", "2020-01-01T12:00:00-11:00"),
        ("between", "2020-01-01T22:00:00+00:00"),
        ("undated", "some day"),
    ):
        path = tmp_path / "runs" / name / "model.safetensors"
        path.parent.mkdir(parents=True)
        rewritten(finished_model, path, origin={**origin, "created": created})
    found = list_models(tmp_path / "runs")
    assert [entry.path.parent.name for entry in found] == ["new", "between", "old", "undated", "shipped"]
    assert [entry.title for entry in found][-1] == "Starter model"


def test_damaged_files_are_passed_over(runs: Path, sent: Path) -> None:
    models_folder().mkdir(parents=True)
    (models_folder() / "broken.safetensors").write_bytes(sent.read_bytes()[:-1])
    assert [entry.path.parent.name for entry in list_models(runs)] == ["one", "shipped"]


def test_a_title_is_kept_beside_the_model_and_can_be_taken_back(runs: Path) -> None:
    model = runs / "one" / "model.safetensors"
    rename_model(model, "  Mittens\nand friends ")
    assert describe_model(model).title == "Mittens and friends"
    rename_model(model, "")
    assert describe_model(model).title == "Classic · set"


def test_what_is_no_model_gets_no_title(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no model file"):
        rename_model(tmp_path / "nothing.safetensors", "Mittens")
    assert not (tmp_path / "nothing.name.txt").exists()


def test_a_title_is_written_whole_or_not_at_all(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = runs / "one" / "model.safetensors"
    rename_model(model, "Mittens")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskError, match="No space left"):
        rename_model(model, "Whiskers")
    assert describe_model(model).title == "Mittens"


def test_an_imported_model_starts_without_the_title_of_a_former_one(sent: Path) -> None:
    first = import_model(sent)
    rename_model(first, "Mittens")
    first.unlink()  # by hand, or by CatDog 0.1, which left the title behind
    assert import_model(sent) == first
    assert describe_model(first).title == "sent"


def test_a_deleted_model_takes_its_title_along(sent: Path, trash: Path) -> None:
    model = import_model(sent)
    rename_model(model, "Mittens")
    delete_model(model, lambda path: shutil.move(path, trash))
    assert not list(models_folder().iterdir())
    assert len(list(trash.iterdir())) == 2
    shutil.copy(sent, model)
    assert describe_model(model).title == "sent"


def test_what_the_trash_refuses_stays_as_it_was(sent: Path) -> None:
    model = import_model(sent)
    rename_model(model, "Mittens")

    def refuse(path: Path) -> None:
        raise DiskError(f"{path} could not be moved.")

    with pytest.raises(DiskError):
        delete_model(model, refuse)
    assert describe_model(model).title == "Mittens"


def test_a_runs_model_goes_with_its_run_but_not_while_that_goes_on(runs: Path, trash: Path) -> None:
    model = runs / "one" / "model.safetensors"
    with (
        RunFolder(model.parent).locked(),
        pytest.raises(CheckpointError, match="going on right now"),
    ):
        delete_model(model, lambda path: shutil.move(path, trash))
    assert model.is_file()
    delete_model(model, lambda path: shutil.move(path, trash))
    assert not list(runs.iterdir())
    assert (trash / "one" / "config.json").is_file()


def test_another_model_in_a_runs_folder_goes_without_the_run(runs: Path, sent: Path, trash: Path) -> None:
    other = Path(shutil.copy(sent, runs / "one"))
    delete_model(other, lambda path: shutil.move(path, trash))
    assert (runs / "one" / "model.safetensors").is_file()
    assert [path.name for path in trash.iterdir()] == ["sent.safetensors"]


def test_the_starter_model_stays_as_it_is(shipped: Path, trash: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shipped.parent.parent)
    for path in (shipped, Path("shipped/starter.safetensors")):
        with pytest.raises(ModelFileError, match="comes with CatDog"):
            rename_model(path, "Mine")
        with pytest.raises(ModelFileError, match="comes with CatDog"):
            delete_model(path, lambda path: shutil.move(path, trash))
    assert [path.name for path in shipped.parent.iterdir()] == ["starter.safetensors"]


def test_an_import_overwrites_nothing_and_can_be_listed_whatever_its_ending(sent: Path, runs: Path) -> None:
    other = Path(shutil.copy(sent, sent.with_name("sent.download")))
    imported = [import_model(sent), import_model(sent), import_model(other)]
    assert [path.name for path in imported] == [
        "sent.safetensors",
        "sent 2.safetensors",
        "sent.download.safetensors",
    ]
    assert import_model(imported[0]) == imported[0]
    assert {entry.path for entry in list_models(runs)} > set(imported)


def test_a_folder_with_a_name_too_long_for_the_system_holds_no_models(tmp_path: Path) -> None:
    assert [entry.is_starter for entry in list_models(tmp_path / ("n" * 300))] in ([], [True])
