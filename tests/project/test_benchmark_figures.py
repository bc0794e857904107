"""The parts of the benchmarks that could be wrong without anybody noticing: numbers, order, how a run is read."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.epoch_profile import Steps, shared_out
from tests.benchmarks.growth import KEPT_BYTES_A_PHOTO, NOISE_BYTES, Size, judge
from tests.benchmarks.harness import engine, subsets
from tests.benchmarks.harness.figures import Figure, interleave, markdown, percentile, ratios, short
from tests.benchmarks.harness.options import PYTHON
from tests.benchmarks.harness.process import BenchmarkError, Line, Memory, run


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1234.4, "1234"), (99.96, "100"), (18.24, "18.2"), (1.0, "1.00"), (9.999, "10.0"), (0.01234, "0.0123")],
)
def test_numbers_have_three_digits_that_count(number: float, text: str) -> None:
    assert short(number) == text


def test_a_figure_is_the_median_with_its_range() -> None:
    assert Figure.of([3, 1, 2]) == (2, 1, 3)
    assert Figure.of([10.0, 20.0]).text("s") == "15.0 s (10.0 to 20.0)"
    with pytest.raises(ValueError, match="no samples"):
        Figure.of([])


def test_a_ratio_is_taken_round_by_round() -> None:
    assert ratios([2, 8], [1, 2]) == [2, 4]
    with pytest.raises(ValueError, match="zip"):
        ratios([1, 2], [1])


def test_a_profile_adds_up_to_a_step_that_nobody_profiled() -> None:
    took = [("aten::mkldnn_convolution", 3.0), ("aten::convolution_backward", 1.0), ("aten::mkldnn_max_pool2d", 1.0)]
    shares = shared_out(took, plain=Steps(10, 8.0), profiled=Steps(10, 10.0))
    assert shares == {
        "convolutions, forward": pytest.approx(0.24),
        "convolutions, backward": pytest.approx(0.08),
        "pooling, forward": pytest.approx(0.08),
        "Python, reading pixels": pytest.approx(0.4),
    }
    busy = shared_out(took, plain=Steps(10, 8.0), profiled=Steps(10, 4.0))
    assert sum(busy.values()) == pytest.approx(0.8)
    assert busy["Python, reading pixels"] == 0


def test_a_percentile_is_one_of_the_samples() -> None:
    samples = list(range(100, 0, -1))
    assert [percentile(samples, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert percentile([7], 0.95) == 7


def test_contenders_take_turns_and_change_their_order() -> None:
    log: list[str] = []
    found = interleave({name: lambda name=name: log.append(name) or len(log) for name in "abc"}, 2)
    assert "".join(log) == "abccba"
    assert found == {"a": [1, 6], "b": [2, 5], "c": [3, 4]}


def test_a_table_keeps_its_columns() -> None:
    assert markdown(["a", "b"], [["1", "x|y"]]) == "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n"


def test_a_run_is_read_from_its_lines() -> None:
    def epoch(seconds: float) -> dict[str, object]:
        return {"event": "EpochFinished", "metrics": {"seconds": seconds, "val_accuracy": 0.9}}

    tested = {"accuracy": 29 / 30, "photos": 30}
    events = [
        (1.0, {"event": "StageProgressed", "stage": "scan", "done": 0, "total": 9}),
        (1.5, {"event": "StageProgressed", "stage": "scan", "done": 9, "total": 9}),
        (2.0, {"event": "PreviewScored", "done": 30, "total": 90}),
        (2.5, {"event": "PreviewScored", "done": 60, "total": 90}),
        (
            3.0,
            {"event": "RunStarted", "photos": {"train": {"cats": 3, "dogs": 4}, "validation": {"cats": 1, "dogs": 1}}},
        ),
        (5.0, epoch(1.75)),
        (6.5, epoch(1.25)),
        (7.0, {"event": "RunCompleted", "result": {"model": "/there/model.safetensors", "evaluation": tested}}),
    ]
    found = engine.read([Line(at, json.dumps(event)) for at, event in events], Memory(2, 1))
    assert found.stages == {"scan": 0.5}
    assert found.photos == {"train": 7, "validation": 2}
    assert [(row.seconds, row.told, row.at) for row in found.epochs] == [(2.0, 1.75, 5.0), (1.5, 1.25, 6.5)]
    assert found.model == Path("/there/model.safetensors")
    assert (found.tested, found.seconds, found.first_guess) == ((29, 30), 7.0, 2.0)


def test_a_failed_run_says_why() -> None:
    failed = {"event": "RunFailed", "result": {"error": {"what": "There is no room."}}}
    with pytest.raises(BenchmarkError, match="There is no room"):
        engine.read([Line(1.0, json.dumps(failed))], Memory())


def test_memory_of_a_process_is_seen() -> None:
    size = 200_000_000
    done = run([PYTHON, "-c", f"import time; held = b'x' * {size}; time.sleep(0.5); print('there')"])
    assert [line.text for line in done.lines] == ["there"]
    if sys.platform == "linux":
        assert done.memory.resident > done.memory.own > size
    else:
        assert done.memory == Memory()


def test_a_command_that_fails_says_its_last_words() -> None:
    with pytest.raises(BenchmarkError, match="no such thing"):
        run([PYTHON, "-c", "import sys; sys.exit('no such thing')"])


def test_a_command_is_stopped_in_order_once_it_said_enough() -> None:
    # Started in the background, a process ignores the interruption unless it says otherwise, as catdog-cli does.
    program = (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n print(1, flush=True); time.sleep(60)\nexcept KeyboardInterrupt:\n print('in order')"
    )
    done = run([PYTHON, "-c", program], enough=lambda line: line.text == "1")
    assert [line.text for line in done.lines] == ["1", "in order"]


def test_growth_is_judged_by_memory_a_photo() -> None:
    def size(photos: int, own: float, resident: float = 0) -> Size:
        return Size(photos, 1.0, 1.0, 1.0, Memory(int(resident or own), int(own)))

    allowed = NOISE_BYTES + 15_000 * KEPT_BYTES_A_PHOTO
    assert judge([size(1_000, 5e8), size(16_000, 5e8 + allowed), size(1_000, 4e8)]) == []
    # Holding the pixels would take 67,500 bytes a photo.
    assert len(judge([size(1_000, 5e8), size(16_000, 5e8 + 15_000 * 67_500)])) == 2
    assert "1500 MB" in judge([size(25_000, 5e8, resident=1.6e9)])[0]


def test_subsets_are_new_files_of_known_pixels(tmp_path: Path) -> None:
    photos = []
    for name in ("cat.0.jpg", "dog.0.jpg"):
        photos.append(tmp_path / name)
        Image.new("RGB", (20, 20), "red").save(photos[-1])
    made = subsets.subset(photos, 5, tmp_path / "made")
    names = sorted(str(path.relative_to(made)) for path in made.rglob("*.jpg"))
    assert names == ["cats/0-cat.0.jpg", "cats/1-cat.0.jpg", "cats/2-cat.0.jpg", "dogs/0-dog.0.jpg", "dogs/1-dog.0.jpg"]
    contents = {path.read_bytes() for path in (made / "cats").iterdir()}
    assert len(contents) == 3
    assert len({np.asarray(Image.open(io.BytesIO(content))).tobytes() for content in contents}) == 1
