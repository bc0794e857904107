"""Poor photos are named with the reason, good ones are not, and the sentences say what to do."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from trainer.core.advice import before_training
from trainer.dataset.health.facts import PhotoFacts, facts_of
from trainer.dataset.health.quality import Poor, class_notes, poor_notes, poor_photos
from trainer.dataset.records import Photo
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.drawings.drawing import draw

GOOD = PhotoFacts(
    width=640, height=480, bytes_per_pixel=0.2, brightness=0.5, contrast=0.2, sharpness=400.0, format="JPEG"
)


def photo(number: int) -> Photo:
    return Photo(
        path=f"{number}.jpg",
        class_index=0,
        split=None,
        bytes=1,
        modified_ns=0,
        width=640,
        height=480,
        digest=f"{number:032x}",
    )


def judged(folder: Path) -> dict[str, str]:
    dataset = scan(folder)
    with open_source(dataset.choice) as source:
        poor = poor_photos(dataset.photos, facts_of(dataset.photos, source))
    return {found.photo.path: found.kind for found in poor}


def test_each_kind_is_found_among_good_photos(tmp_path: Path) -> None:
    for kind in ("cat", "dog"):
        (tmp_path / kind).mkdir()
        for seed in range(12):
            draw(kind, seed).save(tmp_path / kind / f"{seed}.jpg")
    poor = tmp_path / "cat"
    draw("cat", 20, (160, 60)).save(poor / "small.png")
    noise = np.random.default_rng(1).normal(40, 3, (200, 300, 3)).clip(0, 255).astype(np.uint8)
    Image.fromarray(noise).save(poor / "cap.png")
    draw("cat", 21).filter(ImageFilter.GaussianBlur(5)).save(poor / "moved.jpg")
    draw("cat", 22, (640, 160)).save(poor / "strip.jpg")
    assert judged(tmp_path) == {
        "cat/cap.png": "nearly uniform",
        "cat/moved.jpg": "blurred",
        "cat/small.png": "too small",
        "cat/strip.jpg": "extreme shape",
    }


def test_dark_and_pale_photos_are_not_poor(tmp_path: Path) -> None:
    for kind in ("cat", "dog"):
        (tmp_path / kind).mkdir()
        for seed in range(5):
            image = draw(kind, seed)
            ImageEnhance.Brightness(image).enhance(0.4).save(tmp_path / kind / f"dark{seed}.jpg")
            ImageEnhance.Contrast(image).enhance(0.5).save(tmp_path / kind / f"pale{seed}.jpg")
    assert judged(tmp_path) == {}


@pytest.mark.real
@pytest.mark.parametrize("blur", [0.0, 0.0075])
def test_blur_is_told_from_sharp_real_photos(real_photos: Path, tmp_path: Path, blur: float) -> None:
    copies = 0
    for file in random.Random(5).sample(sorted((real_photos / "train").rglob("*.jpg")), 80):
        copy = tmp_path / file.parent.name / file.name
        copy.parent.mkdir(exist_ok=True)
        with Image.open(file) as image:
            if min(image.size) < 200:
                continue
            copies += 1
            image.filter(ImageFilter.GaussianBlur(blur * max(image.size))).save(copy, quality=90)
    blurred = sum(kind == "blurred" for kind in judged(tmp_path).values())
    assert copies > 50
    assert blurred >= 0.95 * copies if blur else blurred == 0


def changed(**values: object) -> PhotoFacts:
    return PhotoFacts(**{name: getattr(GOOD, name) for name in GOOD.__struct_fields__} | values)  # type: ignore[arg-type]


def test_limits_and_reasons() -> None:
    cases = [
        (changed(width=63), "too small", "only 63 × 480 pixels"),
        (changed(width=63, contrast=0.0, sharpness=0.0), "too small", "only 63 × 480 pixels"),
        (changed(contrast=0.02, sharpness=1.0), "nearly uniform", "nearly one and the same colour everywhere"),
        (changed(sharpness=12.0), "blurred", "blurred: there are hardly any edges"),
        (changed(width=1680), "extreme shape", "3.5 times as long as wide"),
        (changed(height=2240), "extreme shape", "3.5 times as long as wide"),
    ]
    photos = [photo(number) for number in range(len(cases))]
    facts = {each.digest: case[0] for each, case in zip(photos, cases, strict=True)}
    poor = poor_photos(photos, facts)
    assert [(found.kind, found.reason) for found in poor] == [case[1:] for case in cases]
    assert poor_photos(photos, dict.fromkeys(facts, changed(width=64, height=64))) == []
    assert poor_photos(photos, {}) == []


def test_a_sentence_for_each_kind() -> None:
    poor = [
        Poor(photo=photo(1), kind="blurred", reason=""),
        Poor(photo=photo(2), kind="too small", reason=""),
        Poor(photo=photo(3), kind="blurred", reason=""),
    ]
    small, blurred = poor_notes(poor)
    assert small.startswith("1 photo has a side of fewer than 64 pixels (2.jpg)")
    assert blurred.startswith("2 photos are blurred (first: 1.jpg). Leave them out")
    kinds = ("nearly uniform", "extreme shape")
    uniform, shape = poor_notes([Poor(photo=photo(1), kind=kind, reason="") for kind in kinds])  # type: ignore[arg-type]
    assert "colour" in uniform
    assert shape.startswith("1 photo is more than 3 times as long as wide")
    assert poor_notes([]) == []


def test_classes_are_judged_as_before_a_training() -> None:
    assert class_notes({"cat": 1000, "dog": 1499}) == []
    few, unequal = class_notes({"cat": 40, "dog": 400})
    assert few.startswith("There are only 40 photos of the class cat to learn from. Add photos")
    assert unequal.startswith("There are 400 photos of dog but only 40 of cat. Add photos of cat")
    assert unequal.startswith(before_training({"cat": 40, "dog": 400}, from_nothing=True)[1].text)
