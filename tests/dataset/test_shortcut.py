"""Classes that differ in what is not their subject are found and named; those that do not are left alone."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from trainer.dataset.health.facts import PhotoFacts, facts_of, look_at
from trainer.dataset.health.probe import FOLDS, balanced_accuracy, fit_logistic, right_out_of_fold
from trainer.dataset.health.properties import PropertyName
from trainer.dataset.health.shortcut import LEAST_ACCURACY, Shortcut, find_shortcut
from trainer.dataset.records import Photo, digest
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.drawings.drawing import draw

CLASSES: tuple[Literal["cat"], Literal["dog"]] = ("cat", "dog")
Values = dict[str, object]


def photo(number: int, class_index: int, copy_of: str = "") -> Photo:
    key = digest(f"{class_index} {number}".encode())
    return Photo(
        path=f"{CLASSES[class_index]}/{number}.jpg",
        class_index=class_index,
        split=None,
        bytes=1,
        modified_ns=0,
        width=1,
        height=1,
        digest=key,
        copy_of=copy_of,
    )


def usual(chance: random.Random) -> Values:
    """Return the facts of a photo as phones and cameras take them, whatever it shows."""
    width, height = chance.choice([(500, 375), (375, 500), (chance.randint(200, 500), chance.randint(200, 500))])
    return {
        "width": width,
        "height": height,
        "bytes_per_pixel": chance.lognormvariate(-2, 0.4),
        "brightness": chance.uniform(0.3, 0.6),
        "contrast": chance.uniform(0.15, 0.3),
        "sharpness": chance.lognormvariate(6, 1),
        "format": "JPEG",
        "camera": chance.choice(["", "", "Canon EOS 5D", "Apple iPhone 12"]),
        "taken": chance.choice(["", f"2023-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"]),
    }


def found(
    cats: Callable[[random.Random], Values],
    dogs: Callable[[random.Random], Values],
    counts: tuple[int, int] = (200, 200),
    seed: int = 1,
) -> Shortcut | None:
    chance = random.Random(seed)
    photos = [photo(number, index) for index in (0, 1) for number in range(counts[index])]
    facts = {
        each.digest: PhotoFacts(**usual(chance) | (cats, dogs)[each.class_index](chance))  # type: ignore[arg-type]
        for each in photos
    }
    return find_shortcut(photos, facts)


def nothing(_chance: random.Random) -> Values:
    return {}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("counts", [(200, 200), (400, 40), (25, 25)])
def test_classes_that_are_alike(counts: tuple[int, int], seed: int) -> None:
    assert found(nothing, nothing, counts, seed) is None


PLANTED: dict[PropertyName, Callable[[random.Random], Values]] = {
    "size": lambda chance: {"width": 640, "height": 480},
    "proportions": lambda chance: {"width": (side := chance.randint(200, 300)) * 2, "height": side},
    "bytes per pixel": lambda chance: {"bytes_per_pixel": chance.lognormvariate(-0.5, 0.4)},
    "brightness": lambda chance: {"brightness": chance.uniform(0.6, 0.85)},
    "contrast": lambda chance: {"contrast": chance.uniform(0.32, 0.5)},
    "sharpness": lambda chance: {"sharpness": chance.lognormvariate(2.5, 0.7)},
    "format": lambda chance: {"format": "PNG"},
    "camera": lambda chance: {"camera": "SONY DSC-W1"},
    "date": lambda chance: {"taken": f"2024-02-{chance.randint(1, 28):02}"},
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("counts", [(200, 200), (150, 30)])
def test_a_property_that_differs_is_found_and_named(name: PropertyName, counts: tuple[int, int]) -> None:
    shortcut = found(nothing, PLANTED[name], counts)
    assert shortcut is not None
    assert name in {each.name for each in shortcut.telling[:2]}  # width by height is size as well
    assert shortcut.accuracy > 0.85
    assert shortcut.interval[0] < shortcut.accuracy <= shortcut.interval[1]
    (mine,) = (each for each in shortcut.telling if each.name == name)
    assert mine.accuracy > 0.85
    assert mine.typical[0] != mine.typical[1]


def test_the_middle_is_told_from_both_ends() -> None:
    shortcut = found(
        lambda chance: {"brightness": chance.uniform(0.4, 0.5)},
        lambda chance: {"brightness": chance.choice([chance.uniform(0.2, 0.35), chance.uniform(0.55, 0.7)])},
    )
    assert shortcut is not None
    assert shortcut.telling[0].name == "brightness"


def test_two_properties_that_tell_only_together() -> None:
    def part(width: float) -> Callable[[random.Random], Values]:
        def values(chance: random.Random) -> Values:
            light = chance.uniform(0.2, 0.8)
            return {"brightness": light, "contrast": light / 4 + width}

        return values

    shortcut = found(part(0.05), part(0.1))
    assert shortcut is not None
    assert {each.name for each in shortcut.telling} == {"brightness", "contrast"}
    assert shortcut.accuracy > 0.95
    assert min(each.accuracy for each in shortcut.telling) < LEAST_ACCURACY


def test_sentence() -> None:
    shortcut = found(lambda chance: {"width": 640, "height": 480}, lambda chance: {"width": 1024, "height": 768})
    assert shortcut is not None
    sentence = shortcut.sentence(CLASSES)
    assert sentence.startswith(
        "By size alone, photos of cat and dog can be told apart with an accuracy of 100 % (99 % to 100 %,"
    )
    assert "The size of cat: 640 × 480 pixels (100 % of them); of dog: 1024 × 768 pixels (100 % of them)." in sentence
    assert "Save the photos of both classes in the same way" in sentence
    shortcut = found(lambda chance: {"camera": "", "format": "PNG"}, lambda chance: {"camera": "SONY DSC-W1"})
    assert shortcut is not None
    assert "from the same sources" in shortcut.sentence(CLASSES)
    assert shortcut.sentence(CLASSES).startswith("By file format and camera alone")
    assert (
        "The camera of cat: no camera named (100 % of them); of dog: SONY DSC-W1 (100 % of them)."
        in shortcut.sentence(CLASSES)
    )


@pytest.mark.parametrize(
    ("names", "remedy"),
    [
        (["size"], "Save the photos of both classes in the same way and size"),
        (["brightness", "size"], "Save the photos of both classes in the same way and size"),
        (["camera"], "Take the photos of both classes from the same sources"),
        (["brightness"], "Unless the classes look so by nature"),
    ],
)
def test_remedies(names: list[PropertyName], remedy: str) -> None:
    """Where saving the photos alike would help, that is said first: it is done in a minute."""
    shortcut = found(
        nothing, lambda chance: {key: value for name in names for key, value in PLANTED[name](chance).items()}
    )
    assert shortcut is not None
    assert remedy in shortcut.sentence(CLASSES)


def test_too_few_photos() -> None:
    planted = PLANTED["size"]
    assert found(nothing, planted, (19, 200)) is None
    assert found(nothing, planted, (20, 200)) is not None
    photos = [photo(number, 0, copy_of=digest(b"%d" % (number % 19))) for number in range(100)]
    photos += [photo(number, 1) for number in range(100)]
    facts = {each.digest: PhotoFacts(500 + each.class_index, 375, 0.1, 0.5, 0.2, 400.0, "JPEG") for each in photos}
    assert find_shortcut(photos, facts) is None  # 19 photos of cats, over and over
    assert find_shortcut(photos[100:], {}) is None


def test_copies_teach_the_probe_nothing() -> None:
    """What is learnt of a photo must not help with its copy: else every set of many copies looks like a shortcut."""
    chance, photos, facts = random.Random(3), [], {}
    for index in (0, 1):
        for number in range(40):
            values = usual(chance)
            for copy in range(20):
                each = photo(1000 * copy + number, index, copy_of=digest(f"{index} {number}".encode()))
                photos.append(each)
                facts[each.digest] = PhotoFacts(**values)  # type: ignore[arg-type]
    assert find_shortcut(photos, facts) is None


def drawn(folder: Path, save: Callable[[int, Path], None]) -> Shortcut | None:
    for index, kind in enumerate(CLASSES):
        (folder / kind).mkdir(parents=True)
        for seed in range(24):
            save(index, folder / kind / f"{seed}")
    dataset = scan(folder)
    with open_source(dataset.choice) as source:
        return find_shortcut(dataset.photos, facts_of(dataset.photos, source))


def test_files_saved_in_two_ways(tmp_path: Path) -> None:
    def differently(index: int, path: Path) -> None:
        size, ending = (((300, 200), ".png"), ((200, 133), ".jpg"))[index]
        draw(CLASSES[index], int(path.name), size).save(path.with_suffix(ending))

    def alike(index: int, path: Path) -> None:
        number = int(path.name)
        image = draw(CLASSES[index], number, ((300, 200), (200, 133))[number % 2])
        image.save(path.with_suffix((".png", ".jpg")[number % 2]))

    shortcut = drawn(tmp_path / "differently", differently)
    assert shortcut is not None
    assert shortcut.accuracy == 1
    assert {each.name for each in shortcut.telling} >= {"size", "format"}
    assert drawn(tmp_path / "alike", alike) is None


@pytest.mark.real
def test_real_photos_of_one_source_and_of_two(real_photos: Path) -> None:
    def some(folder: Path, class_index: int) -> tuple[list[Photo], dict[str, PhotoFacts]]:
        files = random.Random(4).sample(sorted(folder.glob("*.jpg")), 150)
        photos = [photo(number, class_index) for number in range(len(files))]
        return photos, {each.digest: look_at(file.read_bytes()) for each, file in zip(photos, files, strict=True)}

    cats, cat_facts = some(real_photos / "train" / "cats", 0)
    dogs, dog_facts = some(real_photos / "train" / "dogs", 1)
    assert find_shortcut(cats + dogs, cat_facts | dog_facts) is None
    others = real_photos.parent / "other-sources" / "dogs"
    if others.exists():
        dogs, dog_facts = some(others, 1)
        shortcut = find_shortcut(cats + dogs, cat_facts | dog_facts)
        assert shortcut is not None
        assert shortcut.accuracy > 0.8


def test_practice_drawings(drawings: Path) -> None:
    """Their cats and dogs can be told apart by sharpness, since cats have stripes: but that is what they look like."""
    dataset = scan(drawings)
    with open_source(dataset.choice) as source:
        assert find_shortcut(dataset.photos, facts_of(dataset.photos, source)) is None


def folds_of(count: int) -> np.ndarray:
    return np.arange(count) % FOLDS


def test_chance_stays_chance() -> None:
    """With as many columns as here photos, a probe judged on what it learnt from would be right on nearly all."""
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(20):
        columns, targets = rng.normal(size=(60, 30)), rng.permutation(np.arange(60) < 30)
        shares.append(right_out_of_fold(columns, targets, folds_of(60)).mean())
    assert 0.43 < np.mean(shares) < 0.57


def test_the_fit_is_where_the_penalised_likelihood_is_greatest() -> None:
    rng = np.random.default_rng(6)
    columns = np.column_stack([np.ones(300), rng.normal(size=(300, 3))])
    targets = rng.random(300) < 1 / (1 + np.exp(-columns @ [-1.5, 2, 0, -1]))

    def loss(weights: Sequence[float] | np.ndarray) -> float:
        share = targets.mean()
        each = np.where(targets, 0.5 / share, 0.5 / (1 - share))
        chance = 1 / (1 + np.exp(-columns @ weights))
        return float(-(each * np.log(np.where(targets, chance, 1 - chance))).sum() + np.square(weights[1:]).sum() / 2)

    weights = fit_logistic(columns, targets)
    best = loss(weights)
    for step in (*np.eye(4), *-np.eye(4)):
        assert loss(weights + 0.01 * step) > best
    # Classes without a doubt between them have weights all the same.
    assert np.isfinite(fit_logistic(columns, columns[:, 1] > 0)).all()
    assert np.isfinite(fit_logistic(columns * [1, 1e3, 1e3, 1e3], columns[:, 1] > 0)).all()


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    targets = np.arange(150) < 50
    truth = (0.9 + 0.6) / 2
    held = 0
    for _ in range(400):
        right = rng.random(150) < np.where(targets, 0.9, 0.6)
        _, (low, high) = balanced_accuracy(right, targets)
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.98
