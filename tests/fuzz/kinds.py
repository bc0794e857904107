"""All kinds of files that are fuzzed, and the case of a number."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz import photos, records, weights
from tests.fuzz.kind import Kind

KINDS = {
    kind.name: kind
    for kind in (
        photos.PHOTO,
        photos.ZIP,
        photos.TABLE,
        records.RUN,
        records.LABELS_KIND,
        records.SETTINGS,
        weights.MODEL,
        weights.CHECKPOINT,
    )
}
CORPUS = Path(__file__).with_name("corpus")
"""What was found once: files named KIND-….bin, which every test run tries again."""


def maker(kind: Kind, seed: int) -> Callable[[int], bytes]:
    """Return what makes the file of a case: always the same for the same kind, seed and number."""
    return lambda case: kind.make(Random(f"{seed}/{kind.name}/{case}"))


def found_before(kind: Kind) -> list[bytes]:
    """Return the files of this kind that once did harm."""
    return [path.read_bytes() for path in sorted(CORPUS.glob(f"{kind.name}-*.bin"))]
