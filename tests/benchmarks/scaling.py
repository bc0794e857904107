"""How far several machines carry: epochs an hour for 1 to 64 of them, by simulation from measured times.

    python -m tests.benchmarks.scaling [--cores 2] [--quick]

Measured here: a shard of 8 photos forward and backward on one thread (classic, 150 pixels), a look of the backbone at a
photo (transfer, 256 pixels), a photo read by the scan; and, as root on Linux, two hosts in network namespaces, with and
without a slow cable between them. The rest is arithmetic: whole shards for each machine, gradients in slices as
`trainer.training.distributed.exchange` sends them, and links as sold. A batch has 8 photos a core, at least 32.
Runs apart from `make bench`: it is about machines that nobody has here.
"""

import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from tests.benchmarks.harness import options
from tests.benchmarks.harness.figures import markdown
from tests.distributed import ranks
from tests.distributed.hosts import may_make_namespaces, two_hosts
from trainer import models
from trainer.core.config import AugmentConfig
from trainer.dataset.scan import scan
from trainer.drawings.samples import draw_dataset
from trainer.files.array_cache import LIMIT_BYTES
from trainer.models.fuse import fuse_for_inference
from trainer.training.data.augment import augment, draw

SHARD = 8
CLASSIC_SIDE, TRANSFER_SIDE, FEATURES, VIEWS = 150, 256, 1280, 2
TRAIN, VALIDATION = 0.70, 0.15
# Without the gradients, a shard's results and torch's own headers.
SMALL_BYTES = 200
DATASETS = (16_000, 10_000_000)
HOSTS = (1, 2, 4, 8, 16, 32, 64)


class Link(NamedTuple):
    """A network between machines."""

    name: str
    bytes_a_second: float
    latency: float
    """Seconds one way."""


LINKS = (
    Link("10 Gbit/s, 0.05 ms", 1.25e9, 5e-5),
    Link("1 Gbit/s, 0.2 ms", 1.25e8, 2e-4),
    Link("100 Mbit/s, 20 ms", 1.25e7, 2e-2),
)


class Measured(NamedTuple):
    """Seconds on one thread of this machine."""

    shard: float
    """A classic shard of 8 photos, augmented, forward and backward."""
    validate: float
    """A photo in validation."""
    embed: float
    """A photo through transfer's backbone."""
    scan: float
    """A photo found, decoded and compared."""
    gradients: int
    """Numbers in the classic network's gradients."""


def best_of(work: Callable[[], object], rounds: int) -> float:
    """Return the shortest of several times, in seconds: the machine may do something else meanwhile."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def measure(*, quick: bool) -> Measured:
    """Measure what the simulation is made of."""
    torch.set_num_threads(1)
    rounds = 2 if quick else 9
    classic = models.build("classic", image_size=CLASSIC_SIDE, dropout=0.5)
    learning = list(classic.parameters())
    images = torch.rand(SHARD, 3, CLASSIC_SIDE, CLASSIC_SIDE).contiguous(memory_format=torch.channels_last)
    params, strong = draw(SHARD, seed=0, epoch=1), AugmentConfig()

    def learn() -> None:
        logits = classic.forward_trainable(augment(images, params, strong))
        torch.autograd.grad(logits.sum(), learning)

    def look() -> None:
        with torch.inference_mode():
            classic.forward_trainable(images)

    transfer = fuse_for_inference(
        models.build("efficientnet-lite0", image_size=TRANSFER_SIDE, dropout=0.0), torch.device("cpu")
    )
    large = torch.rand(SHARD, 3, TRANSFER_SIDE, TRANSFER_SIDE).contiguous(memory_format=torch.channels_last)

    def embed() -> None:
        with torch.inference_mode():
            transfer.forward_frozen(large)

    with tempfile.TemporaryDirectory() as place:
        count = 40 if quick else 400
        draw_dataset(Path(place, "set"), count=count, seed=0)
        scanned = best_of(lambda: scan(Path(place, "set"), threads=1), 1) / count
    return Measured(
        best_of(learn, rounds),
        best_of(look, rounds) / SHARD,
        best_of(embed, rounds) / SHARD,
        scanned,
        sum(parameter.numel() for parameter in learning),
    )


def exchange_seconds(link: Link, hosts: int, shards: int, numbers: int) -> float:
    """Return how long the exact exchange of a step takes: slices to their owners, and the sums back to all."""
    if hosts == 1:
        return 0.0
    away, own = (hosts - 1) / hosts, math.ceil(shards / hosts)
    sent = 4 * numbers * away * (own + 1) + SMALL_BYTES * shards
    return sent / link.bytes_a_second + link.latency * (1 + (hosts - 1))  # gloo gathers round a ring


def epoch_seconds(measured: Measured, link: Link, *, hosts: int, cores: int, photos: int, classic: bool) -> float:
    """Return how long an epoch takes."""
    shards = max(4, hosts * cores)
    steps = math.ceil(TRAIN * photos / (SHARD * shards))
    waves = math.ceil(math.ceil(shards / hosts) / cores)
    numbers = measured.gradients if classic else FEATURES + 1
    shard = measured.shard if classic else 2e-4  # a head: some calls of torch
    validation = VALIDATION * photos / hosts / cores * (measured.validate if classic else 1e-5)
    return steps * (waves * shard + exchange_seconds(link, hosts, shards, numbers)) + validation


def scaling_rows(measured: Measured, cores: int) -> list[tuple[str, ...]]:
    """Return epochs an hour, for each recipe, dataset and link, with the number of machines."""
    found = []
    for classic in (True, False):
        for photos in DATASETS:
            for link in LINKS:
                seconds = [
                    epoch_seconds(measured, link, hosts=hosts, cores=cores, photos=photos, classic=classic)
                    for hosts in HOSTS
                ]
                name = "classic" if classic else "transfer's head"
                found.append((name, f"{photos:,}", link.name, *(f"{3600 / one:.3g}" for one in seconds)))
    return found


def limit_rows(measured: Measured, cores: int) -> list[tuple[str, ...]]:
    """Return what grows with the number of photos, and from how many on it breaks."""
    pixels, features = 3 * CLASSIC_SIDE**2, VIEWS * FEATURES * 2
    split, drawn = 330, 14 * 4
    hours = measured.scan / cores / 3600
    look = VIEWS * measured.embed / cores / 3600
    rows = []
    for name, each, unit, breaks in (
        ("scan, by rank 0 alone, hours", hours, "h", f"a day at {24 / hours / 1e6:.1f} million photos"),
        ("classic's pixels, on every machine", pixels / 1e9, "GB", _limit(pixels)),
        ("transfer's features, on every machine", features / 1e9, "GB", _limit(features)),
        ("the backbone's looks, shared out: hours of one machine", look, "h", "divides by the machines"),
        ("split.json, sent to every rank", split / 1e9, "GB", "memory, at tens of millions"),
        ("an epoch's random numbers, in every rank", drawn / 1e9, "GB", "memory, at tens of millions"),
    ):
        rows.append((name, *(f"{each * photos:.3g} {unit}" for photos in DATASETS), breaks))
    return rows


def _limit(each: int) -> str:
    return f"the cache's limit at {LIMIT_BYTES / each / 1e3:,.0f} thousand photos"


def real_rows(*, quick: bool) -> list[tuple[str, ...]]:
    """Return how long an epoch of drawings takes on one host, and on two with a fast and a slow cable."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        draw_dataset(place / "set", count=58 if quick else 230, seed=0)
        work = ["train", str(place / "set"), "--epochs", "2", "--threads", "1", "--precision", "float32", "--out"]
        [alone] = ranks.run([*work, str(place / "alone")], 1, place / "one", RANK="", WORLD_SIZE="")
        rows.append(("one host", _last_epoch(place / "alone"), str(alone.code)))
        for words, delay, megabits in (("two hosts", 0.0, 0.0), ("two hosts, 20 ms, 100 Mbit/s", 0.02, 100.0)):
            with two_hosts(delay=delay, megabits=megabits) as hosts:
                out = place / words
                command = [*work, str(out)]
                started = ranks.start_on(hosts, lambda _, command=command: command, place / "at" / words)
                found = [one.end() for one in started]
            rows.append((words, _last_epoch(out), " ".join(str(said.code) for said in found)))
    return rows


def _last_epoch(runs: Path) -> str:
    [run] = runs.iterdir()
    return f"{float((run / 'metrics.csv').read_text().splitlines()[-1].split(',')[6]):.2f} s"


def main() -> int:
    """Measure, simulate, and print both tables."""
    parser = options.parser(__doc__)
    parser.add_argument("--cores", type=int, default=2, help="of each machine (default %(default)s)")
    wanted = parser.parse_args()
    measured = measure(quick=wanted.quick)
    options.say(
        f"One thread: classic {1e3 * measured.shard:.0f} ms a shard of {SHARD} ({measured.gradients:,} gradients), "
        f"{1e3 * measured.validate:.1f} ms a photo in validation; transfer's backbone {1e3 * measured.embed:.1f} ms a "
        f"photo; scan {1e3 * measured.scan:.1f} ms a photo.\n"
    )
    header = ("recipe", "photos", "link", *(f"{hosts} hosts" for hosts in HOSTS))
    options.say(f"Epochs an hour\n\n{markdown(header, scaling_rows(measured, wanted.cores))}\n")
    header = ("what grows", *(f"{photos:,} photos" for photos in DATASETS), "breaks")
    options.say(markdown(header, limit_rows(measured, wanted.cores)))
    if may_make_namespaces():
        header = ("classic, 150 pixels, drawings", "last epoch", "exit codes")
        options.say(f"\n{markdown(header, real_rows(quick=wanted.quick))}")
    return 0


if __name__ == "__main__":
    options.conclude(main)
