"""Photos that arrive in a watched folder are sorted once they are complete."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.bad_files import jpeg
from trainer.core.errors import DatasetError
from trainer.core.results import Prediction
from trainer.dataset.photo import open_photo
from trainer.sorting import watch as room
from trainer.sorting.items import SortOptions
from trainer.sorting.sort import SortResult
from trainer.sorting.undo import undo
from trainer.sorting.watch import Arrived, watch


def classify(photos: Sequence[Path]) -> list[Prediction]:
    """Say cat of photos whose name begins with c, without a model."""
    found = []
    for path in photos:
        try:
            open_photo(path)
        except Exception as error:  # noqa: BLE001
            found.append(
                Prediction(path=str(path), class_name=None, probability=None, probabilities=None, error=str(error))
            )
            continue
        dog = 0.01 if path.name.startswith("c") else 0.99
        name = "cat" if dog < 0.5 else "dog"
        shares = {"cat": 1 - dog, "dog": dog}
        found.append(Prediction(path=str(path), class_name=name, probability=dog, probabilities=shares))
    return found


class Watching:
    """A watch in a thread, as the window runs it."""

    def __init__(self, folder: Path, to: Path, **options: object) -> None:
        self.arrived: list[Arrived] = []
        self.result: SortResult | None = None
        self._told = threading.Condition()
        self._end = threading.Event()
        wanted = SortOptions(**options)  # type: ignore[arg-type]
        self._thread = threading.Thread(target=self._run, args=(folder, to, wanted))
        self._thread.start()

    def wait_for(self, happened: Callable[[], bool]) -> None:
        with self._told:
            assert self._told.wait_for(happened, timeout=30)

    def end(self) -> SortResult:
        self._end.set()
        self._thread.join()
        assert self.result is not None
        return self.result

    def _run(self, folder: Path, to: Path, options: SortOptions) -> None:
        self.result = watch(folder, to, options, ("cat", "dog"), classify, emit=self._take, cancelled=self._end.is_set)

    def _take(self, arrived: Arrived) -> None:
        with self._told:
            self.arrived.append(arrived)
            self._told.notify()


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(room, "STILL_SECONDS", 0.2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "inbox"
    place.mkdir()
    (place / "cat.jpg").write_bytes(jpeg(1))
    return place


@pytest.fixture(params=["told by the system", "searched"])
def _arrivals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "searched":
        monkeypatch.setattr(room.Observer, "start", _refuse)
        monkeypatch.setattr(room, "_AGAIN_SECONDS", 0.05)
    return


def _refuse(_self: object) -> None:
    raise OSError(28, "inotify watch limit reached")


@pytest.mark.usefixtures("_arrivals")
def test_photos_are_sorted_as_they_arrive_and_all_of_it_can_be_undone(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "sorted"
    watching = Watching(folder, to, action="move")
    watching.wait_for((to / "cats" / "cat.jpg").exists)
    (folder / "deep").mkdir()
    (folder / "deep" / "dog.jpg").write_bytes(jpeg(2))
    (folder / "notes.txt").write_text("no photo")
    (folder / "photo.jpg.part").write_bytes(jpeg(3))
    watching.wait_for((to / "dogs" / "dog.jpg").exists)
    (folder / "photo.jpg.part").rename(folder / "photo.jpg")
    watching.wait_for((to / "dogs" / "photo.jpg").exists)
    result = watching.end()
    assert result.photos == 3
    assert sum(sum(arrived.folders.values()) for arrived in watching.arrived) == 3
    assert sorted(path.name for path in folder.rglob("*.*")) == ["notes.txt"]
    undo(Path(result.journal))
    assert not to.exists()
    assert (folder / "deep" / "dog.jpg").exists()


def test_a_photo_is_taken_only_when_it_is_complete(folder: Path, tmp_path: Path) -> None:
    to, content = tmp_path / "sorted", jpeg(5, 600, 400)
    watching = Watching(folder, to)
    watching.wait_for((to / "cats" / "cat.jpg").exists)
    with (folder / "c.jpg").open("wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        # Half a photo stays for longer than the wait: it is looked at, cannot be read, and is waited for.
        (folder / "dog.jpg").write_bytes(jpeg(6))
        watching.wait_for((to / "dogs" / "dog.jpg").exists)
        assert not (to / "cats" / "c.jpg").exists()
        file.write(content[len(content) // 2 :])
    watching.wait_for((to / "cats" / "c.jpg").exists)
    assert (to / "cats" / "c.jpg").read_bytes() == content
    assert watching.end().problems == ()


def test_a_photo_that_stays_unreadable_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.3)
    (folder / "bad.jpg").write_bytes(b"no photo")
    watching = Watching(folder, tmp_path / "sorted")
    watching.wait_for(lambda: any(arrived.problems for arrived in watching.arrived))
    watching.end()
    assert [problem.path for arrived in watching.arrived for problem in arrived.problems] == [str(folder / "bad.jpg")]
    assert (folder / "bad.jpg").exists()


def test_a_folder_can_be_sorted_into_itself(folder: Path) -> None:
    watching = Watching(folder, folder, action="move")
    watching.wait_for((folder / "cats" / "cat.jpg").exists)
    (folder / "dog.jpg").write_bytes(jpeg(7))
    watching.wait_for((folder / "dogs" / "dog.jpg").exists)
    assert watching.end().photos == 2


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder"):
        watch(
            tmp_path / "none",
            tmp_path,
            SortOptions(),
            ("cat", "dog"),
            classify,
            emit=lambda _: None,
            cancelled=lambda: False,
        )
