"""The commands `export` and `verify`: an export is written only where it says what its model says, and is checked."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from trainer.core.errors import DiskError, ExportError, ModelFileError
from trainer.core.results import RunResult
from trainer.export import onnx_file, resizing, web
from trainer.export.graph import Graph
from trainer.export.onnx_file import export_onnx, verify
from trainer.export.page_folder import place_in
from trainer.export.proof import Difference, Differences, Proof
from trainer.export.record import read_record
from trainer.storage import model_file


@pytest.fixture(scope="module")
def exported(finished_run: RunResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the export of the finished run's model."""
    assert finished_run.model is not None
    out = tmp_path_factory.mktemp("export") / "model.onnx"
    export_onnx(Path(finished_run.model), out)
    return out


def test_the_file_says_what_it_is_and_how_it_was_proved(exported: Path, finished_model: Path) -> None:
    record = read_record(exported.read_bytes(), exported)
    assert record.classes == ("cat", "dog")
    assert record.verdicts == ("cat", "dog", "unlike", "both", "either")
    assert record.model_sha256 == model_file.load(finished_model).digest
    assert record.proof["same_pixels"]["largest"] < 1e-4
    assert record.proof["same_pixels"]["changed"] == 0
    assert record.proof["accuracies"]["photos"] > 0  # its run's test photos
    assert "worst" not in json.dumps(record.proof)  # whose name is nobody else's business


def test_it_can_be_verified_any_time(exported: Path, finished_model: Path, drawings: Path) -> None:
    proof = verify(exported, finished_model, sorted(drawings.rglob("*.jpg"))[:8])
    assert proof.same_pixels.photos == 8
    assert proof.large_jpegs is not None  # 200 by 150 pixels, for a model that sees 48
    assert proof.large_jpegs.largest < 0.02


def test_photos_whose_verdict_is_another_are_named() -> None:
    photos = [Difference(photo=f"{n}.jpg", model=0.5, export=0.4, model_verdict=0, export_verdict=1) for n in range(7)]
    same = structs.replace(photos[0], export_verdict=0)
    proof = Proof(int8=True, runtime="", same_pixels=Differences.of(photos), large_jpegs=Differences.of(photos[:1]))
    assert "7 verdicts differ: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg, …." in proof.sentence
    assert proof.sentence.endswith("it differs by 0.100000. 1 verdict differs: 0.jpg.")
    alike = structs.replace(proof, same_pixels=Differences.of([same]), large_jpegs=None)
    assert (
        alike.sentence == "On 1 photo, given the same pixels, the probability differs by 0.100000. No verdict differs."
    )


def test_a_page_is_verified_and_written_anew_where_the_disk_refused_a_part(
    exported: Path, finished_model: Path, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = read_record(exported.read_bytes(), exported)

    def full(_path: Path, _content: object) -> None:
        raise DiskError("The disk is full.")

    written = web.write_atomically
    monkeypatch.setattr(
        web, "write_atomically", lambda path, text: (full if path.suffix == ".txt" else written)(path, text)
    )
    with pytest.raises(DiskError):
        web.write_page(tmp_path / "page", exported.read_bytes(), record)
    monkeypatch.undo()
    page = web.write_page(tmp_path / "page", exported.read_bytes(), record)
    photos = sorted(drawings.rglob("*.jpg"))[:2]
    for place in (page, page.parent):
        assert verify(place, finished_model, photos).same_pixels.changed == ()
    for damaged in (page.read_bytes()[:-100_000], page.read_bytes().replace(b'id="network">H4', b'id="network">AA')):
        page.write_bytes(damaged)
        with pytest.raises(ExportError, match=r"index\.html is damaged or cut off"):
            verify(page, finished_model, photos)


def test_where_a_page_goes(tmp_path: Path) -> None:
    assert place_in(tmp_path, "cats") == tmp_path
    (tmp_path / "something").touch()
    assert place_in(tmp_path, "cats") == tmp_path / "cats"
    assert place_in(tmp_path / "gone", "cats") == tmp_path / "gone" / "cats"


def test_a_place_that_cannot_be_written_to_is_told_before_the_comparison(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_args: False)  # root may write anywhere
    for export in (export_onnx, web.export_web):
        with pytest.raises(DiskError, match="cannot be written"):
            export(finished_model, tmp_path / "below" / "out", progress=lambda *_: pytest.fail("It compares."))


def test_an_export_is_no_model(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is an export for other programs, not a model"):
        export_onnx(exported, tmp_path / "again.onnx")


def test_an_export_of_another_model_is_told(
    exported: Path, finished_model: Path, drawings: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.safetensors"
    model_file.save_with_limits(finished_model, other, model_file.load(finished_model).description.limits, 0.6)
    with pytest.raises(ExportError, match="another model"):
        verify(exported, other, sorted(drawings.rglob("*.jpg"))[:1])


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_damaged_export_is_refused(exported: Path, tmp_path: Path, place: float) -> None:
    file = bytearray(exported.read_bytes())
    file[int(place * len(file))] ^= 1
    with pytest.raises(ExportError):
        read_record(bytes(file), tmp_path)


def test_what_is_cut_off_or_no_export_is_refused(exported: Path, finished_model: Path) -> None:
    whole = exported.read_bytes()
    for content in (whole[:-1000], whole[:10], b"", b"no such thing", finished_model.read_bytes()):
        with pytest.raises(ExportError):
            read_record(content, "file.onnx")


def test_an_export_that_resizes_otherwise_is_refused_and_the_photo_named(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_antialiasing(graph: Graph, _scale: str) -> str:
        return graph.constant(np.array(1.0))

    monkeypatch.setattr(resizing, "filter_scale_of", no_antialiasing)
    with pytest.raises(ExportError, match=r"for the photo “.+” the probability is 0\.\d+ instead of 0\.\d+"):
        export_onnx(finished_model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_other_files_are_left_alone(finished_model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_text("mine")
    with pytest.raises(onnx_file.SettingError, match="no export of CatDog"):
        export_onnx(finished_model, tmp_path / "mine.onnx")
    assert (tmp_path / "mine.onnx").read_text() == "mine"
