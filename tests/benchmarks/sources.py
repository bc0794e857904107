"""The starter model by source, beside that of CatDog 0.1 on the same photos.

    python -m tests.benchmarks.sources [--data FOLDER]

Photos that neither learnt from: the test photos of dogs-vs-cats-small, the judging part of other-sources, and its other
animals of kinds that the starter model never met (`harness.parts`). Takes a minute.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.harness import judged, options
from tests.benchmarks.harness.process import ROOT
from tests.benchmarks.harness.results import Row, report
from trainer.core.statistics import mcnemar_p_value
from trainer.inference.predictor import Predictor
from trainer.storage.starter import starter_model

FORMER = ROOT / "tests" / "fixtures" / "catdog-0.1" / "starter.safetensors"
_QUICK = 20


def main() -> int:
    """Judge both models, print and keep the rows."""
    wanted = options.parser(__doc__).parse_args()
    small, other = options.small(wanted.data), options.other(wanted.data)
    most = _QUICK if wanted.quick else None
    old, new = Predictor.load(FORMER), Predictor.load(starter_model())
    rows = [
        *pet_rows(old, new, "Kaggle's test photos", _first(judged.pets(small / "test"), most), goal="99.4 %"),
        *pet_rows(old, new, "other-sources", _first(judged.pets(other, "judge"), most), goal="99.3 %"),
    ]
    animals = judged.photos(other / "neither", "judge")[:most]
    (before, count), (now, _count) = (judged.judge_others(model, animals) for model in (old, new))
    rows.append(
        Row(f"not sure of {count} other animals", _share(now, count), f"before: {_share(before, count)}", "90 %")
    )
    report("sources", rows, quick=wanted.quick)
    return 0


def pet_rows(
    old: Predictor, new: Predictor, source: str, folders: Mapping[int, Sequence[Path]], *, goal: str
) -> list[Row]:
    """Return a source's rows: how many are right, by pairs, and how many get no verdict."""
    before, now = judged.judge_pets(old, folders), judged.judge_pets(new, folders)
    count = len(now.photos)
    pairs = list(zip(before.right, now.right, strict=True))
    only_old, only_new = pairs.count((True, False)), pairs.count((False, True))
    p_value = mcnemar_p_value(only_old, only_new)
    beside = (
        f"before: {_share(sum(before.right), count)}; only now {only_new}, only before {only_old}, p = {p_value:.2g}"
    )
    certain, mistaken = now.certain
    return [
        Row(f"starter model right, {source}, {count:,} photos", _share(sum(now.right), count), beside, goal),
        Row(f"no verdict, {source}", _share(now.unsure, count), f"before: {_share(before.unsure, count)}", "1.5 %"),
        Row(f"wrong verdicts above 99.9 %, {source}", f"{mistaken} of {certain:,}"),
        Row(
            f"expected calibration error, {source}",
            f"{100 * now.calibration_error:.2f} %",
            f"before: {100 * before.calibration_error:.2f} %",
        ),
    ]


def _first(folders: Mapping[int, Sequence[Path]], most: int | None) -> dict[int, Sequence[Path]]:
    return {index: photos[:most] for index, photos in folders.items()}


def _share(number: int, count: int) -> str:
    return f"{100 * number / count:.1f} %"


if __name__ == "__main__":
    options.conclude(main)
