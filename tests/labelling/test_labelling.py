"""Photos of untidy folders are looked at once, grouped, suggested, and asked for in an order that helps."""

import shutil
from pathlib import Path

import pytest
import torch

from tests.bad_files import jpeg
from trainer.core.errors import CancelledError, DatasetError, ModelFileError, SettingError
from trainer.dataset.label_file import LabelFile, find_labels, new_label_file, read_labels
from trainer.dataset.scan import scan
from trainer.drawings.samples import draw_dataset
from trainer.labelling import eye as eyes
from trainer.labelling.export import export_folders, export_table
from trainer.labelling.eye import Eye
from trainer.labelling.head import Estimate, fit_head, learn, out_of_fold
from trainer.labelling.heap import Found, look_at
from trainer.labelling.open import open_labels
from trainer.labelling.order import group, most_helpful
from trainer.labelling.suggest import Suggester, Suggestions
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A heap of drawn cats and dogs, all in one folder but some."""
    root = tmp_path_factory.mktemp("heap")
    draw_dataset(root / "drawn", count=48)
    (root / "all" / "deep").mkdir(parents=True)
    for number, path in enumerate(sorted((root / "drawn").rglob("*.jpg"))):
        folder = root / "all" / "deep" if number % 5 == 0 else root / "all"
        shutil.copy2(path, folder / f"{path.parent.name}-{path.name}")
    (root / "all" / "broken.jpg").write_bytes(b"no photo")
    shutil.copy2(next((root / "all").glob("cats*.jpg")), root / "all" / "deep" / "copy.jpg")
    return root / "all"


@pytest.fixture
def heap(mixed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mixed, tmp_path / "heap"))


def is_dog(file: LabelFile, digest: str) -> bool:
    return "dogs" in Path(file.photos[digest].path).name


def say_truth(file: LabelFile, digests: tuple[str, ...] | list[str]) -> None:
    for digest in digests:
        file.say("second" if is_dog(file, digest) else "first", [digest])


def some(file: LabelFile, count: int) -> list[str]:
    """Return photos, a cat and a dog in turns."""
    cats = [digest for digest in file.photos if not is_dog(file, digest)]
    dogs = [digest for digest in file.photos if is_dog(file, digest)]
    return [digest for pair in zip(cats, dogs, strict=False) for digest in pair][:count]


def looked_at(heap: Path, classes: tuple[str, str] = ("cat", "dog")) -> tuple[LabelFile, Found, Eye]:
    eye = Eye.choose(classes)
    file = LabelFile.create(new_label_file("heap"), classes)
    return file, look_at(file, [heap], eye), eye


def suggest(file: LabelFile, found: Found, eye: Eye) -> Suggestions:
    return Suggester(found.heap, eye.judge(found.heap.outputs)).suggest(file)


def test_a_heap_is_looked_at_once_and_copies_are_one_photo(heap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, found, eye = looked_at(heap)
    with file:
        assert len(found.heap.digests) == len(file.photos) == 48
        assert [(Path(problem.path).name, problem.kind) for problem in found.problems] == [
            ("broken.jpg", "not an image")
        ]
        assert len({photo.key for photo in file.photos.values()}) == 48
        monkeypatch.setattr(eye, "look", lambda _: pytest.fail("looked at twice"))
        again = look_at(file, [], eye)
        assert torch.equal(again.heap.outputs.embeddings, found.heap.outputs.embeddings)
        assert torch.allclose(again.heap.outputs.logits, found.heap.outputs.logits)


def test_new_photos_come_in_those_that_moved_are_found_and_those_that_are_gone_are_named(heap: Path) -> None:
    file, found, eye = looked_at(heap)
    with file:
        first, second, *_, third = list(file.photos)[:8]
        say_truth(file, [first, second])
        keys = {digest: photo.key for digest, photo in file.photos.items()}
        Path(file.photos[first].path).rename(heap / "renamed.jpg")
        Path(file.photos[third].path).unlink()
        (heap / "new.jpg").write_bytes(jpeg(99))
        found = look_at(file, [], eye)
        assert len(found.heap.digests) == 48
        assert file.photos[first].path == str(heap / "renamed.jpg")
        assert all(file.photos[digest].key == key for digest, key in keys.items())
        assert [problem.kind for problem in found.problems] == ["not an image", "gone"]
    assert {first, second} == set(read_labels(file.path).labels)


def test_looking_can_be_cancelled_and_keeps_what_was_done(heap: Path) -> None:
    eye = Eye.choose(("cat", "dog"))
    with LabelFile.create(new_label_file("heap"), ("cat", "dog")) as file:
        asked = iter([False] * 60 + [True] * 1000)
        with pytest.raises(CancelledError):
            look_at(file, [heap], eye, cancelled=lambda: next(asked))
        assert 0 <= len(file.photos) < 48
        assert len(look_at(file, [heap], eye).heap.digests) == 48


def test_other_classes_are_learnt_from_labels_alone(heap: Path) -> None:
    file, found, eye = looked_at(heap, ("kitten", "puppy"))
    with file:
        assert not eye.knows_classes
        nothing = suggest(file, found, eye)
        assert nothing.probabilities is None
        assert nothing.of(0) is None
        assert sum(map(len, nothing.groups)) == 48
        assert nothing.helpful[:4] == tuple(members[0] for members in nothing.groups)
        assert len(nothing.helpful) == 10
        suggested = nothing
        for _ in range(3):
            say_truth(file, suggested.helpful)
            suggested = suggest(file, found, eye)
        assert suggested.estimate is not None
        assert suggested.estimate.photos == len(file.labels)
        low, high = suggested.estimate.interval
        assert low < suggested.estimate.accuracy <= high
        assert not set(suggested.helpful) & set(file.labels)
        assert suggested.probabilities is not None
        dogs = torch.tensor([is_dog(file, digest) for digest in suggested.digests])
        right = (suggested.probabilities >= 0.5) == dogs
        assert int(right.sum()) >= 43


def test_suggestions_are_accepted_only_when_asked_for_and_can_be_taken_back(heap: Path) -> None:
    file, found, eye = looked_at(heap)
    with file:
        say_truth(file, some(file, 20))
        suggested = suggest(file, found, eye)
        assert len(file.labels) == 20
        above = suggested.above(file, 0.9)
        assert not {*above["first"], *above["second"]} & set(file.labels)
        for label, digests in above.items():
            file.say(label, digests, accepted=True)
        assert file.accepted == {*above["first"], *above["second"]}
        again = suggest(file, found, eye)
        assert again.estimate is not None
        assert again.estimate.photos == 20  # what was accepted says nothing of how good suggestions are
        for digests in above.values():
            assert not digests or file.undo()
        assert len(file.labels) == 20
        assert not file.accepted


def test_neither_is_learnt_from_a_few_of_them(heap: Path) -> None:
    for number in range(12):
        (heap / f"other-{number}.jpg").write_bytes(jpeg(500 + number, 60, 40))
    file, found, eye = looked_at(heap, ("kitten", "puppy"))
    with file:
        others = [digest for digest, photo in file.photos.items() if "other" in photo.path]
        own = [digest for digest in file.photos if digest not in others]
        say_truth(file, [digest for digest in some(file, 30) if digest in own][:12])
        file.say("neither", others[:4])
        suggested = suggest(file, found, eye)
        likely = suggested.likely_neither(file)
        assert set(likely) >= set(others[4:10])
        assert len(set(likely) & set(own)) <= 3
        assert not {*suggested.above(file, 0.5)["first"], *suggested.above(file, 0.5)["second"]} & set(likely)


def test_a_model_that_calls_the_user_s_photos_neither_is_not_believed(heap: Path) -> None:
    file, found, eye = looked_at(heap)
    with file:
        before = suggest(file, found, eye)
        assert len(before.likely_neither(file)) > 10  # to the starter model a drawing is neither
        say_truth(file, some(file, 8))
        assert suggest(file, found, eye).likely_neither(file) == []


def test_labels_become_class_folders_and_tables(heap: Path, tmp_path: Path) -> None:
    file, _, _ = looked_at(heap)
    with file:
        with pytest.raises(DatasetError, match="No photo"):
            export_folders(file, tmp_path / "out")
        say_truth(file, some(file, 10))
        file.say("neither", file.unlabelled[:2])
        result = export_folders(file, tmp_path / "out", link=True)
        assert result.photos == 10
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"cats", "dogs"}
        assert next((tmp_path / "out" / "dogs").iterdir()).stat().st_nlink == 2
        assert export_table(file, tmp_path / "labels.csv") == 10
    counts = scan(tmp_path / "labels.csv").class_counts()
    assert counts == scan(tmp_path / "out").class_counts() == scan(file.path).class_counts()


def test_folders_find_their_labels_again(heap: Path, tmp_path: Path) -> None:
    file, given = open_labels([heap], ["Dogs", "cat"], None)
    with file:
        assert (file.classes, file.name, given) == (("cat", "dog"), "heap", [heap])
        look_at(file, given, Eye.choose(file.classes))
    assert find_labels([heap]) == file.path
    assert find_labels([heap, tmp_path / "more"]) is None
    assert find_labels([], "heap") == file.path
    with open_labels([heap])[0] as again:
        assert again.path == file.path
    with pytest.raises(SettingError, match="are of cat and dog"):
        open_labels([heap], ["ant", "bee"])
    with open_labels([heap], ["ant", "bee"], "insects")[0] as other:
        assert other.name == "insects"
    with open_labels([file.path, tmp_path])[0] as named:
        assert named.path == file.path
    with pytest.raises(SettingError, match="Several files"):
        open_labels([file.path, other.path])


def test_without_any_backbone_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyes, "starter_model", lambda: None)
    with pytest.raises(ModelFileError, match="no starter model"):
        Eye.choose(("cat", "dog"))


def test_classes_in_the_other_order_are_turned(heap: Path) -> None:
    model = starter_model()
    assert model is not None
    cats_first, dogs_first = Eye(model, ("cat", "dog")), Eye(model, ("dog", "cat"))
    with LabelFile.create(new_label_file("heap"), ("cat", "dog")) as file:
        outputs = look_at(file, [heap], cats_first).heap.outputs
    one, other = cats_first.judge(outputs), dogs_first.judge(outputs)
    assert one is not None
    assert other is not None
    assert torch.allclose(one.probabilities, 1 - other.probabilities)


def separable(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    targets = (torch.arange(count) % 2).float()
    return torch.randn(count, 20, generator=generator) + 2 * targets[:, None] - 1, targets


def test_a_head_learns_and_an_estimate_does_not_look_at_what_it_learnt_from() -> None:
    features, targets = separable(60)
    offset = torch.zeros(60)
    head, estimate = learn(features, targets, offset, torch.ones(60, dtype=torch.bool))
    assert ((head.logits(features, offset) > 0) == (targets == 1)).float().mean() > 0.95
    assert estimate is not None
    assert head.temperature >= 1
    chance = torch.arange(60).float() % 3 % 2
    logits = out_of_fold(features.roll(7, 0) * 0, chance, offset)
    assert logits is not None
    assert out_of_fold(features[:9], targets[:9], offset[:9]) is None
    assert learn(features, targets, offset, torch.arange(60) < 9)[1] is None
    assert Estimate(9, 10).interval[0] < 0.9 < Estimate(9, 10).interval[1]


def test_both_classes_weigh_the_same_in_a_head() -> None:
    features = torch.zeros(20, 3)
    targets = torch.tensor([1.0] + [0.0] * 19)
    assert abs(fit_head(features, targets, torch.zeros(20)).bias) < 1e-3


def test_a_model_s_word_stands_until_labels_contradict_it() -> None:
    features, targets = separable(20)
    head = fit_head(features, targets, (2 * targets - 1) * 10)
    assert float(head.weights.abs().max()) < 0.01


def test_the_order_asks_for_doubtful_and_different_photos() -> None:
    features = torch.tensor([[1.0, 0], [0.99, 0.01], [0, 1], [0.01, 0.99], [-1, -1]])
    logits = torch.tensor([0.1, 0.0, 0.2, 0.3, 9.0])
    nothing = torch.zeros(5, dtype=torch.bool)
    assert set(most_helpful(features, logits, nothing, 2)) in ({1, 2}, {1, 3}, {0, 2})
    labelled = torch.tensor([False, True, False, False, False])
    assert most_helpful(features, logits, labelled, 2)[0] in (2, 3)
    assert sorted(most_helpful(features, logits, labelled, 10)) == [0, 2, 3, 4]


def test_groups_hold_every_photo_once_and_the_same_every_time() -> None:
    features, _ = separable(100)
    groups = group(features)
    assert sorted(row for rows in groups for row in rows) == list(range(100))
    assert groups == group(features)
    assert [len(rows) for rows in groups] == sorted((len(rows) for rows in groups), reverse=True)
    assert group(torch.zeros(0, 4)) == []
    assert group(torch.zeros(7, 4)) == [list(range(7))]
