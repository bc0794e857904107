"""What the page says of real photos in Chromium and Firefox, beside CatDog: verdicts, probabilities, time a photo.

    python -m tests.benchmarks.web [--data FOLDER] [--model FILE] [--photos 300] [--quick]

Test photos of dogs-vs-cats-small, as many of each class, and photos from other sources. Both read the same files, and
both look at one photo at a time: CatDog on one thread, as the page does. A browser that is not here is left out.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import torch

from tests.benchmarks.harness import models, options
from tests.benchmarks.harness.results import Row, report
from tests.web import chromium, firefox
from tests.web.conftest import READY
from tests.web.seen import Browser, verdicts
from trainer.export.onnx_file import unproven_onnx
from trainer.export.web import write_page
from trainer.files.resources import resource
from trainer.inference.predictor import Predictor
from trainer.storage import starter

_QUICK = 12
_AT_A_TIME = 10
"""Photos that are given to a page together."""


class Said(NamedTuple):
    """What one of them says of a photo."""

    class_name: str
    probability: float


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument(
        "--model", type=Path, default=resource("models", starter.NAME), help="default: the starter model"
    )
    wanted = parser.parse_args()
    dataset = options.small(wanted.data)
    photos = _chosen(dataset / "test", wanted.data / "other-sources", _QUICK if wanted.quick else wanted.photos)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        page = write_page(home / "page", *unproven_onnx(wanted.model))
        contenders: dict[str, Callable[[Sequence[Path]], list[Said]]] = {"CatDog": _catdog(wanted.model)}
        if chromium.PROGRAM is not None:
            contenders["Chromium"] = _page(stack.enter_context(chromium.Chromium(home / "chromium")), page)
        if firefox.PROGRAM is not None:
            contenders["Firefox"] = _page(stack.enter_context(firefox.Firefox(home)), page)
        found, seconds = _measured(contenders, photos)
    report("web", list(_rows(found, seconds, photos, models.title(wanted.model))), quick=wanted.quick)
    return 0


def _chosen(small: Path, other: Path, count: int) -> list[Path]:
    """Return two thirds of the photos from the one and a third from the other, evenly through both."""
    found = []
    for folder, share in ((small, count * 2 // 3), (other, count - count * 2 // 3)):
        files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
        found += files[:: max(1, len(files) // max(1, share))][:share]
    return found


def _catdog(model: Path) -> Callable[[Sequence[Path]], list[Said]]:
    torch.set_num_threads(1)
    predictor = Predictor.load(model, device="cpu", threads=1, precision="float32")

    def say(photos: Sequence[Path]) -> list[Said]:
        found = [predictor.predict_one(photo) for photo in photos]
        return [Said(each.class_name or each.reason or "", each.probability or 0.0) for each in found]

    return say


def _page(browser: Browser, page: Path) -> Callable[[Sequence[Path]], list[Said]]:
    browser.open(page.as_uri())
    browser.until(READY)

    def say(photos: Sequence[Path]) -> list[Said]:
        browser.run("document.querySelector('[data-part=clear]').click()")
        rows = verdicts(browser, photos)
        found = [rows[photo.name] for photo in photos]
        return [Said(row.class_name or row.reason, row.probability or 0.0) for row in found]

    return say


def _measured(
    contenders: dict[str, Callable[[Sequence[Path]], list[Said]]], photos: list[Path]
) -> tuple[dict[str, list[Said]], dict[str, float]]:
    """Return what each says of the photos, and its seconds for all of them. They take turns, a few photos each."""
    found: dict[str, list[Said]] = {name: [] for name in contenders}
    seconds = dict.fromkeys(contenders, 0.0)
    for start in range(0, len(photos), _AT_A_TIME):
        options.say(f"{start} of {len(photos)} photos")
        for name, say in contenders.items():
            began = time.perf_counter()
            found[name] += say(photos[start : start + _AT_A_TIME])
            seconds[name] += time.perf_counter() - began
    return found, seconds


def _rows(found: dict[str, list[Said]], seconds: dict[str, float], photos: list[Path], model: str) -> Iterator[Row]:
    ours = found["CatDog"]
    for name, said in found.items():
        each = f"{1000 * seconds[name] / len(photos):.0f} ms"
        if name == "CatDog":
            yield Row(f"a photo, {model}, one thread", each)
            continue
        yield Row(
            f"a photo, {model}, the page in {name}", each, f"{seconds[name] / seconds['CatDog']:.2f} times as long"
        )
        differences = sorted(abs(mine.probability - its.probability) for mine, its in zip(ours, said, strict=True))
        mean = sum(differences) / len(differences)
        yield Row(
            f"probabilities in {name} beside CatDog's, {len(photos)} photos",
            f"differ by {mean:.4f} on average",
            f"95 % by at most {differences[int(0.95 * (len(differences) - 1))]:.4f}, the most {differences[-1]:.4f}",
        )
        other = [
            f"{photo.name} ({mine.class_name}, {mine.probability:.3f}; {its.class_name}, {its.probability:.3f})"
            for photo, mine, its in zip(photos, ours, said, strict=True)
            if mine.class_name != its.class_name
        ]
        yield Row(f"other verdicts in {name}", f"{len(other)} of {len(photos)}", "; ".join(other))


if __name__ == "__main__":
    options.conclude(main)
