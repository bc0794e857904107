"""How large training images are in which epoch."""

from trainer.core.config import TrainConfig


def image_size_at(config: TrainConfig, epoch: int, epochs: int = 0) -> int:
    """Return the side of an epoch's training images in pixels, in a run of so many epochs (0: of the config's).

    It grows in steps of 16 from the first size to the last, which it reaches when nine tenths of the epochs are done.
    """
    last = config.last_size or config.image_size
    first = config.first_size or last
    share = min(1.0, (epoch - 1) / (0.9 * (epochs or config.epochs)))
    return last if share == 1 or first == last else round((first + (last - first) * share) / 16) * 16
