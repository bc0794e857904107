"""The event log: every event at once, and a line that a kill cut off harms no other."""

from pathlib import Path

from trainer.core.events import CheckpointSaved, Noted, RunPaused
from trainer.storage.event_log import EventLog, last_event, read_events

FIRST, SECOND = Noted(text="one\ntwo – ネコ"), CheckpointSaved(epoch=3, batch=0)


def test_events_are_there_as_soon_as_they_happen_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    assert (read_events(path), last_event(path)) == ([], None)
    with EventLog(path) as log:
        log.write(FIRST)
        assert read_events(path) == [FIRST]
        log.write(SECOND)
    assert (read_events(path), last_event(path)) == ([FIRST, SECOND], SECOND)


def test_a_cut_off_line_is_passed_over_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:
        log.write(FIRST)
        log.write(SECOND)
    path.write_bytes(path.read_bytes()[:-5])
    assert read_events(path) == [FIRST]
    with EventLog(path) as log:
        log.write(RunPaused())
    assert read_events(path) == [FIRST, RunPaused()]
    assert last_event(path) == RunPaused()


def test_the_last_event_of_a_long_log_is_found_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:
        for number in range(300):
            log.write(Noted(text=f"{number} " + "x" * 2000))
    found = last_event(path)
    assert isinstance(found, Noted)
    assert found.text.startswith("299 ")
