"""What the terminal shows of a run besides finished epochs."""

import pytest

from trainer.cli import train_display
from trainer.cli.train import JsonLines
from trainer.cli.train_display import TrainDisplay
from trainer.core.events import BatchFinished, PhotoSeen, PreviewScored, RunStarted, StageProgressed, from_line


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the bar says, as it changes: its words, and what follows it."""
    said: list[str] = []
    honest = TrainDisplay._advance  # noqa: SLF001 - the bar itself draws for terminals alone

    def advance(self: TrainDisplay, showing: object, text: str, done: int, total: int, more: str = "") -> None:
        honest(self, showing, text, done, total, more)
        said.append(f"{text.rpartition('%')[2].strip()} {done}/{total} {more}".strip())

    monkeypatch.setattr(train_display.TrainDisplay, "_advance", advance)
    return said


def test_while_a_backbone_looks_a_first_guess_stands_beside_the_bar(lines: list[str]) -> None:
    looking = [
        StageProgressed(stage="decode", done=40, total=2000),
        PreviewScored(done=40, total=2000, photos=9, loss=0.4, accuracy=0.9312),
        StageProgressed(stage="decode", done=48, total=2000),
    ]
    started = RunStarted(
        run_folder="/runs/1",
        recipe="transfer",
        classes=("cat", "dog"),
        photos={},
        epochs=15,
        batches=44,
        parameters=3,
        device="cpu",
        threads=1,
    )
    batch = BatchFinished(
        epoch=1, batch=1, batches=44, loss=0.5, accuracy=0.8, photos_per_second=100.0, seconds_left=9.0
    )
    with TrainDisplay(quiet=True, recipe="transfer") as display:
        for event in (*looking, started, batch, StageProgressed(stage="decode", done=8, total=1400)):
            display.show(event)
    assert lines == [
        "Looking at every photo 40/2000",
        "Looking at every photo 48/2000 a first guess is right on 93.1 %",
        "Epoch 1/15 1/44 loss 0.500  accuracy 80.0 %",
        "Looking at the photos mirrored 8/1400",
    ]


def test_json_lines_leave_out_thumbnails(capsys: pytest.CaptureFixture[str]) -> None:
    lines = JsonLines()
    lines.write(PhotoSeen(path="1.jpg", class_index=0, thumbnail=b"\xff\xd8"))
    score = PreviewScored(done=40, total=2000, photos=9, loss=0.4, accuracy=0.9312)
    lines.write(score)
    assert [from_line(line) for line in capsys.readouterr().out.splitlines()] == [score]


def test_other_recipes_decode_photos(lines: list[str]) -> None:
    with TrainDisplay(quiet=True, recipe="classic") as display:
        display.show(StageProgressed(stage="decode", done=1, total=9))
    assert lines == ["Decoding photos 1/9"]
