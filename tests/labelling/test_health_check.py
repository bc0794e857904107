"""A check of a dataset's health finds what was planted: copies, leaks, wrong classes."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from trainer.core.errors import CancelledError
from trainer.dataset.answers import answer, open_answers
from trainer.dataset.health.doubts import find_doubts
from trainer.dataset.records import Photo
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.drawings.samples import draw_dataset
from trainer.labelling.eye import Eye
from trainer.labelling.features import embeddings_of, standardised
from trainer.labelling.head_folds import folds_of, learning_curve, out_of_fold
from trainer.labelling.health_check import check_health
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")


@pytest.fixture(scope="module")
def eye() -> Eye:
    return Eye.choose(("cat", "dog"), threads=1)


@pytest.fixture
def drawn(drawings: Path, tmp_path: Path) -> Path:
    """Return 80 drawings, of which two are in the wrong folder."""
    folder = Path(shutil.copytree(drawings, tmp_path / "set"))
    (folder / "cats" / "cat.0005.jpg").rename(folder / "dogs" / "odd.jpg")
    (folder / "dogs" / "dog.0006.jpg").rename(folder / "cats" / "odd.jpg")
    return folder


def test_wrong_folders_are_doubted_first_until_they_are_answered(drawn: Path, eye: Eye) -> None:
    found = scan(drawn)
    checked = check_health(found, eye)
    assert checked.doubts is not None
    assert {doubt.path for doubt in checked.doubts[:2]} == {"cats/odd.jpg", "dogs/odd.jpg"}
    assert any(
        "looks like the other class" in said or "look like the other class" in said for said in checked.sentences
    )
    with open_answers(found.classes) as file:
        answer(file, "second", found, [photo for photo in found.photos if photo.path == "cats/odd.jpg"])
        answer(file, "second", found, [photo for photo in found.photos if photo.path == "dogs/odd.jpg"])  # "keep"
    again = check_health(found, eye)
    assert again.doubts is not None
    assert not {doubt.path for doubt in again.doubts} & {"cats/odd.jpg", "dogs/odd.jpg"}
    assert "1 photo counts as the other class, as you said." in again.sentences
    assert again.more_photos is not None


def test_leaks_of_given_splits_are_named_with_the_score_without_them(tmp_path: Path, eye: Eye) -> None:
    for split, seed, count in (("train", 1, 60), ("test", 2, 40)):
        draw_dataset(tmp_path / split, count=count, seed=seed)
    for number in range(5):
        with Image.open(tmp_path / "test" / "cats" / f"cat.{number:04}.jpg") as image:
            ImageOps.mirror(image).save(tmp_path / "train" / "cats" / f"leak {number}.jpg", quality=80)
    checked = check_health(scan(tmp_path), eye)
    assert checked.leaks is not None
    assert (checked.leaks.photos, checked.leaks.tested) == (5, 40)
    assert checked.leaks.right_without <= checked.leaks.right <= checked.leaks.right_without + 5
    leaks = [group for group in checked.copies if group.in_several_splits]
    assert len(leaks) == 5
    assert not any(group.exact for group in leaks)
    assert any(said.startswith("5 of 40 test photos have a copy") for said in checked.sentences)


def test_the_same_pixels_in_another_format_are_an_exact_copy(drawn: Path) -> None:
    with Image.open(drawn / "cats" / "cat.0010.jpg") as image:
        image.save(drawn / "cats" / "again.png")
    groups = check_health(scan(drawn), None).copies
    assert [(group.photos, group.exact) for group in groups] == [(("cats/again.png", "cats/cat.0010.jpg"), True)]


def test_a_copy_that_was_turned_is_found_by_what_is_on_it(drawn: Path, eye: Eye) -> None:
    planted = set()
    for number in range(20, 30):
        path = drawn / "dogs" / f"turned {number}.jpg"
        with Image.open(drawn / "dogs" / f"dog.{number:04}.jpg") as image:
            image.rotate(5, Image.Resampling.BICUBIC, fillcolor="white").save(path, quality=90)
        planted.add((f"dogs/dog.{number:04}.jpg", f"dogs/turned {number}.jpg"))
    found = scan(drawn)
    by_scan = {group.photos for group in check_health(found, None).copies}
    by_check = {group.photos for group in check_health(found, eye).copies}
    assert by_scan < by_check <= planted
    assert len(by_check) >= 9


def test_without_a_model_copies_are_found_and_no_class_is_doubted(drawn: Path) -> None:
    checked = check_health(scan(drawn), None)
    assert checked.doubts is None
    assert all("to learn from" in said for said in checked.sentences), "80 photos are few, and that is all"


def test_a_check_can_be_cancelled_and_goes_on_where_it_was(drawn: Path, eye: Eye) -> None:
    found, done = scan(drawn), 0

    def progress(now: int, _total: int) -> None:
        nonlocal done
        done = now

    with pytest.raises(CancelledError):
        check_health(found, eye, progress=progress, cancelled=lambda: done >= 80 + 5 * 40)
    seen = sum(eye.recall(photo.digest) is not None for photo in found.photos)
    assert 40 <= seen < 80
    assert check_health(found, eye).doubts


def test_copies_are_in_one_fold() -> None:
    folds = folds_of([f"photo {number % 30}" for number in range(90)])
    assert folds.tolist() == folds[:30].tolist() * 3
    assert set(folds.tolist()) == set(range(5))


def test_a_learning_curve_falls() -> None:
    chance = np.random.default_rng(0)
    targets = np.arange(400) % 2
    features = chance.normal(size=(400, 40)).astype(np.float32)
    features[:, 0] += (2 * targets - 1) * 1.5
    sizes, errors, held = learning_curve(standardised(features), targets, [str(number) for number in range(400)])
    assert sizes[0] == 16
    assert sizes[-1] == 300
    assert errors.shape == (3, len(sizes))
    assert held == pytest.approx(100, abs=5)
    assert errors[:, -1].mean() < errors[:, 0].mean() - 0.05


@pytest.mark.real
@pytest.mark.slow
def test_planted_wrong_labels_are_found_among_real_photos(real_photos: Path, eye: Eye) -> None:
    found = scan(real_photos)
    photos = [photo for photo in found.photos if photo.split == "train"][::5]
    with open_source(found.choice) as source:
        source.list_files()
        seen = embeddings_of(photos, source, eye)
    wrong = set(np.random.default_rng(0).choice(len(photos), len(photos) // 20, replace=False).tolist())
    targets = np.array([_planted(photo, row in wrong) for row, photo in enumerate(photos)])
    features = standardised(np.stack([seen[photo.digest] for photo in photos]))
    order = find_doubts(targets, out_of_fold(features, targets, folds_of([p.group for p in photos]))).order
    assert len(wrong & set(order[: len(photos) // 10].tolist())) >= 0.8 * len(wrong)


def _planted(photo: Photo, wrong: bool) -> int:  # noqa: FBT001 - of one line
    return 1 - photo.class_index if wrong else photo.class_index
