"""The few numbers that a benchmark prints of its samples, and how they are written. Standard library alone."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")


class Figure(NamedTuple):
    """Samples of one quantity in brief."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Figure":
        """Return the samples in brief. Raises ValueError where there are none."""
        if not samples:
            raise ValueError("no samples")
        return cls(statistics.median(samples), min(samples), max(samples))

    def text(self, unit: str = "") -> str:
        """Return "18.2 s (17.9 to 18.8)", to three digits that count."""
        behind = f" {unit}" if unit else ""
        return f"{short(self.median)}{behind} ({short(self.low)} to {short(self.high)})"


def short(number: float) -> str:
    """Return a number with three digits that count, and no fewer than all before the point: 1234, 123, 12.3, 0.0123."""
    if number == 0 or abs(number) >= 100:
        return f"{number:.0f}"
    digits = 3
    rounded = float(f"{number:.{digits}g}")
    before = len(str(int(abs(rounded)))) if abs(rounded) >= 1 else 0
    return f"{rounded:.{digits - before}f}" if before else f"{rounded:g}"


def ratios(samples: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return sample / base of each round: what slowed a whole round down is on both sides and falls out."""
    return [sample / of_base for sample, of_base in zip(samples, base, strict=True)]


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least this share of all are not above (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def interleave(
    contenders: Mapping[str, Callable[[], _T]], rounds: int, say: Callable[[str], None] = lambda _text: None
) -> dict[str, list[_T]]:
    """Return what each contender returned in each round.

    In every round each runs once, alone, one after the other, so that a machine that becomes slower or faster meanwhile
    does so for all of them. Every other round runs backwards: nobody always comes after the same neighbour.
    """
    found: dict[str, list[_T]] = {name: [] for name in contenders}
    for turn in range(rounds):
        order = list(contenders)[:: 1 if turn % 2 == 0 else -1]
        for name in order:
            say(f"round {turn + 1} of {rounds}: {name}")
            found[name].append(contenders[name]())
    return found


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
