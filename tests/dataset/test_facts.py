"""What a photo is like, measured once and kept; nothing in its EXIF raises."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter

from tests.bad_files import jpeg_with_damaged_exif
from trainer.core.errors import CancelledError, PhotoError
from trainer.dataset.health.facts import FACTS, PhotoFacts, facts_of, look_at
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.drawings.drawing import draw


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def grey(levels: np.ndarray) -> bytes:
    return saved(Image.fromarray(levels.astype(np.uint8)))


def with_exif(outer: dict[int, object], inner: dict[int, object]) -> bytes:
    exif = Image.Exif()
    exif.update(outer)
    exif.get_ifd(ExifTags.IFD.Exif).update(inner)
    return saved(Image.new("RGB", (40, 30)), "JPEG", exif=exif)


def test_light_and_size() -> None:
    levels = np.full((40, 60), 51)
    levels[:, 30:] = 153
    data = grey(levels)
    facts = look_at(data)
    assert (facts.width, facts.height, facts.format) == (60, 40, "PNG")
    assert facts.aspect == 1.5
    assert facts.bytes_per_pixel == len(data) / 2400
    assert facts.brightness == pytest.approx(0.4)
    assert facts.contrast == pytest.approx(0.2)


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    levels = np.zeros((5, 5))
    levels[2, 2] = 200
    # Of the nine pixels with four neighbours: -800 in the middle, 200 at its sides, 0 at its corners.
    wanted = np.var([-800, 200, 200, 200, 200, 0, 0, 0, 0])
    assert look_at(grey(levels)).sharpness == pytest.approx(wanted, rel=1e-4)


def test_sharpness_falls_with_blur_and_hardly_with_size() -> None:
    image = draw("cat", 3, (1024, 768))
    sharp = look_at(saved(image)).sharpness
    smaller = look_at(saved(image.resize((512, 384), Image.Resampling.LANCZOS))).sharpness
    blurred = look_at(saved(image.filter(ImageFilter.GaussianBlur(10)))).sharpness
    assert smaller == pytest.approx(sharp, rel=0.25)
    assert blurred < sharp / 10


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF"])
def test_formats(kind: str) -> None:
    assert look_at(saved(draw("dog", 1), kind)).format == kind


def test_a_file_of_two_photos_is_jpeg() -> None:
    data = saved(draw("dog", 1), "MPO", save_all=True, append_images=[draw("dog", 2)])
    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert look_at(data).format == "JPEG"


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (3000, 2)])
def test_tiny_photos_have_facts(size: tuple[int, int]) -> None:
    facts = look_at(saved(Image.new("RGB", size, "red")))
    assert (facts.width, facts.height) == size
    assert facts.sharpness == 0


def test_camera_and_day() -> None:
    base = ExifTags.Base
    data = with_exif(
        {base.Make: "Canon", base.Model: "Canon EOS 5D", base.DateTime: "2024:05:06 07:08:09", base.Orientation: 6},
        {base.DateTimeOriginal: "2023:01:02 03:04:05"},
    )
    facts = look_at(data)
    assert (facts.camera, facts.taken) == ("Canon EOS 5D", "2023-01-02")
    assert (facts.width, facts.height) == (30, 40)
    facts = look_at(with_exif({base.Make: "SONY", base.Model: "DSC-W1", base.DateTime: "2024:05:06 07:08:09"}, {}))
    assert (facts.camera, facts.taken) == ("SONY DSC-W1", "2024-05-06")


@pytest.mark.parametrize("day", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:01 00:00:00", "yesterday", ""])
def test_a_day_that_is_none(day: str) -> None:
    assert look_at(with_exif({ExifTags.Base.DateTime: day}, {})).taken == ""


def test_damaged_exif_is_no_error() -> None:
    facts = look_at(jpeg_with_damaged_exif())
    assert (facts.camera, facts.taken) == ("", "")


def test_what_is_no_photo() -> None:
    with pytest.raises(PhotoError):
        look_at(b"GIF89a, but no more")


class Reads:
    """A source that notes what is read."""

    def __init__(self, source: PhotoSource) -> None:
        self._source, self.root = source, source.root
        self.paths: list[str] = []

    def read(self, path: str) -> bytes:
        self.paths.append(path)
        return self._source.read(path)


def looked(dataset: Dataset, **options: object) -> tuple[dict[str, PhotoFacts], list[str]]:
    with open_source(dataset.choice) as source:
        reads = Reads(source)
        return facts_of(dataset.photos, reads, **options), reads.paths  # type: ignore[arg-type]


def test_facts_are_kept(drawings: Path) -> None:
    dataset = scan(drawings)
    told: list[tuple[int, int]] = []
    facts, paths = looked(dataset, progress=lambda done, total: told.append((done, total)))
    assert set(facts) == {photo.digest for photo in dataset.photos}
    assert sorted(paths) == [photo.path for photo in dataset.photos]
    assert told == [(done, 80) for done in range(81)]
    photo = dataset.photos[17]
    assert facts[photo.digest] == look_at((drawings / photo.path).read_bytes())
    assert looked(dataset) == (facts, [])


def test_a_cancelled_check_goes_on_where_it_was(drawings: Path) -> None:
    dataset = scan(drawings)
    done: list[int] = []
    with pytest.raises(CancelledError):
        looked(
            dataset, threads=1, cancelled=lambda: len(done) > 30, progress=lambda number, _total: done.append(number)
        )
    facts, paths = looked(dataset)
    assert len(facts) == 80
    assert len(paths) == 50


def test_what_was_kept_may_be_damaged(drawings: Path) -> None:
    dataset = scan(drawings)
    facts, _ = looked(dataset)
    (kept,) = FACTS.folder.rglob("*.facts")
    kept.write_bytes(kept.read_bytes()[:-100])
    again, paths = looked(dataset)
    assert again == facts
    assert len(paths) == 80


def test_photos_that_are_gone_or_changed_have_no_facts(tmp_path: Path) -> None:
    for kind in ("cat", "dog"):
        (tmp_path / kind).mkdir()
        for seed in range(3):
            draw(kind, seed, (64, 48)).save(tmp_path / kind / f"{seed}.png")
    dataset = scan(tmp_path)
    (tmp_path / "cat" / "0.png").unlink()
    (tmp_path / "dog" / "1.png").write_bytes((tmp_path / "dog" / "2.png").read_bytes())
    (tmp_path / "dog" / "0.png").write_bytes(b"")
    facts, _ = looked(dataset)
    there = [photo.path for photo in dataset.photos if photo.digest in facts]
    assert there == ["cat/1.png", "cat/2.png", "dog/2.png"]
