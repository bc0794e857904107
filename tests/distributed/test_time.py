"""Several ranks that were given a time: the leader measures and decides, and all end together at its last step."""

import json
import shutil
from pathlib import Path

import pytest
from msgspec import structs

from tests.cli.command import run
from tests.distributed import ranks
from tests.distributed.test_training import SMALL, assert_same, only_run
from trainer.core.events import EpochsPlanned, from_line
from trainer.storage.run_folder import RunFolder
from trainer.training.budget import MOST_DECISIONS

# The leader goes by a clock that its run's events move. The other ranks' clocks stand still.
TRAIN_FOR_A_TIME = """
import json, sys
from functools import partial
from pathlib import Path
from tests.training.fake_time import FakeTime
from trainer.core.control import RunControl
from trainer.core.recipes import recipe
from trainer.training import loop, prepare, take_up
from trainer.training.budget import Stopwatch
from trainer.training.distributed.place import find_place
from trainer.training.torchrun import work_as_rank
dataset, out, seconds = {given}
clock = FakeTime(step=lambda done: 1.0 if done < 10 else 3.0)
for room in (prepare, take_up):
    room.Stopwatch = partial(Stopwatch, clock)
config = recipe("classic").config(
    dataset, time_budget=seconds, image_size=48, batch_size=16, precision="float32", threads=1
)
lead = lambda team: loop.train(config, out=Path(out), emit=clock.emit, team=team)
result = work_as_rank(find_place(), lead, photos=None, control=RunControl()).result
print(json.dumps([result.status, clock.now, len(result.history), clock.notes]))
"""
BUDGET = 60


def trained_alone(timed: RunFolder, place: Path) -> RunFolder:
    """Return a run of one process that learns from the first step on by the plan of that run, and decides nothing."""
    place.mkdir()
    shutil.copy(timed.split, place)
    alone, record = RunFolder(place), timed.read_record()
    # On a slow machine that run may have ended before its correction was due: its last decision stands twice, then.
    again = (record.plan[-1],) * (MOST_DECISIONS - len(record.plan))
    alone.write_record(structs.replace(record, plan=record.plan + again))
    run("train", "--resume", str(place))
    return alone


def test_ranks_fill_their_time_as_the_leader_measures_it(few_drawings: Path, tmp_path: Path) -> None:
    work = TRAIN_FOR_A_TIME.format(given=repr((str(few_drawings), str(tmp_path / "run"), BUDGET)))
    found = ranks.run(work, 2, tmp_path)
    assert [said.code for said in found] == [0, 0], found
    first, other = ([*json.loads(said.out)] for said in found)
    status, seconds, epochs, notes = first
    assert (status, other[:3]) == ("completed", ["completed", 0.0, epochs])
    assert seconds == pytest.approx(BUDGET, rel=0.1)
    timed = only_run(tmp_path / "run")
    plan = timed.read_record().plan
    assert len(plan) == 3
    assert plan[2].steps < plan[1].steps  # it became slower
    assert notes[1].startswith("In 60 seconds about ")
    assert_same(timed, trained_alone(timed, tmp_path / "alone"))


def test_ranks_that_go_on_after_a_kill_keep_what_was_decided(few_drawings: Path, tmp_path: Path) -> None:
    work = ["train", str(few_drawings), "--out", str(tmp_path / "run"), *SMALL[2:], "--time", "10s", "--json"]
    started = ranks.start(work, 2, tmp_path)
    ranks.wait_until(lambda: plans(started[0].out) != [])
    started[1].kill()
    for rank in started:
        rank.end()
    timed = only_run(tmp_path / "run")
    decided = timed.read_record().plan
    found = ranks.run(["train", "--resume", str(timed.path), "--json"], 2, tmp_path / "again")
    assert [said.code for said in found] == [0, 0], found
    assert timed.read_record().plan[: len(decided)] == decided
    assert timed.read_record().config.epochs == plans(found[0].out)[-1].epochs
    assert_same(timed, trained_alone(timed, tmp_path / "alone"))


def plans(out: str) -> list[EpochsPlanned]:
    events = [from_line(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]
    return [event for event in events if isinstance(event, EpochsPlanned)]
