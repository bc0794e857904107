"""Ranks that are killed, stopped, cut off or have other photos: all end in order, and the run goes on exactly."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.distributed import ranks
from tests.distributed.hosts import needs_namespaces, two_hosts
from tests.distributed.test_training import assert_same, command, only_run, train_alone
from trainer.core.events import BatchFinished, EpochFinished, RunStopped, from_line
from trainer.storage.run_folder import RunFolder

EPOCHS = ("--epochs", "4")
# Within which ranks end after one was lost, on a machine that is busy with other tests.
SOON = 30.0


def whole(rank: ranks.Rank) -> list[str]:
    """Return the lines that it has written to their ends."""
    return rank.out.rpartition("\n")[0].splitlines()


def batches(rank: ranks.Rank) -> int:
    return sum(
        isinstance(from_line(line), BatchFinished) for line in rank.out.splitlines(keepends=True) if "\n" in line
    )


def after_batches(started: list[ranks.Rank], count: int) -> None:
    ranks.wait_until(lambda: batches(started[0]) >= count or not started[0].is_alive)


def resume(folder: RunFolder) -> list[str]:
    return ["train", "--resume", str(folder.path), "--json"]


def assert_all_end(started: list[ranks.Rank], lost: int, *, code: int = 1) -> list[ranks.Said]:
    began = time.monotonic()
    found = [rank.end() for rank in started]
    assert time.monotonic() - began < SOON
    for number, said in enumerate(found):
        if number != lost:
            assert said.code == code, found
            assert "Traceback" not in said.err
    return found


def kill_again_and_again(dataset: Path, place: Path, dice: random.Random, kills: int, *more: str) -> None:
    """Kill one rank of several at a random moment, go on with another number of them, and end with the same numbers."""
    alone = train_alone(dataset, place / "alone", *more)
    work = [*command(dataset, place / "run", *more), "--json"]
    for kill in range(kills):
        count = dice.choice([2, 3, 4])
        lost = (0, count - 1)[kill % 2] if kills < 5 else dice.randrange(count)
        started = ranks.start(work, count, place / f"kill {kill}")
        after_batches(started, dice.randint(1, 3))
        until = time.monotonic() + dice.uniform(0, 0.2)
        while time.monotonic() < until:  # a moment, not a wait for something to happen
            pass
        started[lost].kill()
        found = [rank.end() for rank in started]
        assert all("Traceback" not in said.err for said in found), found
        print(f"kill {kill}: rank {lost} of {count}, {[said.code for said in found]}")
        work = resume(only_run(place / "run"))
    assert ranks.run(work, 1, place / "end", RANK="", WORLD_SIZE="")[0].code == 0
    assert_same(alone, only_run(place / "run"))


def test_a_killed_rank_ends_all_and_another_number_goes_on_exactly(few_drawings: Path, tmp_path: Path) -> None:
    alone = train_alone(few_drawings, tmp_path / "alone", *EPOCHS)
    started = ranks.start([*command(few_drawings, tmp_path / "run", *EPOCHS), "--json"], 3, tmp_path / "first")
    after_batches(started, 4)
    started[1].kill()
    found = assert_all_end(started, lost=1)
    assert "--resume" in found[0].out
    assert "Rank 1 on " in found[0].out
    run = only_run(tmp_path / "run")
    done = batches_saved(run)
    assert done >= 4  # nothing that was done is lost
    started = ranks.start(resume(run), 2, tmp_path / "second")
    after_batches(started, 1)
    started[0].kill()
    assert_all_end(started, lost=0)
    [last] = ranks.run(resume(run), 1, tmp_path / "third", RANK="", WORLD_SIZE="")
    assert last.code == 0, last.err
    assert_same(alone, run)


@pytest.mark.slow
def test_ranks_go_on_without_the_model_as_one_process_does(few_drawings: Path, tmp_path: Path) -> None:
    run = train_alone(few_drawings, tmp_path / "run", "--epochs", "2")
    run.model.unlink()
    shutil.copytree(tmp_path / "run", tmp_path / "other")
    alone = only_run(tmp_path / "other")
    [last] = ranks.run([*resume(alone), "--epochs", "4"], 1, tmp_path / "one", RANK="", WORLD_SIZE="")
    assert last.code == 0, last.err
    found = ranks.run([*resume(run), "--epochs", "4"], 2, tmp_path / "two")
    assert [said.code for said in found] == [0, 0], found
    assert "was gone" in found[0].out
    assert_same(alone, run)


def batches_saved(run: RunFolder) -> int:
    from trainer.training import checkpoint

    progress = checkpoint.read(run.checkpoint).progress
    return 3 * (progress.epoch - 1) + progress.batch


@pytest.mark.longer
def test_twenty_kills_at_random_moments_change_no_number(few_drawings: Path, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"random moments from seed {seed}")
    kill_again_and_again(few_drawings, tmp_path, random.Random(seed), 20, "--epochs", "12")


def test_a_stop_of_any_rank_stops_all_at_the_same_step_and_tests_the_model(few_drawings: Path, tmp_path: Path) -> None:
    work = [*command(few_drawings, tmp_path / "run", "--epochs", "500"), "--json"]
    started = ranks.start(work, 2, tmp_path / "ranks")
    ranks.wait_until(lambda: any(isinstance(from_line(line), EpochFinished) for line in whole(started[0])))
    started[1].kill(signal.SIGTERM)
    found = [rank.end() for rank in started]
    assert [said.code for said in found] == [130, 130], found
    last = from_line(found[0].out.splitlines()[-1])
    assert isinstance(last, RunStopped)
    assert last.result.evaluation is not None
    assert found[1].err == ""


def test_other_photos_are_refused_with_what_differs(few_drawings: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy"
    shutil.copytree(few_drawings, other)
    first, second, *_ = sorted((other / "cats").iterdir())
    first.unlink()
    shutil.copyfile(min((other / "dogs").iterdir()), second)
    with_hosts = ranks.start_apart([few_drawings, other], lambda photos: command(photos, tmp_path / "run"), tmp_path)
    found = [rank.end() for rank in with_hosts]
    for said in found:
        assert said.code == 1, said
        assert "of 58 photos 1 are missing and 1 hold something else" in said.err, said
        assert "Rank 1 on " in said.err or "[rank 1 on " in said.err
        assert "Traceback" not in said.err


def test_more_ranks_than_shards_are_refused(few_drawings: Path, tmp_path: Path) -> None:
    work = ["train", str(few_drawings), "--out", str(tmp_path / "run"), "--shards", "1"]
    first, other = ranks.run(work, 2, tmp_path)
    assert (first.code, other.code) == (2, 1)
    assert "Start at most 1 ranks" in first.err
    assert other.err == ""  # said once on a machine


@needs_namespaces()
def test_two_hosts_with_their_own_photos_have_one_result_and_a_cut_cable_ends_both(
    few_drawings: Path, tmp_path: Path
) -> None:
    alone = train_alone(few_drawings, tmp_path / "alone", *EPOCHS)
    shutil.copytree(few_drawings, tmp_path / "copy")
    photos = (few_drawings, tmp_path / "copy")
    with two_hosts() as hosts:
        work = [[*command(place, tmp_path / "run", *EPOCHS), "--json"] for place in photos]
        started = ranks.start_on(hosts, lambda rank: work[rank], tmp_path / "cut")
        after_batches(started, 4)
        hosts[1].cut()
        assert_all_end(started, lost=-1)
    run = only_run(tmp_path / "run")
    with two_hosts() as hosts:
        again = [[*resume(run), str(place)] for place in photos]
        found = [rank.end() for rank in ranks.start_on(hosts, lambda rank: again[rank], tmp_path / "again")]
    assert [said.code for said in found] == [0, 0], found
    assert_same(alone, run)


def test_a_fast_sum_is_nearly_the_same_and_says_so(few_drawings: Path, tmp_path: Path) -> None:
    found = ranks.run(command(few_drawings, tmp_path / "run", "--reduce", "fast"), 2, tmp_path)
    assert [said.code for said in found] == [0, 0], found
    assert "slightly other numbers" in found[0].err.replace("\n", " ")
    assert "slightly other numbers" in only_run(tmp_path / "run").events.read_text()
    [refused] = ranks.run(
        command(few_drawings, tmp_path / "one", "--reduce", "fast"), 1, tmp_path, RANK="", WORLD_SIZE=""
    )
    assert refused.code == 2
    assert "torchrun" in refused.err


@pytest.mark.slow
def test_torchrun_itself_starts_it(few_drawings: Path, tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "trainer"]
    work = [*command(few_drawings, tmp_path / "run"), "--epochs", "1"]
    root = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [*torchrun, *work], env={**os.environ, **root}, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert "2 ranks on 1 machine" in done.stderr
    failed = subprocess.run(
        [*torchrun, *command(tmp_path / "gone", tmp_path / "run")],
        env={**os.environ, **root},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert failed.returncode == 1
    assert str(tmp_path / "gone") in failed.stderr
    assert f"{datetime.now().astimezone():%Y}" in failed.stderr.rpartition("Root Cause")[2]
    ours = failed.stderr.split("torch.distributed.elastic.multiprocessing.errors.ChildFailedError")[0]
    assert "trainer/training" not in ours
