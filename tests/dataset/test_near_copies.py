"""Copies are found though their files differ, and other photos of the same kind are not taken for copies."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.planted_copies import Change, brightened, cropped, mirrored, recompressed, resized, saved, turned
from trainer.core.errors import CancelledError
from trainer.dataset.copies import find_copies
from trainer.dataset.health.near_copies import near_copies
from trainer.dataset.health.thumbs import SIDE, Thumb, thumb_of
from trainer.dataset.photo import open_photo
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.split import cut
from trainer.drawings.drawing import draw

CHANGES: dict[Change, float] = {
    resized: 0.95,
    recompressed: 0.95,
    cropped: 0.95,
    mirrored: 0.95,
    brightened: 0.85,
    turned: 0.5,
}
"""How many of each must be found."""


def thumb(data: bytes) -> Thumb:
    return thumb_of(open_photo(data, size=SIDE))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_copy_of_a_drawing_is_found(change: Change) -> None:
    chance = random.Random(0)
    drawings = [draw(animal, seed, (200, 150)) for animal in ("cat", "dog") for seed in range(20)]
    thumbs = [thumb(saved(each)) for each in drawings]
    assert near_copies(thumbs) == list(range(40)), "drawings of other animals are no copies"
    found = near_copies([*thumbs, *(thumb(saved(change(each, chance))) for each in drawings)])
    assert found[:40] == list(range(40))
    assert sum(found[40 + number] == number for number in range(40)) >= 40 * CHANGES[change]


@pytest.mark.real
def test_changed_copies_of_real_photos_are_found_and_little_else(real_photos: Path) -> None:
    chance = random.Random(0)
    files = sorted(real_photos.rglob("*.jpg"))
    chosen = [thumb(file.read_bytes()) for file in files[::4]]
    before = near_copies(chosen)
    singles = [number for number in range(len(chosen)) if before.count(before[number]) == 1]
    for change, least in CHANGES.items():
        some = chance.sample(singles, 100)
        copies = [thumb(saved(change(open_photo(files[4 * number]), chance))) for number in some]
        found = near_copies([*chosen, *copies])
        right = sum(found[len(chosen) + place] == found[number] == number for place, number in enumerate(some))
        pairs = len(found) - len(set(found)) - (len(before) - len(set(before)))
        assert right >= least * len(some), change.__name__
        assert right >= 0.99 * pairs, f"{change.__name__}: {pairs - right} wrong pairs"


def test_flat_photos_and_noise_are_copies_of_nothing() -> None:
    chance = np.random.default_rng(0)
    flat = [Image.new("RGB", (64, 48), colour) for colour in ("white", "black", "navy", "red", "white")]
    noise = [Image.fromarray(chance.integers(0, 256, (48, 64, 3), dtype=np.uint8)) for _ in range(5)]
    assert near_copies([thumb_of(image) for image in (*flat, *noise)]) == list(range(10))
    assert near_copies([]) == []
    assert near_copies([thumb_of(flat[0])]) == [0]


def test_of_a_hundred_copies_the_first_stands_for_all() -> None:
    one = draw("cat", 1, (200, 150))
    copies = [thumb(saved(one, quality)) for quality in range(30, 90)]
    assert near_copies([thumb_of(draw("dog", 2, (200, 150))), *copies]) == [0] + [1] * 60


def test_looking_for_copies_can_be_cancelled() -> None:
    with pytest.raises(CancelledError):
        near_copies([thumb_of(draw("cat", seed, (64, 48))) for seed in range(2)], cancelled=lambda: True)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Return a folder with 20 cats and 20 dogs, of which three cats come twice more: mirrored, and smaller."""
    for animal in ("cat", "dog"):
        (tmp_path / f"{animal}s").mkdir()
        for seed in range(20):
            (tmp_path / f"{animal}s" / f"{seed}.jpg").write_bytes(saved(draw(animal, seed, (200, 150))))
    for seed in range(3):
        one = draw("cat", seed, (200, 150))
        (tmp_path / "cats" / f"{seed} mirrored.jpg").write_bytes(saved(mirrored(one, random.Random())))
        (tmp_path / "cats" / f"{seed} small.jpg").write_bytes(saved(one.resize((120, 90))))
    return tmp_path


def groups(dataset: Dataset) -> list[set[str]]:
    return [{photo.path for photo in group} for group in find_copies(dataset.photos).groups]


PLANTED = [{f"cats/{seed}.jpg", f"cats/{seed} mirrored.jpg", f"cats/{seed} small.jpg"} for seed in range(3)]


def test_a_scan_marks_near_copies_and_says_so(drawn: Path) -> None:
    found = scan(drawn)
    assert sorted(groups(found), key=min) == sorted(PLANTED, key=min)
    [note] = found.notes
    assert note.startswith("6 photos are nearly the same as others: saved again, cropped, mirrored")
    assert note.endswith("(first: cats/0 mirrored.jpg and cats/0 small.jpg).")


@pytest.mark.parametrize("seed", range(8))
def test_near_copies_stay_on_one_side_of_every_cut(drawn: Path, seed: int) -> None:
    splits = {photo.path: photo.split for photo in cut(scan(drawn), seed=seed).photos}
    for group in PLANTED:
        assert len({splits[path] for path in group}) == 1


def test_a_photo_that_comes_later_is_compared_with_those_that_are_known(drawn: Path) -> None:
    before = scan(drawn)
    (drawn / "dogs" / "again.jpg").write_bytes(saved(mirrored(draw("dog", 7, (200, 150)), random.Random())))
    after = scan(drawn, known=before.photos)
    assert {"dogs/7.jpg", "dogs/again.jpg"} in groups(after)
    assert all(planted in groups(after) for planted in PLANTED)


def test_near_copies_in_both_classes_and_splits_are_named(tmp_path: Path) -> None:
    one = draw("cat", 1, (200, 150))
    for place, image in {
        "train/cats/1": one,
        "train/cats/2": draw("cat", 2, (200, 150)),
        "train/dogs/1": draw("dog", 3, (200, 150)),
        "train/dogs/odd": mirrored(one, random.Random()),
        "test/cats/1": one.resize((150, 112)),
        "test/dogs/4": draw("dog", 4, (200, 150)),
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{place}.jpg").write_bytes(saved(image))
    found = find_copies(scan(tmp_path).photos)
    assert [{photo.path for photo in group} for group in found.in_both_classes] == [
        {"test/cats/1.jpg", "train/cats/1.jpg", "train/dogs/odd.jpg"}
    ]
    assert set(found.outside_the_test) == {"train/cats/1.jpg", "train/dogs/odd.jpg"}
