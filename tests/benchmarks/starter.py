"""Makes the starter model, `resources/models/starter.safetensors`, and the card beside it.

    python -m tests.benchmarks.starter --things FOLDER... [--data ../shared/data]

It learns from the zip of 16,000 photos and from the part of other-sources that may be learnt from, with varied copies
of some; its temperature and limits are set on the validation photos of dogs-vs-cats-small and another part of
other-sources; and the test photos of the one and what is left of the other judge it (`harness.parts`). `--things` are
folders of photos of other things, as `tests.benchmarks.negatives` takes them. Takes half an hour on two cores.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from msgspec import structs

from tests.benchmarks.harness import by_source, judged, options, starter_photos
from tests.benchmarks.harness.embeddings import embeddings
from tests.benchmarks.harness.starter_photos import KAGGLE, VARIED
from tests.benchmarks.negatives import learnt_photos, make_noise
from trainer.core.config import TrainConfig
from trainer.core.events import AnyEvent, EpochFinished
from trainer.core.recipes import recipe
from trainer.dataset.photo import photo_pixels
from trainer.files.resources import resource
from trainer.hardware.parallel import worker_count
from trainer.inference.calibration import fit_temperature
from trainer.inference.closer_look import ENLARGED, fit_closer_look
from trainer.inference.evaluate import evaluate_model, look_closer
from trainer.inference.out_of_distribution import fit_probes
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import fit_limits
from trainer.storage import model_file
from trainer.storage.model_file import Model
from trainer.storage.starter import NAME
from trainer.training.loop import train

SEED = 0
BACKBONE = "efficientnet-lite2"
# Larger than the backbone's own 260: of 3,600 photos that had taught nothing, 22 instead of 27 were wrong.
IMAGE_SIZE = 288
# How much the sources count for what is familiar: each the same, and a little what the varied copies show.
_SHARES = {KAGGLE: 0.48, starter_photos.OTHER: 0.48, VARIED: 0.04}
# The share of pets that may get no verdict. Less than for other models: this one has seen what is neither.
_LOST = 0.005


class Learnt(NamedTuple):
    """What the training photos look like to the backbone."""

    embeddings: torch.Tensor
    targets: torch.Tensor
    weight: torch.Tensor


def main() -> int:
    """Train, judge, and write the model with its card; return the exit code."""
    parser = options.parser(__doc__)
    parser.add_argument("--things", type=Path, nargs="+", required=True, help="such as /usr/share/gcompris-qt")
    parser.add_argument("--epochs", type=int, default=15)
    given = parser.parse_args()
    small, other = options.small(given.data), options.other(given.data)
    target = resource("models", NAME)
    with tempfile.TemporaryDirectory() as work:
        dataset, unpacked = Path(work, "cats and dogs"), Path(work, "things")
        things = {folder.name: learnt_photos(folder, unpacked / folder.name) for folder in given.things}
        starter_photos.gather(dataset, options.large(given.data), small, other)
        suspects = starter_photos.take_out_suspects(dataset / "train", BACKBONE, IMAGE_SIZE)
        grounds = [photo for name, photos in things.items() if name != "stamps" for photo in photos]
        copies = starter_photos.add_varied(dataset / "train", grounds)
        result = train(_config(dataset, given.epochs), out=Path(work, "runs"), emit=_tell)
        if result.model is None:
            sys.stderr.write(f"{result.error.sentence if result.error else 'There is no model.'}\n")
            return 1
        near = judged.photos(other / "neither", "learn")
        negatives = [
            *near,
            *(photo for photos in things.values() for photo in photos),
            *make_noise(Path(work, "noise")),
        ]
        model = with_limits(model_file.load(Path(result.model)), dataset, negatives)
        model_file.save(target, model, half=True)
        # Judged as it is shipped: with its numbers at half precision.
        test = evaluate_model(target, small, split="test").metrics()
        model_file.save(target, model._replace(description=structs.replace(model.description, test=test)), half=True)
        judging = {folder.name: by_source.judging(folder, unpacked / folder.name) for folder in given.things}
        tables = by_source.tables(target, small, other, judging)
    target.with_suffix(".md").write_text(_card(target, tables, suspects, copies), encoding="utf-8")
    return 0


def _config(dataset: Path, epochs: int) -> TrainConfig:
    given = {"backbone": BACKBONE, "image_size": IMAGE_SIZE, "epochs": epochs, "seed": SEED}
    return recipe("transfer").config(str(dataset), **given)


def with_limits(model: Model, dataset: Path, negatives: Sequence[Path]) -> Model:
    """Return the model with temperature, detector and limits in which each source counts the same."""
    learnt = _learnt(dataset / "train")
    detector = fit_probes(learnt.embeddings, learnt.targets, embeddings(BACKBONE, negatives, IMAGE_SIZE), learnt.weight)
    photos, targets, rows = _calibrating(dataset / "val")
    features = embeddings(BACKBONE, photos, IMAGE_SIZE)
    with torch.inference_mode():
        plain = NetworkOutputs(model.network.forward_head(features), features)
    temperature = fit_temperature(plain.logits[rows], targets[rows])

    def limited(outputs: NetworkOutputs, closer_look: float) -> Model:
        probabilities = (outputs.logits.double() / temperature).sigmoid()[rows].tolist()
        similarities = detector.similarity(outputs.embeddings)[rows].tolist()
        limits = fit_limits(detector.kind, probabilities, similarities, share=_LOST)
        closer_look = closer_look or fit_closer_look(probabilities)
        limits = structs.replace(limits, closer_look=closer_look)
        described = structs.replace(model.description, temperature=temperature, limits=limits)
        return Model(model.network, described, detector)

    first = limited(plain, 0.0)
    processor = torch.device("cpu")
    in_use = look_closer(
        Predictor(first, processor),
        plain,
        lambda index: photo_pixels(photos[index], ENLARGED * IMAGE_SIZE),
        worker_count(processor, 0),
    )
    return limited(in_use, first.description.limits.closer_look)


def _learnt(folder: Path) -> Learnt:
    """Return the embeddings of the training photos, with weights by source."""
    photos, truth = judged.labelled(judged.pets(folder))
    names = [photo.name.partition("-")[0] + "-" for photo in photos]
    weight = torch.tensor([_SHARES[name] / names.count(name) for name in _SHARES])
    each = torch.tensor([weight[list(_SHARES).index(name)] for name in names])
    return Learnt(embeddings(BACKBONE, photos, IMAGE_SIZE), torch.tensor(truth), each)


def _calibrating(folder: Path) -> tuple[list[Path], torch.Tensor, torch.Tensor]:
    """Return the photos that set the limits, their targets, and rows in which each source comes as often."""
    photos, truth = judged.labelled(judged.pets(folder))
    kaggle = torch.tensor([photo.name.startswith(KAGGLE) for photo in photos])
    times = round(int(kaggle.sum()) / int((~kaggle).sum()))
    return (
        photos,
        torch.tensor(truth, dtype=torch.float32),
        torch.arange(len(photos)).repeat_interleave(torch.where(kaggle, 1, times)),
    )


def _tell(event: AnyEvent) -> None:
    if isinstance(event, EpochFinished):
        metrics = event.metrics
        sys.stdout.write(f"epoch {metrics.epoch}: validation {metrics.val_accuracy:.2%}, loss {metrics.val_loss:.4f}\n")
        sys.stdout.flush()


def _card(target: Path, tables: tuple[str, str], suspects: Sequence[str], copies: int) -> str:
    """Return the model card."""
    description = model_file.load(target).description
    origin = description.origin
    photos = sum(origin.photos["train"].values()) - copies
    pets, others = tables
    return f"""# The starter model

Tells photos of cats from photos of dogs. It comes with CatDog, so that the program is useful on first launch.

| | |
| --- | --- |
| file | `{target.name}`, {target.stat().st_size / 1e6:.1f} MB, numbers as float16 |
| network | EfficientNet-Lite2 (Apache 2.0), pre-trained on ImageNet, as it is; a new head learnt from cats and dogs |
| learnt from | {photos:,} photos: 16,000 of Kaggle's *Dogs vs. Cats* (the Asirra photos, from Petfinder.com by way of \
Microsoft Research), which are 200 pixels square, and 831 of other cats and dogs from elsewhere, all for research and \
teaching, less {len(suspects)} whose label is probably wrong; and {copies:,} varied copies of them: the animal small \
or cut off, in another light, with stickers, on a screen |
| "neither" | learnt from photos of other things: `negatives.md` says which |
| sees photos at | {description.preprocessing.image_size} pixels square |
| made by | `python -m tests.benchmarks.starter`, seed {origin.seed}, CatDog {origin.catdog}, torch {origin.torch}; \
epoch {origin.epoch.epoch}, which had the lowest validation loss |
| calibration | temperature {description.temperature:.2f}, fitted on photos of both sources, which count the same |

## How good it is

On photos that it neither learnt from nor was tuned on, by source. "Right" counts the likelier class of every photo.

{pets}

{others}

## Photos left out

Of the photos to learn from these were left out by rule: models that had not learnt from them hold them for the other
class with 95 % or more. They are wrong labels, adverts, drawings, and photos with both.

{", ".join(f"`{name}`" for name in suspects)}

## Known limits

- It knows two classes. For most photos of other things its verdict is "not sure", but not for all: foxes, big cats and
  some toys look like what it knows.
- A photo with a cat and a dog is often told to show both, where both are large; else it gets the verdict of the larger
  or clearer one.
- Most of its photos are of pets up for adoption: mostly one animal near the middle, in daylight or with flash. It does
  worse on breeds, angles and places that are rare there, and much worse on night photos, cartoons and paintings.
"""


if __name__ == "__main__":
    options.conclude(main)
