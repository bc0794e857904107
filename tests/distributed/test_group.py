"""What ranks tell one another: real processes, gathered, stopped and killed."""

import json
import signal
from pathlib import Path

import pytest

from tests.distributed import ranks
from tests.distributed.hosts import needs_namespaces, two_hosts
from trainer.core.errors import SettingError
from trainer.training.distributed.place import find_place
from trainer.training.distributed.team import Team, share

# What each test's ranks do comes after this.
BEGIN = """
import json, os, sys, time
import torch
from trainer.core.control import RunControl
from trainer.core.errors import TrainerError
from trainer.training.distributed.group import Group
from trainer.training.distributed.place import find_place
place = find_place()
own = RunControl()
group = Group(place)
control = group.shared_control(own)
def say(value):
    print(json.dumps(value), flush=True)
def end(state="done", reason=""):
    group.leave(state, reason)
    group.__exit__()
    sys.stdout.flush()
    os._exit(0)
def to_the_loss():
    try:
        while True:
            group.gather(torch.ones(1))
    except TrainerError as error:
        say([type(error).__name__, error.sentence])
        end("failed", error.sentence)
"""


def lines(program: str, count: int, place: Path) -> list[list[object]]:
    found = ranks.run(BEGIN + program, count, place)
    assert [said.code for said in found] == [0] * count, found
    return [[json.loads(line) for line in said.out.splitlines()] for said in found]


def test_a_share_is_contiguous_and_none_is_longer_than_another_by_more_than_one() -> None:
    for count in range(9):
        for of in range(1, 6):
            shares = [share(count, rank, of) for rank in range(of)]
            assert [place for part in shares for place in part] == list(range(count))
            assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_team_of_one_does_everything_itself() -> None:
    assert Team().share(7) == range(7)
    assert Team().leads
    assert Team().from_leader(lambda: b"x") == b"x"


def test_without_torchrun_there_is_no_place_and_half_of_one_is_refused() -> None:
    assert find_place({}) is None
    whole = ranks.environment(1, 2, 1234)
    found = find_place(whole)
    assert found is not None
    assert (found.rank, found.ranks, found.address, found.port) == (1, 2, "127.0.0.1", 1234)
    with pytest.raises(SettingError, match="torchrun"):
        find_place({name: value for name, value in whole.items() if name != "MASTER_PORT"})
    with pytest.raises(SettingError, match="torchrun"):
        find_place({**whole, "RANK": "2"})


def test_rows_are_gathered_in_the_order_of_the_ranks_however_many_each_has(tmp_path: Path) -> None:
    program = """
rows = torch.arange(4.0).reshape(2, 2)[place.rank : place.rank + 1] if place.rank < 2 else torch.empty(0)
say(group.gather(rows).tolist())
say([part.decode() for part in group.gather_bytes(b"ab" * place.rank)])
say(group.from_leader(lambda: b"from zero").decode())
say(group.exchange_slices(torch.full((2 - place.rank // 2, 4), float(place.rank)), [2, 2, 1]).tolist())
say(group.sum_fast(torch.ones(2)).tolist())
with group.one_a_host_first():
    say("first")
end()
"""
    for rank, said in enumerate(lines(program, 3, tmp_path)):
        width = 2 if rank == 0 else 1
        assert said == [
            [[0.0, 1.0], [2.0, 3.0]],
            ["", "ab", "abab"],
            "from zero",
            [[float(of)] * width for of in (0, 0, 1, 1, 2)],
            [3.0, 3.0],
            "first",
        ]


def test_a_stop_asked_of_one_rank_holds_for_all_at_the_same_place(tmp_path: Path) -> None:
    program = """
control.hold_together()
steps = 0
while not control.should_stop():
    steps += 1
    if place.rank == 1 and steps == 5:
        own.stop()
        assert not control.should_stop()
    group.agree()
say([steps, control.stops])
end()
"""
    assert lines(program, 2, tmp_path) == [[[5, 1]], [[5, 1]]]


@pytest.mark.parametrize("dies", [0, 2])
def test_when_a_rank_is_killed_the_others_end_within_seconds_and_say_so(dies: int, tmp_path: Path) -> None:
    program = f"""
if place.rank == {dies}:
    for _ in range(3):
        group.gather(torch.ones(1))
    os.kill(os.getpid(), {int(signal.SIGKILL)})
to_the_loss()
"""
    for rank, said in enumerate(ranks.run(BEGIN + program, 3, tmp_path)):
        if rank != dies:
            assert said.code == 0, said.err
            assert json.loads(said.out)[0] == "RankLostError"
            assert "--resume" in json.loads(said.out)[1]


def test_a_rank_that_fails_tells_the_others_why(tmp_path: Path) -> None:
    program = """
if place.rank == 1:
    end("failed", "The disk of host b is full.")
to_the_loss()
"""
    found = lines(program, 3, tmp_path)
    assert found[1] == []
    assert all("The disk of host b is full." in str(found[rank]) for rank in (0, 2))


def test_a_rank_that_only_hangs_is_noticed(tmp_path: Path) -> None:
    program = f"""
if place.rank == 1:
    group.gather(torch.ones(1))
    os.kill(os.getpid(), {int(signal.SIGSTOP)})
to_the_loss()
"""
    hears, hangs = ranks.start(BEGIN + program, 2, tmp_path)
    said = hears.end()
    hangs.kill()
    hangs.end()
    assert f"has not been heard of for {ranks.LOST_AFTER} seconds" in json.loads(said.out)[1], said.err


@needs_namespaces()
def test_two_hosts_meet_over_the_cable_and_notice_when_it_is_cut(tmp_path: Path) -> None:
    program = """
say(os.environ["GLOO_SOCKET_IFNAME"])
say(group.gather(torch.full((1,), float(place.rank))).tolist())
to_the_loss()
"""
    with two_hosts() as hosts:
        started = ranks.start_on(hosts, lambda _rank: BEGIN + program, tmp_path)
        ranks.wait_until(lambda: all(len(rank.out.splitlines()) == 2 for rank in started))
        hosts[1].cut()
        found = [[json.loads(line) for line in rank.end().out.splitlines()] for rank in started]
    assert found[0][:2] == ["wire1", [0.0, 1.0]]
    assert found[1][:2] == ["wire2", [0.0, 1.0]]
    assert found[0][2][0] == found[1][2][0] == "RankLostError"
    assert "Rank 1 on " in found[0][2][1]
    assert "The machine where rank 0 runs can no longer be reached." in found[1][2][1]


@needs_namespaces()
def test_a_slow_cable_is_as_slow_as_asked(tmp_path: Path) -> None:
    program = """
group.agree()
began = time.perf_counter()
group.agree()
say(time.perf_counter() - began)
end()
"""
    with two_hosts(delay=0.1, megabits=100) as hosts:
        found = [rank.end() for rank in ranks.start_on(hosts, lambda _rank: BEGIN + program, tmp_path)]
    assert all(float(said.out) > 0.1 for said in found), found
