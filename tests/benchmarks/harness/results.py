"""Rows of the one table: each benchmark leaves its own under build/bench, and together they are `results.md`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.harness import machine
from tests.benchmarks.harness.figures import markdown
from tests.benchmarks.harness.process import ROOT

FOLDER = ROOT / "build" / "bench"
TABLE = FOLDER / "results.md"
HEADER = ("measured", "median (lowest to highest)", "beside", "goal")
# In the order of the table.
BENCHMARKS = (
    "epoch",
    "transfer",
    "verdicts",
    "web",
    "serve",
    "runtimes",
    "first_paint",
    "first_verdict",
    "stall_meter",
    "growth",
    "sources",
    "both",
    "neighbours",
    "labels",
    "health",
    "faults",
    "kills",
)


class Row(NamedTuple):
    """One line of the table."""

    measured: str
    value: str
    beside: str = ""
    """A ratio to something of the same run, or whatever else it should be seen with."""
    goal: str = ""


def report(benchmark: str, rows: Sequence[Row], *, quick: bool) -> None:
    """Print a benchmark's rows and keep them for the one table."""
    print(f"\n{markdown(HEADER, rows)}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = {"machine": machine.describe(), "load": machine.load(), "quick": quick, "rows": rows}
    (FOLDER / f"{benchmark}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def forget(benchmark: str) -> None:
    """Remove what an earlier run of a benchmark left, so that it is not taken for today's."""
    (FOLDER / f"{benchmark}.json").unlink(missing_ok=True)


def write_table(missing: Sequence[str] = ()) -> str:
    """Write `results.md` from what the benchmarks left, and return it. `missing` are sentences on what is not in it."""
    read = [_read(FOLDER / f"{name}.json") for name in BENCHMARKS]
    kept = [one for one in read if one is not None]
    machines = list(dict.fromkeys(one["machine"] for one in kept)) or [machine.describe()]
    rows = [row for one in kept for row in one["rows"]]
    notes = [f"Measured on: {'; '.join(machines)}. Every ratio is between two of the same run, round by round."]
    if any(one["quick"] for one in kept):
        notes.append("**A quick trial with few photos: none of these numbers means anything.**")
    notes += [f"Not measured: {sentence}" for sentence in missing]
    text = "\n\n".join([*notes, markdown(HEADER, rows)])
    FOLDER.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(text, encoding="utf-8")
    return text


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
