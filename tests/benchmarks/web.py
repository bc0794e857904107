"""What the page says of real photos in Chromium and Firefox, beside CatDog: verdicts, probabilities, time a photo.

    python -m tests.benchmarks.web [--model FILE …] [--photos N] [--browser firefox …] [--time N] [--precision]

Test photos of dogs-vs-cats-small and photos from other sources: all of them, or N spread evenly over each. CatDog is
asked in float32, which exports compute in. Photos that CatDog decodes at a smaller scale are counted apart: browsers
know no such thing. `--precision` also tells how far from that CatDog is in the precision that it chooses itself here.
`--time` has both look at so many photos, one at a time and CatDog on one thread as the page. A browser that is not here
is left out.
"""

import argparse
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
from tests.web.compare import AT_A_TIME, Pair, Said, catdog_says, is_read_smaller, page_says
from tests.web.conftest import READY
from tests.web.seen import Browser
from trainer.export.onnx_file import unproven_onnx
from trainer.export.record import ExportRecord
from trainer.export.web import write_page
from trainer.files.resources import resource
from trainer.inference.predictor import Predictor
from trainer.storage import starter

_QUICK, _TIMED = 12, 100
_SOURCES = {"test photos": "dogs-vs-cats-small/test", "other sources": "other-sources"}


class _Seen(NamedTuple):
    """Photos of one source, and what is known of them."""

    source: str
    photos: list[Path]
    ours: list[Said]


def main() -> int:
    """Measure, print and keep the rows."""
    wanted = _wanted()
    folders = {source: wanted.data / folder for source, folder in _SOURCES.items()}
    options.small(wanted.data)
    options.other(wanted.data)
    photos = {source: _spread(sorted(folder.rglob("*.jpg")), wanted.photos) for source, folder in folders.items()}
    rows: list[Row] = []
    for model in wanted.model:
        seen = [_Seen(source, some, catdog_says(model, some)) for source, some in photos.items()]
        rows += _shown(_compared(model, seen, wanted.browser, precision=wanted.precision))
        if wanted.time:
            timed = [photo for some in photos.values() for photo in _spread(some, -(-wanted.time // len(photos)))]
            rows += _shown(_times(model, timed, wanted.browser))
    report("web", rows, quick=wanted.quick)
    return 0


def _wanted() -> argparse.Namespace:
    parser = options.parser(__doc__)
    here = [name for name, browser in (("chromium", chromium), ("firefox", firefox)) if browser.PROGRAM is not None]
    parser.add_argument("--photos", type=int, default=0, help="of each source; default: all")
    parser.add_argument("--time", type=int, default=_TIMED, metavar="N", help="photos to take the time of")
    parser.add_argument("--precision", action="store_true", help="also compare CatDog with itself")
    parser.add_argument("--browser", nargs="+", choices=here, default=here)
    parser.add_argument(
        "--model",
        type=Path,
        nargs="+",
        default=[resource("models", starter.NAME)],
        help="default: the starter model",
    )
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.photos, wanted.time = _QUICK, min(_QUICK, wanted.time)
    return wanted


def _spread(photos: list[Path], most: int) -> list[Path]:
    """Return at most so many, evenly from all of them; all for 0."""
    if not most or len(photos) <= most:
        return photos
    return [photos[len(photos) * place // most] for place in range(most)]


def _shown(rows: Iterator[Row]) -> Iterator[Row]:
    """Print rows as they come: it may take an hour until all are there."""
    for row in rows:
        options.say(" | ".join(filter(None, row)))
        yield row


def _open(stack: ExitStack, name: str, page: Path) -> Browser:
    """Open a page in the browser of this name until the stack is left."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    browser: chromium.Chromium | firefox.Firefox
    if name == "chromium":
        browser = stack.enter_context(chromium.Chromium(home))
    else:
        browser = stack.enter_context(firefox.Firefox(home))
    browser.open(page.as_uri())
    browser.until(READY)
    return browser


def _page(stack: ExitStack, model: Path) -> tuple[Path, ExportRecord]:
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    data, record = unproven_onnx(model)
    return write_page(home / "page", data, record), record


def _compared(model: Path, seen: Sequence[_Seen], browsers: Sequence[str], *, precision: bool) -> Iterator[Row]:
    title = models.title(model) if model.stem != "model" else model.parent.name
    with ExitStack() as stack:
        page, record = _page(stack, model)
        for one in seen if precision else ():
            said = catdog_says(model, one.photos, "auto")
            pairs = [Pair(*each) for each in zip(one.photos, one.ours, said, strict=True)]
            yield from _rows(f"{title}, CatDog's own choice of precision, {one.source}", pairs, record)
        for name in browsers:
            for one in seen:
                with ExitStack() as opened:
                    said = list(page_says(_open(opened, name, page), one.photos))
                pairs = [Pair(*each) for each in zip(one.photos, one.ours, said, strict=True)]
                large = [pair for pair in pairs if is_read_smaller(pair.photo, record.image_size)]
                same = [pair for pair in pairs if pair not in large]
                yield from _rows(f"{title}, {name}, {one.source}", same, record)
                yield from _rows(f"{title}, {name}, {one.source} decoded at a smaller scale", large, record)


def _rows(of: str, pairs: list[Pair], record: ExportRecord) -> Iterator[Row]:
    if not pairs:
        return
    sizes = sorted(pair.size for pair in pairs)
    changed = [pair for pair in pairs if pair.changes]
    beside = [
        f"probabilities differ by {sum(sizes) / len(sizes):.5f} on average",
        f"95 % by at most {sizes[int(0.95 * (len(sizes) - 1))]:.5f}, the most {sizes[-1]:.5f}",
        *_accuracies(pairs, record),
        *map(_in_words, changed),
    ]
    yield Row(of, f"{len(changed)} of {len(pairs)} verdicts differ", "; ".join(beside))


def _accuracies(pairs: list[Pair], record: ExportRecord) -> Iterator[str]:
    """Yield how many photos of a known class both get right, and how many only one of them."""
    folders = [f"{name}s" for name in record.classes]
    known = [pair for pair in pairs if pair.photo.parent.name in folders]
    right = [
        tuple((said.probability >= record.threshold) == bool(folders.index(photo.parent.name)) for said in (ours, its))
        for photo, ours, its in known
    ]
    if known:
        yield (
            f"of {len(known)} it has {sum(its for _, its in right)} right, CatDog {sum(ours for ours, _ in right)} "
            f"(alone: {right.count((False, True))} and {right.count((True, False))})"
        )


def _in_words(pair: Pair) -> str:
    ours, theirs = (f"{said.verdict} {said.probability:.4f}" for said in pair[1:])
    return f"{pair.photo.name}: {ours}, its {theirs}"


def _times(model: Path, photos: list[Path], browsers: Sequence[str]) -> Iterator[Row]:
    """Have all look at the same photos by turns, a few each."""
    torch.set_num_threads(1)
    predictor = Predictor.load(model, device="cpu", threads=1, precision="float32")
    with ExitStack() as stack:
        page, _ = _page(stack, model)
        contenders: dict[str, Callable[[list[Path]], object]] = {
            "CatDog": lambda some: [predictor.predict_one(photo) for photo in some]
        }
        for name in browsers:
            browser = _open(stack, name, page)
            contenders[name] = lambda some, browser=browser: list(page_says(browser, some))  # type: ignore[misc]
        seconds = dict.fromkeys(contenders, 0.0)
        for start in range(0, len(photos), AT_A_TIME):
            for name, look in contenders.items():
                began = time.perf_counter()
                look(photos[start : start + AT_A_TIME])
                seconds[name] += time.perf_counter() - began
    for name, each in seconds.items():
        beside = "" if name == "CatDog" else f"{each / seconds['CatDog']:.2f} times as long as CatDog"
        yield Row(
            f"a photo of {len(photos)}, {models.title(model)}, {name}", f"{1000 * each / len(photos):.0f} ms", beside
        )


if __name__ == "__main__":
    options.conclude(main)
