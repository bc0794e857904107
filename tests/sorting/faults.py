"""Kill a program that sorts photos, or puts them back, at a random moment, and see that nothing is lost.

python -m tests.sorting.faults --rounds 100
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

from trainer.sorting.items import Action, Item, SortOptions
from trainer.sorting.journal import Intent, Journal, list_journals, read_journal
from trainer.sorting.plan import SortPlan, plan_sort
from trainer.sorting.undo import undo

NAMES = [
    "IMG_1.jpg",
    "IMG_1.xmp",
    "IMG_1.jpg.xmp",
    "img_1.JPG",
    "IMG_2.heic",
    "IMG_2.mov",
    "猫の写真.jpg",
    "кошка и собака.jpeg",
    "قطة.png",
    "e\u0301te\u0301.jpg",
    "\u00e9t\u00e9.jpg",
    " leading and trailing .jpg",
    'quote\'s "and" <more>.jpg',
    "line\nbreak.jpg",
    "x" * 251 + ".jpg",
    "猫" * 83 + ".jpg",
]
_CHILD = """
import sys
import msgspec
from pathlib import Path
from trainer.sorting.plan import SortPlan
from trainer.sorting.sort import sort
from trainer.sorting.undo import undo
print("ready", flush=True)
sys.stdin.readline()
what, path = sys.argv[1], Path(sys.argv[2])
if what == "sort":
    sort(msgspec.json.decode(path.read_bytes(), type=SortPlan))
else:
    undo(path)
"""

Tree = dict[str, tuple[bytes, int, int]]


class Places(NamedTuple):
    """Where photos are, and where they go."""

    source: Path
    target: Path


def make_heap(source: Path, seed: int) -> None:
    """Write files of random content, times and permissions, some below folders, two of the same name."""
    choice = random.Random(seed)
    for folder in (source, source / "deep" / "猫", source / "other"):
        folder.mkdir(parents=True)
        for name in NAMES:
            path = folder / name
            path.write_bytes(choice.randbytes(choice.choice([0, 10, 5_000, 200_000])))
            path.chmod(choice.choice([0o600, 0o644, 0o444]))
            moment = choice.randrange(10**18, 16 * 10**17)
            os.utime(path, ns=(moment, moment))


def tree(root: Path) -> Tree:
    """Return what is below a folder: content, time and permissions of every file."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def plan_of(places: Places, action: Action, *, keywords: bool = True) -> SortPlan:
    """Plan to sort every photo of a heap, with all that can be asked for."""
    photos = [
        path for path in sorted(places.source.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".heic")
    ]
    items = [
        Item(path, ("cats", "dogs", "not sure")[number % 3], "", ("cat", "dog", "")[number % 3])
        for number, path in enumerate(photos)
    ]
    return plan_sort(items, places.target, SortOptions(action=action, keywords=keywords))


_LONGEST = {"sort": 0.1, "undo": 0.1}
"""Seconds that a whole one took, the latest time: kills fall within."""


def run_child(what: str, path: Path, kill_after: float | None) -> bool:
    """Sort or undo in a process of its own, killed after some seconds; say whether it came to its end before."""
    child = subprocess.Popen([sys.executable, "-c", _CHILD, what, str(path)], stdin=-1, stdout=-1, stderr=-1)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    child.stdin.write(b"go\n")
    child.stdin.flush()
    began = time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        child.send_signal(signal.SIGKILL)
    else:
        child.stdout.read()
        _LONGEST[what] = time.monotonic() - began
    _, errors = child.communicate(timeout=60)
    assert child.returncode in (0, -signal.SIGKILL), errors.decode()
    return child.returncode == 0


def refuse_loss(before: Tree, places: Places, journal: Journal) -> None:
    """Assert that every file of before is where the journal says, whole, and under no other name that is visible."""
    where: dict[str, tuple[Intent, bool]] = {}
    for number, intent in journal.intents.items():
        if isinstance(intent, Intent):
            where[intent.step.source] = (intent, number in journal.done and number not in journal.undoing)
    for name, (content, _, _) in before.items():
        source = places.source / name
        known = where.get(str(source))
        target = Path(known[0].step.target) if known else None
        there = [path for path in (source, target) if path is not None and path.is_file()]
        held = [path for path in there if path.read_bytes() == content]
        assert held, f"{name} is lost"
        if known and known[1]:
            assert target in held, f"{name} is not where the journal says"
        if known is None or journal.begun.action != "move":
            assert source in held, f"{name} is not where it was"


def one_round(places: Places, action: Action, seed: int, kill: str) -> str:
    """Kill sorting or undoing at a random moment, and undo; say how far it came. Asserts that nothing was lost."""
    make_heap(places.source, seed)
    places.target.mkdir(parents=True, exist_ok=True)
    before, target_before = tree(places.source), tree(places.target)
    plan = plan_of(places, action)
    file = places.source.with_name("plan.json")
    file.write_bytes(msgspec.json.encode(plan, enc_hook=str))
    known = {journal.path for journal in list_journals()}
    choice = random.Random(seed)
    ended = run_child("sort", file, choice.uniform(0, _LONGEST["sort"]) if kill == "sort" else None)
    new = [journal for journal in list_journals() if journal.path not in known]
    if not new:
        assert tree(places.source) == before
        return "not begun"
    state = new[0].state
    refuse_loss(before, places, new[0])
    if kill == "undo":
        ended = run_child("undo", new[0].path, choice.uniform(0, _LONGEST["undo"]))
        journal = read_journal(new[0].path)
        state = journal.state
        refuse_loss(before, places, journal)
    result = undo(new[0].path)
    assert not result.kept, result.kept
    after = tree(places.source)
    differ = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    assert not differ, (
        f"not as before: {[(name, before.get(name, [0])[1:], after.get(name, [0])[1:]) for name in differ]}"
    )
    assert tree(places.target) == target_before, f"left over: {sorted(tree(places.target))}"
    assert list(places.target.iterdir()) == []
    return "ended" if ended else state


def other_file_system(around: Path) -> Path | None:
    """Return a folder on another file system than this one, which can be written to; None where there is none."""
    for place in (Path("/dev/shm"), Path.home(), Path("/var/tmp")):
        if place.is_dir() and os.access(place, os.W_OK) and place.stat().st_dev != around.stat().st_dev:
            return Path(tempfile.mkdtemp(prefix="catdog-", dir=place))
    return None


def run_rounds(rounds: int, around: Path, *, seed: int = 0) -> Counter[str]:
    """Run so many rounds of each kind; return how they ended, by kind."""
    found: Counter[str] = Counter()
    other = other_file_system(around)
    try:
        for number in range(rounds):
            for kill in ("sort", "undo"):
                for across in (False, True) if other is not None else (False,):
                    actions: list[Action] = ["move", "copy"] if across else ["move", "copy", "move", "link"]
                    action = actions[number % len(actions)]
                    place = Path(tempfile.mkdtemp(dir=around))
                    target = other / f"{number} {kill}" if across and other is not None else place / "target"
                    where = "across two file systems" if across else "on one file system"
                    state = one_round(Places(place / "source", target), action, seed + number, kill)
                    found[f"{kill} {where}: {state}"] += 1
                    shutil.rmtree(place)
    finally:
        if other is not None:
            shutil.rmtree(other)
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="of each of four kinds")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as around:
        os.environ["CATDOG_HOME"] = f"{around}/home"
        began = time.monotonic()
        found = run_rounds(given.rounds, Path(around), seed=given.seed)
        print(f"seed {given.seed}, {time.monotonic() - began:.0f} s; nothing lost, everything taken back")
        for kind, count in sorted(found.items()):
            print(f"  {kind}: {count}")


if __name__ == "__main__":
    main()
