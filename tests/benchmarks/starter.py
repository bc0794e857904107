"""Makes the starter model, `resources/models/starter.safetensors`, and the card beside it.

    python -m tests.benchmarks.starter ../shared/data/dogs-vs-cats-16k-200px.zip ../shared/data/dogs-vs-cats-small

The first dataset is learnt from and the test split of the second, whose photos the first must not hold, is what the
model is judged by. Takes half an hour on two cores.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from msgspec import structs

from trainer.core.config import AugmentConfig, SplitConfig
from trainer.core.events import AnyEvent, EpochFinished
from trainer.core.recipes import recipe
from trainer.core.results import Evaluation
from trainer.files.resources import resource
from trainer.inference.evaluate import evaluate_model
from trainer.storage import model_file
from trainer.storage.starter import NAME
from trainer.training.loop import train

SEED = 0
# It learns from crops, in which animals are larger than in whole photos; whole photos are looked at enlarged, so that
# they look alike (Touvron et al., "Fixing the train-test resolution discrepancy", 2019). Of 3,000 photos that neither
# taught nor judged the model, 24 were wrong at 200 pixels, 24 at 224 and 19 at 240.
LEARNT_SIZE, IMAGE_SIZE = 200, 240
AUGMENT = AugmentConfig(rotation=10, shift=0, shear=0, zoom=0, crop=0.4, brightness=0.1, contrast=0.2, saturation=0.2)
SPLIT = SplitConfig(train=0.85, validation=0.1, test=0.05)


def main() -> int:
    """Train, judge, and write the model with its card; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("judged_by", type=Path)
    parser.add_argument("--tuned-stages", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    given = parser.parse_args()
    config = recipe("transfer").config(
        str(given.dataset.absolute()),
        image_size=IMAGE_SIZE,
        last_size=LEARNT_SIZE,
        split=SPLIT,
        tuned_stages=given.tuned_stages,
        epochs=given.epochs,
        learning_rate=given.learning_rate,
        augment=AUGMENT,
        seed=SEED,
    )
    with tempfile.TemporaryDirectory() as folder:
        result = train(config, out=Path(folder), emit=_tell)
        if result.model is None:
            sys.stderr.write(f"{result.error.sentence if result.error else 'There is no model.'}\n")
            return 1
        model = model_file.load(Path(result.model))
    target = resource("icons").parent / "models" / NAME
    target.parent.mkdir(exist_ok=True)
    model_file.save(target, model, half=True)
    # Judged as it is shipped: with its numbers at half precision.
    evaluation = evaluate_model(target, given.judged_by, split="test")
    model_file.save(
        target, model._replace(description=structs.replace(model.description, test=evaluation.metrics())), half=True
    )
    target.with_suffix(".md").write_text(_card(evaluation, target), encoding="utf-8")
    return 0


def _tell(event: AnyEvent) -> None:
    if isinstance(event, EpochFinished):
        metrics = event.metrics
        sys.stdout.write(f"epoch {metrics.epoch}: validation {metrics.val_accuracy:.2%}, loss {metrics.val_loss:.4f}\n")
        sys.stdout.flush()


def _card(found: Evaluation, target: Path) -> str:
    """Return the model card."""
    description = model_file.load(target).description
    origin = description.origin
    low, high = found.accuracy_interval
    photos = sum(origin.photos["train"].values())
    return f"""# The starter model

Tells photos of cats from photos of dogs. It comes with CatDog, so that the program is useful on first launch.

| | |
| --- | --- |
| file | `{target.name}`, {target.stat().st_size / 1e6:.1f} MB, numbers as float16 |
| network | EfficientNet-Lite0 (Apache 2.0) as the backbone, pre-trained on ImageNet; its last \
{description.tuned_stages} stages and a new head learnt from cats and dogs |
| learnt from | {photos:,} photos of Kaggle's *Dogs vs. Cats* (the Asirra photos, from Petfinder.com by way of \
Microsoft Research), for research and teaching; they are 200 pixels square, and the model sees photos at \
{description.preprocessing.image_size} |
| made by | `python -m tests.benchmarks.starter DATASET JUDGED_BY`, seed {origin.seed}, CatDog {origin.catdog}, torch \
{origin.torch}; epoch {origin.epoch.epoch}, which had the lowest validation loss |
| tested on | {found.photos:,} photos of the same source that it never saw: right on {100 * found.accuracy:.1f} % of \
them (95 % interval {100 * low:.1f} % to {100 * high:.1f} %), ROC AUC {found.roc_auc:.4f}, loss {found.loss:.4f} |
| calibration | expected calibration error {100 * found.calibration_error:.2f} % (before: \
{100 * found.calibration_error_before:.2f} %); temperature {description.temperature:.2f} |
| not sure | of {found.not_sure} of those {found.photos:,} photos |

## Known limits

- It knows two classes. For most photos of other things its verdict is "not sure", but not for all: wolves, foxes and \
big cats look like what it knows, and so do some drawings, toys and close-ups of fur.
- A photo with a cat and a dog gets the verdict of the larger or clearer one.
- It learnt from photos that people took of pets up for adoption: mostly one animal near the middle, in daylight or \
with flash. It does worse on breeds, angles and places that are rare there, and much worse on night photos, cartoons \
and paintings.
- Its photos were 200 pixels square, so it misses what is tiny in a large photo.
"""


if __name__ == "__main__":
    sys.exit(main())
