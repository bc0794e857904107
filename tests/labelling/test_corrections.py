"""A model learns from corrections, keeps its old photos in mind, and says what that did to both."""

import errno
from pathlib import Path

import pytest
import torch

from tests.bad_files import encoded, jpeg, picture
from tests.report.page import Page
from trainer.core.errors import CheckpointError, DatasetError, ModelFileError, PhotoError
from trainer.dataset.label_file import LabelFile, read_labels
from trainer.dataset.scan import scan
from trainer.drawings.samples import draw_dataset
from trainer.inference.neighbours import Neighbours, embedding
from trainer.inference.predictor import Predictor
from trainer.labelling import memory as memories
from trainer.labelling.adjust import Examples, Linear, adjust, balanced
from trainer.labelling.collection import collection_path, remember
from trainer.labelling.correction_run import save_run
from trainer.labelling.corrections import BeforeAfter, Judged, learn
from trainer.labelling.eye import Eye
from trainer.labelling.memory import Memory, Old, memory_of, pack
from trainer.report import write
from trainer.storage import training_photos
from trainer.storage.collection import list_kept
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import list_runs
from trainer.storage.starter import starter_model
from trainer.storage.training_photos import TrainingPhotos

CLASSES = ("cat", "dog")
needs_starter = pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("drawn")
    draw_dataset(root, count=60)
    return root


def drawings(drawn: Path, kind: str) -> list[Path]:
    return sorted((drawn / kind).rglob("*.jpg"))


def corrected(drawn: Path, count: int = 10) -> LabelFile:
    remember(CLASSES, "first", list(drawings(drawn, "cats")[:count]))
    remember(CLASSES, "second", list(drawings(drawn, "dogs")[:count]))
    return LabelFile.open(collection_path(CLASSES))


def test_a_collection_is_a_dataset_and_acts_are_taken_back(drawn: Path) -> None:
    assert remember(CLASSES, "first", drawings(drawn, "cats")[:3]) == 3
    assert remember(CLASSES, "second", drawings(drawn, "dogs")[:2]) == 5
    assert remember(CLASSES, "neither", drawings(drawn, "dogs")[:1]) == 5
    assert remember(CLASSES, None, drawings(drawn, "cats")[:1]) == 4
    book = read_labels(collection_path(("dog", "cat")))
    assert book.counts() == {"first": 2, "second": 1, "neither": 1, "skipped": 0}
    assert scan(book.path).class_counts() == {"cat": 2, "dog": 1}
    with LabelFile.open(book.path) as file:
        assert file.undo()
        assert len(file.labels) == 5


def test_a_pasted_photo_is_kept_first(tmp_path: Path) -> None:
    content = encoded(picture(seed=3), "PNG")
    assert remember(CLASSES, "first", [content]) == 1
    assert remember(CLASSES, "first", [content]) == 1
    (photo,) = read_labels(collection_path(CLASSES)).photos.values()
    assert Path(photo.path).read_bytes() == content
    with pytest.raises(PhotoError):
        remember(CLASSES, "first", [b"no photo"])


def test_class_names_of_any_kind_make_a_file(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(jpeg(1))
    assert remember(("a/b", "ça va?" * 9), "first", [photo]) == 1
    assert collection_path(("a/b", "ça va?" * 9)).is_file()


@needs_starter
def test_twenty_drawings_teach_drawings_and_old_photos_stay_right(drawn: Path, tmp_path: Path) -> None:
    model = starter_model()
    assert model is not None
    before = model.read_bytes()
    with corrected(drawn) as file:
        learnt = learn(model, file)
        folder = save_run(learnt, file, model, tmp_path, seconds=1.0, note=pytest.fail)
    report = learnt.report
    assert report.judgement == "better"
    assert report.new.photos == 20
    assert report.new.right_after >= 17 > report.new.right_before
    assert report.old is not None
    assert report.old.photos == 500
    assert abs(report.old.right_after - report.old.right_before) <= 5
    assert "It became better." in report.sentence
    held_out = drawings(drawn, "cats")[10:] + drawings(drawn, "dogs")[10:]
    said = list(Predictor.load(folder.model).predict(held_out))
    right = sum(one.class_name == ("cat" if "cats" in one.path else "dog") for one in said)
    assert right >= 0.85 * len(said)
    assert model.read_bytes() == before
    (run,) = list_runs(tmp_path)
    assert (run.status, run.epochs, run.resumable, run.extendable) == ("completed", 1, False, False)
    assert run.evaluation is not None
    assert run.evaluation.photos == 500
    assert [kept.path for kept in list_kept(tmp_path) if kept.is_of_run] == [folder.model]
    page = Page.read(folder.report)
    assert "The model learnt from corrections" in page.words
    assert "right on 500 test photos" in page.words
    assert page.all("img") == []  # its test photos are not those of this dataset
    assert f"catdog-cli learn '{collection_path(CLASSES)}' --model {model}" in page.words


@needs_starter
def test_neither_is_learnt_too(drawn: Path) -> None:
    model = starter_model()
    assert model is not None
    remember(CLASSES, "neither", drawings(drawn, "cats")[:6])
    with LabelFile.open(collection_path(CLASSES)) as file:
        learnt = learn(model, file)
    assert learnt.report.remembered == 6
    assert learnt.losses.learnt == 0.0


@needs_starter
def test_a_run_s_own_photos_are_kept_in_mind(drawn: Path, tmp_path: Path) -> None:
    model = starter_model()
    assert model is not None
    with corrected(drawn) as file:
        folder = save_run(learn(model, file), file, model, tmp_path, note=pytest.fail)
    eye = Eye(folder.model, CLASSES)
    assert memory_of(folder.model, eye) is None  # it has training photos, and none that judge
    moved = tmp_path / "elsewhere.safetensors"
    moved.write_bytes(folder.model.read_bytes())
    assert memory_of(moved, eye) is None
    with LabelFile.open(collection_path(CLASSES)) as file:
        report = learn(moved, file).report
    assert report.old is None
    assert "No old photos are known" in report.sentence


@needs_starter
def test_training_photos_are_carried_over(drawn: Path, tmp_path: Path) -> None:
    shipped = starter_model()
    assert shipped is not None
    model = tmp_path / "run" / "model.safetensors"
    model.parent.mkdir()
    model.write_bytes(shipped.read_bytes())
    predictor = Predictor.load(model)
    photos = drawings(drawn, "cats")[:3]
    kept = TrainingPhotos(
        torch.stack([embedding(predictor, photo) for photo in photos]),
        torch.zeros(3),
        tuple(photo.name for photo in photos),
        (b"",) * 3,
    )
    training_photos.save(RunFolder(model.parent).training_photos, kept, model=predictor.digest)
    with corrected(drawn) as file:
        folder = save_run(learn(model, file), file, model, tmp_path / "runs", note=pytest.fail)
        training_photos.save(RunFolder(model.parent).training_photos, kept, model="another")
        without = save_run(learn(model, file), file, model, tmp_path / "runs", note=pytest.fail)
    after = Predictor.load(folder.model)
    neighbours = Neighbours.of_model(folder.model, after)
    assert neighbours is not None
    for photo in photos:
        nearest = neighbours.nearest(embedding(after, photo))[0]
        assert (nearest.name, nearest.similarity) == (photo.name, pytest.approx(1, abs=1e-3))
    assert Neighbours.of_model(without.model, Predictor.load(without.model)) is None


@needs_starter
def test_what_cannot_learn_says_so(drawn: Path, finished_model: Path, tmp_path: Path) -> None:
    model = starter_model()
    assert model is not None
    remember(CLASSES, "first", drawings(drawn, "cats")[:2])
    with LabelFile.open(collection_path(CLASSES)) as file:
        with pytest.raises(DatasetError, match="2 corrections"):
            learn(model, file)
        with pytest.raises(ModelFileError, match="whole network"):
            learn(finished_model, file)
    with (
        LabelFile.create(tmp_path / "other.labels", ("ant", "bee")) as file,
        pytest.raises(ModelFileError, match="ant"),
    ):
        learn(model, file)


@needs_starter
def test_a_run_of_corrections_is_not_resumed(drawn: Path, tmp_path: Path) -> None:
    from contextlib import ExitStack

    from trainer.core.control import RunControl
    from trainer.training.reporter import Reporter
    from trainer.training.take_up import resume

    model = starter_model()
    assert model is not None
    with corrected(drawn, 4) as file:
        folder = save_run(learn(model, file), file, model, tmp_path, note=pytest.fail)
    with ExitStack() as resources, pytest.raises(CheckpointError, match="learnt from corrections"):
        resume(folder.path, None, Reporter(lambda _event: None), RunControl(), resources)


@needs_starter
def test_a_report_that_cannot_be_written_is_told(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = starter_model()
    assert model is not None

    def refuse(_path: Path, _content: bytes) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(write, "write_atomically", refuse)
    notes: list[str] = []
    with corrected(drawn, 4) as file:
        folder = save_run(learn(model, file), file, model, tmp_path, note=notes.append)
    assert folder.model.is_file()
    assert not folder.report.exists()
    assert [note.startswith("The run's report could not be written.") for note in notes] == [True]


def judged(right_before: int, right_after: int, only_before: int, only_after: int, photos: int = 100) -> Judged:
    return Judged(
        photos=photos,
        right_before=right_before,
        right_after=right_after,
        unsure_before=0,
        unsure_after=0,
        only_before=only_before,
        only_after=only_after,
    )


@pytest.mark.parametrize(
    ("old", "new", "judgement"),
    [
        (judged(95, 95, 0, 0), judged(2, 9, 0, 7, 10), "better"),
        (judged(95, 94, 1, 0), judged(2, 9, 0, 7, 10), "better"),
        (judged(95, 93, 2, 0), judged(2, 9, 0, 7, 10), "worse"),
        (judged(950, 944, 6, 0, 1000), judged(2, 9, 0, 7, 10), "worse"),
        (judged(95, 96, 0, 1), judged(5, 5, 0, 0, 10), "same"),
        (None, judged(5, 6, 0, 1, 10), "better"),
    ],
)
def test_nothing_gets_quietly_worse(old: Judged | None, new: Judged, judgement: str) -> None:
    report = BeforeAfter(old=old, new=new, remembered=9)
    assert report.judgement == judgement
    assert ("worse on old photos" in report.sentence) == (judgement == "worse")


def test_a_classifier_moves_only_as_far_as_it_must() -> None:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(200, 5, generator=generator)
    targets = (points[:, 0] > 0).float()
    before = Linear(torch.tensor([4.0, 0, 0, 0, 0]), torch.tensor(0.0))
    old = Examples(points, targets, balanced(targets, 1.0))
    wrong = Examples(torch.tensor([[0.5, 0, 0, 0, 3.0]]), torch.tensor([0.0]), torch.tensor([1.0]))
    after = adjust(before, old, wrong, torch.ones(5), decay=0.001)
    assert float(before.logits(wrong.points)) > 0 > float(after.logits(wrong.points))
    agrees = (after.logits(points) > 0) == (targets == 1)
    assert agrees.float().mean() > 0.8
    held = adjust(before, old, wrong, torch.ones(5), decay=1e6)
    assert torch.allclose(held.weights, before.weights, atol=1e-3)


def test_weights_are_balanced() -> None:
    targets = torch.tensor([0.0, 0, 0, 1])
    weights = balanced(targets, 2.0)
    assert float(weights.sum()) == pytest.approx(2.0)
    assert float(weights[targets == 1].sum()) == pytest.approx(1.0)
    assert len(balanced(torch.zeros(0), 1.0)) == 0


def test_memory_survives_its_packing_and_damage_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Old(torch.rand(6, 4), torch.tensor([0.0, 1, 0, 1, 0, 1]))
    path = tmp_path / "memory.safetensors"
    path.write_bytes(pack(Memory(old, old)))
    monkeypatch.setattr(memories, "resource", lambda *_: path)
    monkeypatch.setattr(memories, "starter_model", lambda: tmp_path / "starter")
    found = memory_of(tmp_path / "starter", None)  # type: ignore[arg-type]  # it looks at no photo
    assert found is not None
    assert torch.allclose(found.learnt.embeddings, old.embeddings, atol=0.01)
    assert torch.equal(found.judging.targets, old.targets)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ModelFileError, match="damaged"):
        memory_of(tmp_path / "starter", None)  # type: ignore[arg-type]
    path.unlink()
    assert memory_of(tmp_path / "starter", None) is None  # type: ignore[arg-type]
