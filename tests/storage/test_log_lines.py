"""Each line of a run's log vouches for itself, and former versions read it as before."""

import json
from pathlib import Path
from random import Random

import pytest

from trainer.core.events import CheckpointSaved, Noted, RunCompleted, RunStopped, from_line, to_line
from trainer.core.results import RunResult
from trainer.storage.event_log import EventLog, last_event
from trainer.storage.log_lines import LogReader, sealed_line

EVENTS = (
    Noted(text="one\ntwo – ネコ"),
    CheckpointSaved(epoch=3, batch=0),
    RunCompleted(result=RunResult(status="failed")),
)


def read(content: bytes) -> LogReader:
    reader = LogReader()
    for line in content.splitlines(keepends=True):
        reader.read(line)
    return reader


def test_people_and_former_versions_read_the_line_as_before() -> None:
    for event in EVENTS:
        line = sealed_line(event)
        assert from_line(line) == event
        values = json.loads(line)
        assert len(values.pop("crc32")) == 8
        assert values == json.loads(to_line(event))
        assert LogReader().read(line) == event
        assert LogReader().read(line.replace(b"\n", b"\r\n")) == event


def test_whatever_is_changed_in_a_line_is_noticed() -> None:
    first, *others = map(sealed_line, EVENTS)
    whole = b"".join(others)
    random = Random(1)
    for _ in range(300):
        place = random.randrange(len(whole) - 1)
        changed = bytearray(whole)
        changed[place] ^= 1 << random.randrange(8)
        if bytes(changed[place : place + 1]) in b"\r\n" or whole[place : place + 1] == b"\n":
            continue
        assert read(first + changed).damaged == [2 + whole[:place].count(b"\n")], changed


def test_the_lines_of_a_former_version_are_believed_until_the_first_with_a_checksum() -> None:
    former, cut_off = to_line(EVENTS[0]).encode() + b"\n", b'{"event":"Noted","te\n'
    assert read(former + cut_off + former + sealed_line(EVENTS[1])).damaged == []
    assert read(former + sealed_line(EVENTS[1]) + former + sealed_line(EVENTS[1])).damaged == [3]
    assert read(former + b'{"event":"Nothing"}\n').damaged == [2]


def test_damage_is_told_in_one_sentence() -> None:
    line, bad = sealed_line(EVENTS[0]), sealed_line(EVENTS[0]).replace(b"one", b"two")
    path = Path("events.jsonl")
    assert read(line * 3).damage(path) is None
    assert read(line + bad).damage(path) == "A line of events.jsonl is damaged and was left out: line 2."
    many = read(line + bad * 6).damage(path)
    assert many == "6 lines of events.jsonl are damaged and were left out: lines 2, 3, 4, 5, 6, …."


def test_a_changed_end_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:
        log.write(EVENTS[0])
        log.write(RunStopped(result=RunResult(status="stopped")))
    path.write_bytes(path.read_bytes().replace(b'"stopped"', b'"completed"'))
    assert last_event(path) == EVENTS[0]
    path.write_bytes(path.read_bytes() + to_line(EVENTS[2]).encode() + b"\n")
    assert last_event(path) == EVENTS[0]


@pytest.mark.parametrize("end", [b'{"event":"No', b"\0" * 4096, sealed_line(EVENTS[0])[:-1]])
def test_half_a_line_that_a_kill_left_is_no_damage(end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    whole = sealed_line(EVENTS[0])
    path.write_bytes(whole + end)
    assert read(path.read_bytes()).damaged == []
    with EventLog(path) as log:
        log.write(EVENTS[1])
    kept = whole if end == whole[:-1] else b""
    assert path.read_bytes() == whole + kept + sealed_line(EVENTS[1])
