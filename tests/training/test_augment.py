"""Augmentation: each setting does what its name says, and the numbers are a function of seed, epoch and photo."""

import numpy as np
import pytest
import torch

from trainer.core.config import AugmentConfig
from trainer.training.data import augment as augment_module
from trainer.training.data.augment import augment, draw, preview

OFF = AugmentConfig.level("off")


def only(**given: float | bool) -> AugmentConfig:
    """Return settings with everything off but what is given."""
    return AugmentConfig.from_mapping({name: getattr(OFF, name) for name in OFF.__struct_fields__} | given)


def numbers(**given: float) -> torch.Tensor:
    """Return one photo's random numbers: all 0 (no change) but those given by name."""
    row = torch.zeros(1, 14)
    row[0, augment_module.FLIP] = 1.0
    for name, value in given.items():
        row[0, getattr(augment_module, name.upper())] = value
    return row


@pytest.fixture
def image() -> torch.Tensor:
    return torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_off_changes_nothing(image: torch.Tensor) -> None:
    assert augment(image, draw(1, seed=1, epoch=1), OFF) is image


def test_the_identity_is_exact_enough(image: torch.Tensor) -> None:
    same = augment(image, numbers(), AugmentConfig())
    torch.testing.assert_close(same, image, atol=1e-5, rtol=0)


def test_flip_mirrors_left_to_right(image: torch.Tensor) -> None:
    torch.testing.assert_close(augment(image, numbers(flip=-1), only(flip=True)), image.flip(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(augment(image, numbers(flip=1), only(flip=True)), image, atol=1e-5, rtol=0)


def test_half_the_photos_are_mirrored() -> None:
    ramp = torch.linspace(0, 1, 8).expand(4000, 3, 8, 8)
    varied = augment(ramp, draw(4000, seed=3, epoch=1), only(flip=True))
    share = (varied[:, 0, 0, 0] > 0.5).float().mean().item()
    assert share == pytest.approx(0.5, abs=0.03)


def test_a_quarter_turn_is_a_quarter_turn(image: torch.Tensor) -> None:
    turned = augment(image, numbers(rotation=1), only(rotation=90))
    torch.testing.assert_close(turned, image.rot90(1, (2, 3)), atol=1e-5, rtol=0)


def test_shift_moves_by_its_fraction_and_repeats_the_edge(image: torch.Tensor) -> None:
    moved = augment(image, numbers(shift_x=1), only(shift=0.25))
    torch.testing.assert_close(moved[..., :24], image[..., 8:], atol=1e-5, rtol=0)
    torch.testing.assert_close(moved[..., 24:], image[..., 31:].expand(-1, -1, -1, 8), atol=1e-5, rtol=0)


def test_zoom_of_a_half_shows_the_middle() -> None:
    image = torch.zeros(1, 1, 32, 32)
    image[..., 8:24, 8:24] = 1
    zoomed = augment(image, numbers(zoom_x=-1, zoom_y=-1), only(zoom=0.5))
    assert zoomed[..., 1:-1, 1:-1].min() == 1  # the outermost pixels lie half outside
    assert zoomed.min() > 0.5


def test_shear_slants_columns_and_keeps_the_middle_row() -> None:
    image = torch.zeros(1, 1, 33, 33)
    image[..., :, 16] = 1
    slanted = augment(image, numbers(shear=1), only(shear=20))[0, 0]
    columns = slanted.argmax(1).float()
    assert columns[16] == 16
    assert (columns[0] - columns[32]).abs() > 8


def test_brightness_and_contrast_stay_in_range(image: torch.Tensor) -> None:
    brighter = augment(image, numbers(brightness=1), only(brightness=0.2))
    torch.testing.assert_close(brighter, (image + 0.2).clamp(0, 1), atol=1e-5, rtol=0)
    harder = augment(image, numbers(contrast=1), only(contrast=0.5))
    torch.testing.assert_close(harder, ((image - 0.5) * 1.5 + 0.5).clamp(0, 1), atol=1e-5, rtol=0)


def test_a_photo_is_varied_the_same_in_any_batch() -> None:
    images = torch.rand(10, 3, 16, 16)
    all_numbers = draw(10, seed=5, epoch=2)
    together = augment(images, all_numbers, AugmentConfig())
    for index in (0, 4, 9):
        alone = augment(images[index : index + 1], all_numbers[index : index + 1], AugmentConfig())
        assert torch.equal(alone[0], together[index])


def test_the_numbers_follow_from_seed_and_epoch() -> None:
    assert torch.equal(draw(5, seed=1, epoch=1), draw(5, seed=1, epoch=1))
    assert not torch.equal(draw(5, seed=1, epoch=1), draw(5, seed=1, epoch=2))
    assert not torch.equal(draw(5, seed=1, epoch=1), draw(5, seed=2, epoch=1))
    everything = draw(2000, seed=0, epoch=1)
    assert everything.min() >= -1
    assert everything.max() < 1
    assert everything.mean(0).abs().max() < 0.05


def test_the_preview_shows_the_photo_varied() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    same = preview(pixels, OFF, count=2)
    assert (same == pixels).all()
    varied = preview(pixels, AugmentConfig(), count=4, seed=1)
    assert (varied.shape, varied.dtype) == ((4, 20, 20, 3), np.uint8)
    assert len({image.tobytes() for image in varied}) == 4


def test_a_crop_shows_a_part_as_large_as_asked_for(image: torch.Tensor) -> None:
    ramp = torch.linspace(0, 1, 32).expand(1, 3, 32, 32)  # brighter from left to right
    whole = augment(ramp, numbers(crop=-1), only(crop=0.75))
    torch.testing.assert_close(whole, ramp, atol=1e-5, rtol=0)  # the smallest crop cuts nothing away
    half = augment(ramp, numbers(crop=1, crop_x=1), only(crop=0.75))  # a quarter of the area: the right half
    assert half.min() > 0.48
    assert half.max() > 0.95


def test_saturation_moves_colours_from_and_to_grey() -> None:
    red = torch.tensor([0.8, 0.2, 0.2]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    grey = augment(red, numbers(saturation=-1), only(saturation=1.0))
    torch.testing.assert_close(grey, torch.full_like(grey, 0.4), atol=1e-5, rtol=0)


def test_the_grid_is_that_of_torch() -> None:
    matrices = augment_module.affine_matrices(draw(5, seed=1, epoch=1), AugmentConfig(crop=0.5))
    expected = torch.nn.functional.affine_grid(matrices, [5, 3, 20, 20], align_corners=False)
    torch.testing.assert_close(augment_module.sampling_grid(matrices, 20), expected, atol=1e-5, rtol=0)


def test_images_come_in_the_size_asked_for(image: torch.Tensor) -> None:
    assert augment(image, numbers(), OFF, size=16).shape == (1, 3, 16, 16)
