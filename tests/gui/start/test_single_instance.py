"""The second start hands what it was given to the first."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from catdog_gui.start.single_instance import Request, SingleInstance

ROOT = Path(__file__).resolve().parents[3]
# The second start, in a process of its own: it waits for the first's answer.
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from catdog_gui.start.single_instance import Request, SingleInstance
app = QCoreApplication([])
instance = SingleInstance(home=Path(sys.argv[1]))
assert not instance.claim()
handed = instance.hand_over(Request(photos=tuple(sys.argv[2:])), patience_ms=20000)
print("handed over" if handed else "not handed over")
"""


@pytest.fixture
def first(qapp: object, tmp_path: Path) -> Iterator[SingleInstance]:
    instance = SingleInstance(home=tmp_path)
    assert instance.claim()
    instance.listen()
    yield instance
    instance.close()


def start_second(home: Path, names: list[str], qtbot: QtBot) -> str:
    """Return what a second start says of the photos that it hands over."""
    second = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(home), *names], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.stdout is not None
    with second.stdout as out:
        return out.read().strip()


def test_photos_of_the_second_arrive_in_the_first(first: SingleInstance, tmp_path: Path, qtbot: QtBot) -> None:
    got: list[Request] = []
    first.requested.connect(got.append)
    names = ["/photos/a b.jpg", "/photos/Mäuse & Söhne.jpg"]
    assert start_second(tmp_path, names, qtbot) == "handed over"
    assert got == [Request(photos=tuple(names))]


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_a_window_that_opened_because_the_first_did_not_answer_leaves_it_its_place(
    first: SingleInstance, tmp_path: Path, qtbot: QtBot, *, closed: bool
) -> None:
    got: list[Request] = []
    first.requested.connect(got.append)
    other = SingleInstance(home=tmp_path)
    assert not other.claim()
    assert not other.hand_over(Request(), patience_ms=50)  # the first is busy: its event loop does not turn
    other.listen()
    if closed:
        other.close()
    got.clear()
    assert start_second(tmp_path, ["/photos/a.jpg"], qtbot) == "handed over"
    assert got[-1] == Request(photos=("/photos/a.jpg",))
    other.close()


def test_only_one_can_claim_and_the_next_can_after_it_left(tmp_path: Path, qapp: object) -> None:
    first, second = SingleInstance(home=tmp_path), SingleInstance(home=tmp_path)
    assert first.claim()
    assert not second.claim()
    first.close()
    assert second.claim()
    second.close()


def test_another_home_is_another_instance(tmp_path: Path, qapp: object) -> None:
    first, second = SingleInstance(home=tmp_path / "a"), SingleInstance(home=tmp_path / "b")
    assert first.claim()
    assert second.claim()
    first.close()
    second.close()


def test_a_first_that_does_not_answer_is_not_waited_for_long(tmp_path: Path, qapp: object) -> None:
    first, second = SingleInstance(home=tmp_path), SingleInstance(home=tmp_path)
    assert first.claim()  # and never listens
    assert not second.hand_over(Request(photos=("/a.jpg",)), patience_ms=300)
    first.close()


def test_nonsense_on_the_line_is_ignored(first: SingleInstance, qtbot: QtBot) -> None:
    got: list[Request] = []
    first.requested.connect(got.append)
    socket = QLocalSocket()
    socket.connectToServer(first.server_name)
    assert socket.waitForConnected(5000)
    socket.write(b'{"photos": 7}\n')
    socket.flush()
    with qtbot.waitSignal(socket.disconnected, timeout=5000):
        pass
    assert got == []
    socket.close()
