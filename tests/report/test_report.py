"""The report of a run: right in its numbers, complete in one file, and safe whatever photos are called."""

import errno
import json
import math
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.report.page import Page
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import CheckpointError, SettingError, TrainerError
from trainer.core.events import AnyEvent, EpochFinished, Noted
from trainer.core.results import Evaluation, RunResult
from trainer.core.text import percent
from trainer.files import regular
from trainer.inference.robustness import measure_robustness
from trainer.report import write as write_module
from trainer.report.gather import SHOWN_MISTAKES, gather
from trainer.report.render import render
from trainer.report.write import write_report
from trainer.storage.run_folder import RunFolder
from trainer.training.loop import resume, train

Config = Callable[..., TrainConfig]


def folder_of(result: RunResult) -> RunFolder:
    assert result.run_folder is not None
    return RunFolder(Path(result.run_folder))


@pytest.fixture
def run_copy(finished_run: RunResult, tmp_path: Path) -> RunFolder:
    """Return a copy of the finished run's folder, to be changed."""
    return RunFolder(Path(shutil.copytree(folder_of(finished_run).path, tmp_path / "copy")))


def test_a_run_leaves_its_report_with_the_numbers_of_its_evaluation(finished_run: RunResult) -> None:
    folder = folder_of(finished_run)
    page = Page.read(folder.report)
    found = msgspec.json.decode(folder.evaluation.read_bytes(), type=Evaluation)
    low, high = found.accuracy_interval
    assert f"right on 12 test photos {percent(found.accuracy, 1)}" in page.words
    assert f"{percent(low, 1)} to {percent(high, 1)}" in page.words
    assert f"the larger class {percent(found.baseline, 1)}" in page.words
    assert f"lower is better {found.loss:.3f}" in page.words
    assert f"nearest class) {found.not_sure} " in page.words
    for name, row in zip(found.classes, found.confusion, strict=True):
        right = f"is {name} " + " ".join(
            f"{count} {percent(count / sum(row))} {'right' if other == name else 'wrong'}"
            for other, count in zip(found.classes, row, strict=True)
        )
        assert right in page.words
    assert "Tested on too few photos." in page.words
    assert "Training 28 28 56 Validation 6 6 12 Test 6 6 12 All 40 40 80" in page.words
    assert "2 epochs of 2 were trained." in page.words
    for row in finished_run.history:
        accuracies = f"{percent(row.train_accuracy, 1)} {percent(row.val_accuracy, 1)}"
        assert f"{row.train_loss:.4f} {row.val_loss:.4f} {accuracies}" in page.words
    assert "completed" in page.words
    assert folder.read_record().machine in page.words
    assert folder.read_record().fingerprint in page.words


def test_its_worst_mistakes_are_there_with_heat_maps(finished_run: RunResult) -> None:
    folder = folder_of(finished_run)
    page = Page.read(folder.report)
    evaluation = folder.read_evaluation()
    assert evaluation is not None
    shown = min(len(evaluation.wrong), SHOWN_MISTAKES)
    assert shown > 0
    pictures = page.all("img")
    assert len(pictures) == 2 * shown
    assert all(each["src"].startswith("data:image/jpeg;base64,/9j/") and each["alt"] for each in pictures)
    assert all(max(int(each["width"]), int(each["height"])) == 160 for each in pictures)
    assert pictures[0]["src"] != pictures[1]["src"]
    for photo in evaluation.wrong[:SHOWN_MISTAKES]:
        assert photo.path in page.words


def test_nothing_in_it_asks_for_anything_or_runs(finished_run: RunResult) -> None:
    content = folder_of(finished_run).report.read_text(encoding="utf-8")
    page = Page(content)
    without_pictures = re.sub(r"data:image/jpeg;base64,[\w+/=]+", "", content)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:", without_pictures)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "form", "base", "audio", "video", "source"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in {"srcset", "action", "background"}]
        assert all(attributes[name].startswith("data:") for name in ("src", "href") if name in attributes), tag
    [policy] = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_it_can_be_read_without_seeing_it(finished_run: RunResult) -> None:
    page = Page.read(folder_of(finished_run).report)
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert len(page.all("h1")) == 1
    headings = {each["id"] for each in page.all("h2")}
    assert headings == {each["aria-labelledby"] for each in page.all("section")}
    assert all(each["role"] == "img" and each["aria-label"] for each in page.all("svg"))
    assert len(page.all("svg")) == 4
    assert all(each["scope"] in {"row", "col"} for each in page.all("th"))
    assert [each["class"] for each in page.all("path") if each["class"].startswith("line")].count("line train") == 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_names_of_photos_and_classes_stay_text(drawings: Path, small_config: Config, tmp_path: Path) -> None:
    names = ["<script>alert(1)&lt;{}.jpg", '" onerror="alert({}).jpg', "\u202egpj.{}.jpg", "{{{{ 7 * {} }}}}.jpg"]
    folders = {"cats": "<b>cat's\u202e", "dogs": '"dog\u05d0'}
    for number, photo in enumerate(sorted(drawings.rglob("*.jpg"))):
        name = names[number % 4].format(number)
        place = tmp_path / "photos" / folders[photo.parent.name] / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, place)
    folder = folder_of(train(small_config(dataset=str(tmp_path / "photos"), epochs=1), out=tmp_path / "runs"))
    content = folder.report.read_text(encoding="utf-8")
    page = Page(content)
    assert not {"script", "b"} & {tag for tag, _ in page.elements}
    assert not [attributes for _, attributes in page.elements if "onerror" in attributes]
    assert "\u202e" not in content
    assert "\\u202e" in page.words
    classes = folder.read_dataset().classes
    assert any(name.startswith("<b>cat's") for name in classes)
    assert "<b>cat's\\u202e" in page.words
    assert '\u2068"dog\u05d0\u2069' in page.words
    evaluation = folder.read_evaluation()
    assert evaluation is not None
    shown = [photo.path.rpartition("/")[2] for photo in evaluation.wrong[:SHOWN_MISTAKES]]
    assert shown
    assert all(name.replace("\u202e", "\\u202e") in page.words for name in shown)


def test_a_private_report_names_nothing_and_shows_nothing(run_copy: RunFolder, drawings: Path, tmp_path: Path) -> None:
    dataset = run_copy.read_dataset()
    first = dataset.photos[0].path
    run_copy.health.write_text(
        json.dumps({"sentences": [f"{first} is dark.", "3 photos are <dark>."]}), encoding="utf-8"
    )
    whole = Page.read(write_report(run_copy.path)).words
    assert f"{first} is dark. 3 photos are <dark>." in whole
    file = write_report(run_copy.path, tmp_path / "private.html", private=True)
    content, page = file.read_text(encoding="utf-8"), Page.read(file)
    assert "3 photos are <dark>." in page.words
    assert "is dark." not in page.words
    assert page.all("img") == []
    assert "data:image" not in content
    for photo in dataset.photos:
        assert photo.path.rpartition("/")[2] not in content
    for part in (str(drawings), str(run_copy.path), str(tmp_path), drawings.parent.name, drawings.name + "<"):
        assert part not in content
    assert "catdog-cli train DATASET --recipe classic --epochs 2" in page.words
    assert "right on 12 test photos" in page.words


def test_photos_in_a_zip_are_shown_too(drawings: Path, small_config: Config, tmp_path: Path) -> None:
    zipped = shutil.make_archive(str(tmp_path / "photos"), "zip", drawings)
    folder = folder_of(train(small_config(dataset=zipped, epochs=1), out=tmp_path / "runs"))
    evaluation = folder.read_evaluation()
    assert evaluation is not None
    assert len(Page.read(folder.report).all("img")) == 2 * min(len(evaluation.wrong), SHOWN_MISTAKES) > 0


def test_photos_that_are_gone_or_changed_are_not_shown(run_copy: RunFolder, drawings: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(drawings, tmp_path / "moved"))
    dataset = msgspec.structs.replace(run_copy.read_dataset(), root=str(moved))
    run_copy.write_dataset(dataset)
    evaluation = run_copy.read_evaluation()
    assert evaluation is not None
    photos = (*evaluation.wrong, *evaluation.right)
    evaluation = msgspec.structs.replace(evaluation, wrong=photos[:4], right=photos[4:])
    run_copy.write_evaluation(evaluation)
    gone, changed, *others = evaluation.wrong
    (moved / gone.path).unlink()
    shutil.copy(moved / others[0].path, moved / changed.path)
    notes: list[str] = []
    page = Page.read(write_report(run_copy.path, note=notes.append))
    assert notes == ["2 mistakes are shown without their pictures: photos or model are gone, changed or unreadable."]
    assert len(page.all("img")) == 2 * len(others)
    assert page.words.count("This photo is not there any more, or has changed.") == 2
    shutil.rmtree(moved)
    assert Page.read(write_report(run_copy.path)).all("img") == []


def test_a_run_without_a_test_says_so_and_going_on_writes_it_anew(small_config: Config, tmp_path: Path) -> None:
    control = RunControl()

    def stop_twice(event: AnyEvent) -> None:
        if isinstance(event, EpochFinished):
            control.stop()
            control.stop()

    stopped = train(small_config(), out=tmp_path, emit=stop_twice, control=control)
    assert stopped.status == "stopped"
    assert stopped.evaluation is None
    folder = folder_of(stopped)
    page = Page.read(folder.report)
    assert "This model was not tested." in page.words
    assert "stopped early" in page.words
    assert "1 epoch of 2 was trained." in page.words
    resume(folder.path)
    page = Page.read(folder.report)
    assert "right on 12 test photos" in page.words
    assert "2 epochs of 2 were trained." in page.words
    resume(folder.path, epochs=3)
    assert "3 epochs of 3 were trained." in Page.read(folder.report).words


def test_an_evaluation_of_an_earlier_model_is_not_shown(run_copy: RunFolder) -> None:
    assert gather(run_copy.path).test is not None
    from trainer.storage import model_file

    model = model_file.load(run_copy.model)
    untested = msgspec.structs.replace(model.description, test=None)
    model_file.save(run_copy.model, model._replace(description=untested))
    assert gather(run_copy.path).test is None


def test_a_long_run_is_thinned_out_but_not_its_best_and_last_epoch(run_copy: RunFolder) -> None:
    report = gather(run_copy.path)
    row = report.history[0]
    history = tuple(msgspec.structs.replace(row, epoch=epoch) for epoch in range(1, 10_001))
    page = Page(render(msgspec.structs.replace(report, history=history, best_epoch=7_777)))
    assert "Some of the epochs in numbers" in page.words
    assert {" 100 0.", " 7777 0.", " 10000 0."} <= {f" {number} 0." for number in re.findall(r" (\d+) 0\.", page.words)}
    assert len(page.all("tr")) < 250
    assert max(len(each["d"]) for each in page.all("path")) < 8_000


def test_a_report_that_cannot_be_written_fails_no_run(
    small_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(write_module, "write_report", refuse)
    events: list[AnyEvent] = []
    result = train(small_config(epochs=1), out=tmp_path, emit=events.append)
    assert result.status == "completed"
    assert result.evaluation is not None
    [note] = [event.text for event in events if isinstance(event, Noted)]
    assert note.startswith("The run's report could not be written. Something unexpected")
    assert not folder_of(result).report.exists()


def test_no_file_but_a_report_is_written_over(run_copy: RunFolder, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.html"
    thesis.write_text("<!DOCTYPE html><p>years of work", encoding="utf-8")
    with pytest.raises(SettingError, match="is no report of CatDog"):
        write_report(run_copy.path, thesis)
    with pytest.raises(SettingError, match="is no report of CatDog"):
        write_report(run_copy.path, tmp_path)
    assert "years of work" in thesis.read_text(encoding="utf-8")
    write_report(run_copy.path, thesis, force=True)
    write_report(run_copy.path, thesis)
    assert "Report of a training run" in thesis.read_text(encoding="utf-8")


def test_a_run_without_an_epoch_has_nothing_to_report(run_copy: RunFolder) -> None:
    run_copy.events.unlink()
    run_copy.metrics.unlink()
    with pytest.raises(CheckpointError, match=r"No epoch of the run .* was finished"):
        write_report(run_copy.path)


@pytest.mark.parametrize("name", ["classic-stopped", "compact-completed", "transfer-completed"])
def test_runs_of_the_former_version_have_reports_too(name: str, tmp_path: Path) -> None:
    fixture = Path(__file__).resolve().parents[1] / "fixtures" / "catdog-0.1" / name
    page = Page.read(write_report(fixture, tmp_path / "report.html"))
    assert "right on" in page.words
    assert len(page.all("svg")) == 3  # its evaluation knows no coverage


@pytest.mark.parametrize(
    "changed",
    [
        {"photos": 0, "right": (), "wrong": (), "confusion": ((0, 0), (0, 0))},
        {"photos": 13},
        {"confusion": ((-6, 12), (0, 6))},
        {"per_class": {}},
        {"classes": ("cat", "fox")},
        {"wrong": ()},
    ],
)
def test_an_evaluation_that_somebody_changed_is_refused(run_copy: RunFolder, changed: dict[str, object]) -> None:
    evaluation = run_copy.read_evaluation()
    assert evaluation is not None
    run_copy.write_evaluation(msgspec.structs.replace(evaluation, **changed))
    with pytest.raises(CheckpointError, match=r"evaluation\.json is damaged"):
        write_report(run_copy.path)


def test_epochs_whose_loss_is_no_number_are_left_out(run_copy: RunFolder) -> None:
    run_copy.events.unlink()
    first, second = gather(run_copy.path).history
    broken = [
        msgspec.structs.replace(second, epoch=3 + number, val_loss=value)
        for number, value in enumerate((math.nan, math.inf))
    ]
    huge = msgspec.structs.replace(second, train_loss=1.7e308)
    run_copy.write_history([first, huge, *broken])
    assert "2 epochs of 2 were trained." in Page.read(write_report(run_copy.path)).words


def test_what_harms_do_is_there_once_it_was_measured(run_copy: RunFolder, drawings: Path) -> None:
    assert "How robust it is" not in Page.read(run_copy.report).words
    found = measure_robustness(run_copy.model, drawings, split="test", threads=1)
    worse = msgspec.structs.replace(found.harms[0], accuracy=0.0, is_clear=True)
    found = msgspec.structs.replace(found, accuracy=0.5, harms=(worse, *found.harms[1:]))
    run_copy.write_robustness(found)
    page = Page.read(write_report(run_copy.path))
    low, high = worse.accuracy_interval
    assert f"Blurred by 0.5 % 0.0 % {percent(low, 1)} to {percent(high, 1)} -50.0" in page.words
    assert "Without colour" in page.words
    assert "One harm makes it clearly worse" in page.words
    assert page.all("tr").count({"class": "worse"}) == 1
    run_copy.robustness.write_text("{}", encoding="utf-8")
    assert gather(run_copy.path).robustness is None


def test_health_that_is_damaged_is_left_out(run_copy: RunFolder) -> None:
    run_copy.health.write_bytes(b'{"sentences": 3}')
    assert gather(run_copy.path).data.sentences == ()


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        ("run_history.open_regular", "events.jsonl"),
        ("event_log.open_regular", "events.jsonl"),
        ("model_description.open_regular", "model.safetensors"),
        ("run_folder.read_regular", "robustness.json"),
    ],
)
def test_a_page_never_lacks_what_the_disk_refuses_to_read(
    reader: str, name: str, run_copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_copy.robustness.write_text("{}", encoding="utf-8")  # what is damaged is left out: there is nothing to show
    before = write_report(run_copy.path, private=True).read_bytes()
    read = getattr(regular, reader.partition(".")[2])

    def refuse(path: Path | str) -> object:
        if Path(path).name == name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read(path)

    monkeypatch.setattr(f"trainer.storage.{reader}", refuse)
    with pytest.raises(TrainerError, match=re.escape(f"{name} cannot be")):
        write_report(run_copy.path, private=True)
    assert run_copy.report.read_bytes() == before
