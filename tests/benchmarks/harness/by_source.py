"""A model judged by photos of several sources, as tables: pets, and other things."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.harness import judged
from tests.benchmarks.harness.figures import markdown
from tests.benchmarks.harness.parts import part_of
from trainer.inference.predictor import Predictor


def judging(folder: Path, unpacked: Path) -> list[Path]:
    """Return a folder's photos that judge; those in resource files lie in another folder, unpacked before."""
    return [photo for place in (folder, unpacked) for photo in judged.photos(place) if part_of(photo) == "judge"]


def tables(model: Path, small: Path, other: Path, things: Mapping[str, Sequence[Path]]) -> tuple[str, str]:
    """Return two tables as Markdown: the pets by source, and the other things by source."""
    predictor = Predictor.load(model)
    rows = [
        judged.judge_pets(predictor, judged.pets(small / "test")).row("Kaggle, test photos"),
        judged.judge_pets(predictor, judged.pets(other, "judge")).row("elsewhere (other-sources)"),
    ]
    others = []
    for name, photos in {"animals of kinds never met": judged.photos(other / "neither", "judge"), **things}.items():
        unsure, count = judged.judge_others(predictor, photos)
        others.append((name, f"{count:,}", f"{100 * unsure / count:.1f} %"))
    return markdown(judged.HEADER, rows), markdown(("other things", "photos", "not sure"), others)
