"""A power law that is known is found again, and its intervals hold the truth about as often as they promise."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from trainer.dataset.health.growth import Growth, fit_power_law

SIZES = [100, 200, 400, 800, 1600]
Law = tuple[float, float, float]


def error(law: Law, count: float | np.ndarray) -> np.ndarray:
    a, b, c = law
    return np.asarray(c + a * np.asarray(count, dtype=np.float64) ** -b)


def counted(law: Law, seeds: int, photos: int, rng: np.random.Generator) -> np.ndarray:
    """Return the errors [seeds, sizes] of models with this law, each on so many test photos of its own."""
    return rng.binomial(photos, np.broadcast_to(error(law, np.array(SIZES)), (seeds, len(SIZES)))) / photos


def fitted(law: Law, seeds: int = 5, photos: int = 2000, seed: int = 1) -> Growth:
    return fit_power_law(SIZES, counted(law, seeds, photos, np.random.default_rng(seed)))


@pytest.mark.parametrize("law", [(1.0, 0.3, 0.0), (1.0, 0.5, 0.02), (8.0, 1.0, 0.03), (0.4, 0.1, 0.0)])
def test_a_law_without_noise_is_found(law: Law) -> None:
    growth = fit_power_law(SIZES, [error(law, np.array(SIZES))] * 3)
    for count in (100, 1600, 3200):
        assert growth.at(count).value == pytest.approx(error(law, count), rel=0.01)
    assert growth.gain().value == pytest.approx(error(law, 1600) - error(law, 3200), rel=0.05)


@pytest.mark.parametrize("law", [(1.0, 0.3, 0.0), (1.0, 0.5, 0.02), (5.0, 1.0, 0.03), (0.0, 1.0, 0.05)])
@pytest.mark.parametrize(("seeds", "photos"), [(3, 1000), (6, 300)])
def test_the_intervals_hold_the_truth_as_often_as_they_promise(law: Law, seeds: int, photos: int) -> None:
    rng = np.random.default_rng(9)
    level, gain = error(law, 3200), error(law, 1600) - error(law, 3200)
    held = [0, 0]
    for _ in range(60):
        growth = fit_power_law(SIZES, counted(law, seeds, photos, rng))
        for place, (estimate, truth) in enumerate([(growth.gain(), gain), (growth.at(3200), level)]):
            held[place] += estimate.low <= truth <= estimate.high
    # At 95 %, fewer than 52 of 60 come up once in a hundred times.
    assert min(held) >= 52


def test_more_seeds_and_photos_tell_more() -> None:
    law = (1.0, 0.5, 0.02)
    widths = [
        np.mean([np.ptp(fitted(law, seeds, photos, seed).gain()[1:]) for seed in range(10)])
        for seeds, photos in [(3, 300), (3, 3000), (12, 3000)]
    ]
    assert widths[0] > 1.5 * widths[1] > 2 * widths[2]


def test_estimates_agree_with_one_another() -> None:
    growth = fitted((1.0, 0.5, 0.02))
    for factor in (1.5, 2.0, 4.0):
        gain = growth.gain(factor)
        assert gain.value == pytest.approx(growth.at(1600).value - growth.at(1600 * factor).value)
        assert 0 <= gain.low < gain.value < gain.high < 1
        level = growth.at(1600 * factor)
        assert 0 <= level.low < level.value < level.high < 1
    assert growth.gain(1.5).value < growth.gain(2.0).value < growth.gain(4.0).value
    assert growth.size == 1600


def test_what_the_sizes_of_a_seed_share_blurs_the_level_alone() -> None:
    """With hard test photos, a seed's errors are all higher; how they fall with more photos is as plain as before."""
    errors = counted((1.0, 0.5, 0.05), 6, 2000, np.random.default_rng(2))
    shifted = errors + np.array([-0.03, -0.02, -0.01, 0.01, 0.02, 0.03])[:, None]
    before, after = fit_power_law(SIZES, errors), fit_power_law(SIZES, shifted)
    assert np.ptp(after.gain()[1:]) < 1.3 * np.ptp(before.gain()[1:])
    assert np.ptp(after.at(1600)[1:]) > 3 * np.ptp(before.at(1600)[1:])


def test_sentences() -> None:
    clear = fitted((2.0, 0.5, 0.0), seeds=6, photos=4000)
    found = re.fullmatch(
        r"Twice as many photos would bring about (\d\.\d) percentage points of accuracy \((\d\.\d) to (\d\.\d)\)\.",
        clear.sentence(),
    )
    assert found
    points, low, high = map(float, found.groups())
    assert low < points < high
    assert low <= 1.46 <= high  # 5.0 % of errors, then 3.5 %
    flat = fitted((0.0, 1.0, 0.05), seeds=6, photos=4000)
    assert re.match(r"Twice as many photos would hardly bring anything: at most 0\.[1-5] percentage", flat.sentence())
    unclear = fit_power_law(SIZES, [[0.2, 0.2, 0.15, 0.05, 0.1], [0.4, 0.1, 0.05, 0.15, 0.0]])
    assert re.match(
        r"What twice as many photos would bring cannot be told: anything from 0\.\d to \d+\.\d percent",
        unclear.sentence(),
    )


@pytest.mark.parametrize(
    "row",
    [[0.0] * 5, [1.0] * 5, [0.02, 0.03, 0.04, 0.05, 0.06], [0.5, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.1]],
    ids=["never wrong", "always wrong", "worse with more", "at once right", "wrong at last"],
)
def test_odd_errors(row: Sequence[float]) -> None:
    growth = fit_power_law(SIZES, [row, row, row])
    gain, level = growth.gain(), growth.at(1600)
    assert 0 <= gain.low <= gain.value <= gain.high <= 1
    assert 0 <= level.low <= level.value <= level.high <= 1
    assert growth.sentence()
    if row[-1] >= row[0]:  # no law rises
        assert gain.value == 0


@pytest.mark.parametrize(
    ("sizes", "errors"),
    [
        (SIZES, [[0.1] * 5]),
        (SIZES, [[0.1] * 4] * 3),
        (SIZES[:2], [[0.1] * 2] * 3),
        ([100, 100, 200], [[0.1] * 3] * 3),
        ([0, 100, 200], [[0.1] * 3] * 3),
        (SIZES, [[10.0] * 5] * 3),
        (SIZES, [[float("nan")] * 5] * 3),
    ],
    ids=["one seed", "missing size", "two sizes", "two different sizes", "no photos", "percent", "no number"],
)
def test_what_cannot_be_fitted(sizes: list[int], errors: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"errors|sizes"):
        fit_power_law(sizes, errors)
