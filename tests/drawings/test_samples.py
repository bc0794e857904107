"""The practice drawings: the same for a seed, all different, written whole, and never over anything."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainer.core.errors import CancelledError, DatasetError, DiskError, SettingError
from trainer.dataset.scan import scan
from trainer.drawings.drawing import draw
from trainer.drawings.samples import MOST, draw_dataset


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.jpg"))}


def test_a_seed_draws_the_same_dataset_and_another_one_no_drawing_of_it(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        assert draw_dataset(tmp_path / name, count=20, seed=seed) == 20
    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert len(set(one.values()) | set(other.values())) == 40


def test_it_is_a_dataset_of_two_equal_classes(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    draw_dataset(tmp_path / "set", count=21, progress=lambda *step: steps.append(step))
    found = scan(tmp_path / "set")
    assert found.class_counts() == {"cat": 10, "dog": 10}
    assert (found.problems, found.notes) == ((), ())
    assert steps == [(n, 20) for n in range(1, 21)]


def test_drawings_vary_and_cats_are_no_dogs() -> None:
    images = {(animal, seed): np.asarray(draw(animal, seed)) for animal in ("cat", "dog") for seed in range(6)}
    for one, other in combinations(images.values(), 2):
        assert np.abs(one.astype(int) - other).mean() > 5
    assert all(image.shape == (240, 320, 3) for image in images.values())


def test_colour_alone_does_not_tell_them_apart() -> None:
    means = {
        animal: np.array([np.asarray(draw(animal, seed, (96, 72))).mean((0, 1)) for seed in range(120)])
        for animal in ("cat", "dog")
    }
    gap = np.abs(means["cat"].mean(0) - means["dog"].mean(0))
    spread = np.concatenate([values - values.mean(0) for values in means.values()]).std(0)
    assert (gap < 0.6 * spread).all()


@pytest.mark.parametrize("count", [19, MOST + 1, -2])
def test_an_odd_count_is_refused(count: int, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"from 20 to {MOST}, and {count} was given"):
        draw_dataset(tmp_path / "set", count=count)


def test_nothing_is_ever_drawn_over(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(DatasetError, match="Name a new folder"):
            draw_dataset(tmp_path / name, count=20)
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert draw_dataset(tmp_path / "empty", count=20) == 20


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    drawn: list[int] = []
    with pytest.raises(CancelledError):
        draw_dataset(
            tmp_path / "set",
            count=20,
            progress=lambda done, _total: drawn.append(done),
            cancelled=lambda: len(drawn) == 5,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_named_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(DiskError, match=r"set \(No space left on device\)"):
        draw_dataset(tmp_path / "set", count=20)
    assert list(tmp_path.iterdir()) == []
