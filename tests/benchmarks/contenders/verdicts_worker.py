"""Asks a model about photos in a process of its own; `verdicts.py` starts it.

    python -m tests.benchmarks.contenders.verdicts_worker verdicts|decode|latency MODEL FOLDER COUNT

`verdicts` and `latency` ask `Predictor` as `catdog-cli predict` does. `decode` only reads the photos at the model's
size, with the same number of threads: no program that looks at them can be faster.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.harness.figures import percentile

_WARM_UP = 32


def spread(folder: Path, count: int) -> list[Path]:
    """Return so many photos below a folder, spread evenly over all of them in the order of their names."""
    photos = sorted(folder.rglob("*.jpg"))
    count = min(count, len(photos))
    return [photos[place * len(photos) // count] for place in range(count)]


def verdicts(model: Path, photos: Sequence[Path]) -> dict[str, float]:
    """Return the photos a second from files to verdicts."""
    from trainer.inference.predictor import Predictor

    predictor = Predictor.load(model)
    list(predictor.predict(photos[:_WARM_UP]))
    began = time.perf_counter()
    found = list(predictor.predict(photos))
    seconds = time.perf_counter() - began
    assert not any(prediction.error for prediction in found)
    return {"rate": len(photos) / seconds}


def decode(model: Path, photos: Sequence[Path]) -> dict[str, float]:
    """Return the photos a second from files to pixels."""
    from trainer.dataset.photo import photo_pixels
    from trainer.storage.model_description import read_description

    size = read_description(model).preprocessing.image_size
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        list(pool.map(lambda photo: photo_pixels(photo, size), photos[:_WARM_UP]))
        began = time.perf_counter()
        for _pixels in pool.map(lambda photo: photo_pixels(photo, size), photos):
            pass
        seconds = time.perf_counter() - began
    return {"rate": len(photos) / seconds}


def latency(model: Path, photos: Sequence[Path]) -> dict[str, float]:
    """Return median and 95th percentile of the milliseconds that one photo by itself takes."""
    from trainer.inference.predictor import Predictor

    predictor = Predictor.load(model)
    for photo in photos[-_WARM_UP:]:
        predictor.predict_one(photo)
    times = []
    for photo in photos:
        began = time.perf_counter()
        predictor.predict_one(photo)
        times.append(1000 * (time.perf_counter() - began))
    return {"median": percentile(times, 0.5), "p95": percentile(times, 0.95)}


MODES: Mapping[str, Callable[[Path, Sequence[Path]], dict[str, float]]] = {
    "verdicts": verdicts,
    "decode": decode,
    "latency": latency,
}


def main() -> None:
    """Do what the arguments say and print it."""
    mode, model, folder, count = sys.argv[1:]
    print(json.dumps(MODES[mode](Path(model), spread(Path(folder), int(count)))))


if __name__ == "__main__":
    main()
