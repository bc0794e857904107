"""What was trained or opened on this computer: models and runs, whole, unfinished or damaged, with their notes."""

import os
import shutil
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.storage.test_run_list import interrupted_run
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.errors import DiskError, ModelFileError
from trainer.core.results import RunResult
from trainer.core.setting_values import values_of
from trainer.core.statistics import wilson_interval
from trainer.files.paths import models_folder
from trainer.storage.collection import Kept, best_first, list_kept
from trainer.storage.model_changes import delete_for_good, delete_models, import_model, rename_model
from trainer.storage.model_list import own_title, title_file
from trainer.storage.notes import note_file, read_note, write_note
from trainer.storage.run_history import read_history, read_start

FORMER = Path(__file__).parents[1] / "fixtures" / "catdog-0.1"


@pytest.fixture
def runs(finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a runs folder with a copy of the finished run."""
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "runs" / "one")
    return tmp_path / "runs"


@pytest.fixture
def model(runs: Path) -> Path:
    return runs / "one" / "model.safetensors"


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_run_is_listed_with_its_model_photos_and_status(runs: Path, finished_run: RunResult) -> None:
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert kept.model is not None
    assert kept.run is not None
    assert (kept.status, kept.recipe, kept.dataset) == ("completed", "classic", "set")
    assert finished_run.evaluation is not None
    assert kept.test == finished_run.evaluation
    assert kept.learnt_from == 56
    assert kept.made == kept.model.description.origin.created  # as menus say it, not when the run began


def test_a_run_without_a_model_is_listed_with_what_is_known(runs: Path) -> None:
    folder = interrupted_run(runs)
    kept = next(kept for kept in list_kept(runs) if kept.path.parent == folder.path)
    assert (kept.model, kept.status, kept.title) == (None, "interrupted", "Classic · photos")
    rename_model(kept.path, "The long one")
    assert next(kept for kept in list_kept(runs) if kept.path.parent == folder.path).title == "The long one"


def test_a_damaged_model_is_listed_with_the_reason_and_can_be_deleted(runs: Path, model: Path) -> None:
    content = model.read_bytes()
    model.write_bytes(content[:-10])
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert (kept.model, kept.status) == (None, "damaged")
    assert "damaged or cut off" in kept.damage
    assert kept.run is not None
    sent = models_folder() / "sent.safetensors"
    sent.parent.mkdir(parents=True)
    sent.write_bytes(content[:500])
    assert {kept.path for kept in list_kept(runs) if kept.damage} == {model, sent}
    assert delete_models([model, sent], remove).gone == (model, sent)
    assert not [kept for kept in list_kept(runs) if kept.damage]


def test_a_run_whose_settings_are_damaged_is_listed_too(runs: Path, model: Path) -> None:
    (model.parent / "config.json").write_text("{", encoding="utf-8")
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert kept.status == "damaged"
    assert "config.json is damaged" in kept.damage
    assert kept.model is not None  # which can be used all the same


def test_another_programs_folder_is_neither_listed_nor_deleted(runs: Path, model: Path) -> None:
    other = runs / "their project"
    other.mkdir()
    (other / "config.json").write_text('{"architectures": ["Bert"]}', encoding="utf-8")
    (other / "thesis.txt").write_text("years of work", encoding="utf-8")
    (other / "model.safetensors").write_bytes(b"\x02\x00\x00\x00\x00\x00\x00\x00{}")
    assert [kept.path for kept in list_kept(runs) if not kept.is_starter] == [model]
    delete_models([other / "model.safetensors"], remove)
    assert (other / "thesis.txt").is_file()


def test_one_that_cannot_be_deleted_stops_no_other(runs: Path, model: Path) -> None:
    folder = interrupted_run(runs)
    going_on = interrupted_run(runs)
    with going_on.locked():
        done = delete_models([going_on.model, folder.model, model], remove)
    assert done.gone == (folder.model, model)
    assert list(done.refused) == [going_on.model]
    assert "is going on right now" in done.refused[going_on.model]
    assert going_on.config.is_file()
    assert not folder.path.exists()


def test_what_the_trash_refuses_is_said_and_stays(runs: Path, model: Path) -> None:
    def refuse(path: Path) -> None:
        raise DiskError("The trash is full.", remedy="Empty it.", path=path)

    assert delete_models([model], refuse).refused == {model: "The trash is full. Empty it."}
    assert model.is_file()


def with_test(kept: Kept, title: str, right: int, photos: int) -> Kept:
    assert kept.model is not None
    assert kept.model.description.test is not None
    test = replace(
        kept.model.description.test,
        photos=photos,
        accuracy=right / photos,
        accuracy_interval=wilson_interval(right, photos),
    )
    return replace(kept, title=title, model=replace(kept.model, description=replace(kept.model.description, test=test)))


def test_the_best_is_the_one_whose_test_says_most_and_not_the_luckiest(runs: Path) -> None:
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    lucky, good = with_test(kept, "lucky", 4, 4), with_test(kept, "good", 994, 1000)
    assert kept.model is not None
    untested = replace(
        kept, title="untested", model=replace(kept.model, description=replace(kept.model.description, test=None))
    )
    assert [kept.title for kept in best_first([untested, lucky, good])] == ["good", "lucky", "untested"]


def test_a_note_is_kept_beside_the_run_found_and_taken_away(runs: Path, model: Path) -> None:
    write_note(model, "  with Anna's photos\nand strong augmentation ")
    assert note_file(model) == model.parent / "note.txt"
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert kept.note == "with Anna's photos\nand strong augmentation"
    assert kept.says("ANNA classic")
    assert not kept.says("anna transfer")
    write_note(model, " ")
    assert read_note(model) == ""
    assert not note_file(model).exists()
    write_note(model, "")  # once more is no error


def test_a_note_that_is_no_text_hides_nothing(runs: Path, model: Path) -> None:
    note_file(model).write_bytes(b"\xff\xfe gr\xfc\xdfe" + b"x" * 100_000)
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert 0 < len(kept.note) <= 10_000
    note_file(model).unlink()
    note_file(model).mkdir()
    assert read_note(model) == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
@pytest.mark.timeout(20)
def test_a_pipe_in_place_of_a_note_or_a_title_is_not_waited_for(runs: Path, model: Path) -> None:
    for path in (note_file(model), title_file(model)):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    (kept,) = [kept for kept in list_kept(runs) if not kept.is_starter]
    assert kept.note == ""
    assert kept.title.startswith("Classic")


def test_what_no_text_file_can_hold_is_refused_and_the_old_words_stay(model: Path) -> None:
    write_note(model, "with Anna")
    rename_model(model, "Whiskers")
    for change in (write_note, rename_model):
        with pytest.raises(ModelFileError, match="letters that cannot be kept"):
            change(model, "gr\udcfcn")
    assert read_note(model) == "with Anna"
    assert own_title(model) == "Whiskers"


def test_the_note_of_a_file_from_elsewhere_goes_with_it(model: Path, tmp_path: Path) -> None:
    path = import_model(Path(shutil.copy(model, tmp_path / "sent.safetensors")))
    write_note(path, "from Ben")
    assert read_note(path) == "from Ben"
    delete_models([path], remove)
    assert not list(models_folder().iterdir())
    write_note(path, "left behind")
    assert read_note(import_model(tmp_path / "sent.safetensors")) == ""


def test_the_starter_model_takes_no_note(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.storage.starter.starter_model", lambda: model)
    with pytest.raises(ModelFileError, match="comes with CatDog"):
        write_note(model, "mine")


def test_a_runs_curves_are_read_again(finished_run: RunResult) -> None:
    assert finished_run.run_folder is not None
    state = read_history(Path(finished_run.run_folder))
    assert state.phase == "completed"
    assert state.history == finished_run.history
    assert state.best_epoch == finished_run.best_epoch
    assert state.started is not None
    assert state.started == read_start(Path(finished_run.run_folder))


def test_without_its_log_a_run_has_its_epochs_all_the_same(runs: Path, finished_run: RunResult) -> None:
    (runs / "one" / "events.jsonl").unlink()
    state = read_history(runs / "one")
    assert state.history == finished_run.history
    assert state.best_epoch == finished_run.best_epoch
    (runs / "one" / "metrics.csv").write_bytes(b"\xff\x00,")
    assert read_history(runs / "one").history == ()


def test_a_run_that_went_on_has_one_curve(runs: Path, finished_run: RunResult) -> None:
    log = runs / "one" / "events.jsonl"
    once = log.read_bytes()
    start = read_start(runs / "one")
    assert start is not None
    again = msgspec.json.encode(replace(start, history=finished_run.history))
    log.write_bytes(once + again + b"\n" + once.splitlines()[-1] + b"\n{cut off")
    assert read_history(runs / "one").history == finished_run.history


@pytest.mark.parametrize(
    ("name", "status", "epochs"),
    [
        ("classic-stopped", "stopped", 2),
        ("compact-completed", "completed", None),
        ("transfer-completed", "completed", None),
    ],
)
def test_runs_of_the_former_version_have_a_history(name: str, status: str, epochs: int | None, tmp_path: Path) -> None:
    shutil.copytree(FORMER / name, tmp_path / name)
    kept = {kept.path.parent.name: kept for kept in list_kept(tmp_path)}[name]
    assert kept.status == status
    assert kept.learnt_from == 16
    history = read_history(tmp_path / name).history
    assert len(history) == epochs if epochs else history
    assert kept.run is not None
    assert values_of(kept.run.config)


def test_settings_that_were_changed_come_first() -> None:
    config = TrainConfig(dataset="/photos", epochs=7, augment=AugmentConfig(rotation=5))
    values = values_of(config)
    assert [value.name for value in values if value.changed] == ["epochs", "augment.rotation"]
    assert [value.name for value in values[:2]] == ["epochs", "augment.rotation"]
    assert (values[0].title, values[0].value, values[0].usual) == ("Epochs", 7, 30)
    assert "backbone" not in {value.name for value in values}  # it does nothing in this recipe


def test_two_hundred_runs_are_listed_in_a_moment(runs: Path) -> None:
    for number in range(199):
        shutil.copytree(runs / "one", runs / f"run {number}", ignore=shutil.ignore_patterns("last.ckpt"))
    begin = time.process_time()
    assert len([kept for kept in list_kept(runs) if not kept.is_starter]) == 200
    assert time.process_time() - begin < 2


def test_a_file_that_comes_while_a_folder_is_deleted_is_deleted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    rmdir, late = os.rmdir, [folder / ".lock", folder / ".other"]

    def after_another(path: str, **where: int | None) -> None:
        if late:
            late.pop().touch()
        rmdir(path, **where)

    monkeypatch.setattr(os, "rmdir", after_another)
    delete_for_good(folder)
    assert not folder.exists()
