"""Requests take turns, whatever they bring."""

import pytest

from trainer.serve.turns import Turns


def all_of(turns: Turns[str]) -> str:
    return "".join(turns.take() for _ in range(len(turns)))


def test_each_request_gives_one_in_turn() -> None:
    turns: Turns[str] = Turns()
    turns.add("abcd")
    assert turns.take() == "a"
    turns.add("1")
    turns.add("")
    turns.add("xy")
    assert (len(turns), "".join(turns)) == (6, "bcd1xy")
    assert all_of(turns) == "b1xcyd"
    with pytest.raises(IndexError):
        turns.take()


def test_what_is_not_wanted_is_forgotten_and_the_order_stays() -> None:
    turns: Turns[str] = Turns()
    for request in ("abc", "XYZ", "dEf"):
        turns.add(request)
    turns.keep(str.islower)
    assert (len(turns), all_of(turns)) == (5, "adbfc")
    turns.keep(str.islower)
    assert len(turns) == 0
