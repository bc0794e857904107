"""Files of records: runs, labels and the window's settings."""

import json
import zlib
from functools import cache
from pathlib import Path
from random import Random

from tests.bad_files import jpeg
from tests.fuzz.kind import Kind
from tests.fuzz.mutate import mutated_bytes, mutated_json, mutated_lines
from tests.fuzz.sane import demand, demand_dataset, demand_numbers
from trainer.core.errors import TrainerError
from trainer.core.events import AnyEvent, EpochFinished, from_line
from trainer.core.run_state import RunState
from trainer.dataset.label_file import LABELS, LabelFile, read_labels
from trainer.dataset.records import digest
from trainer.dataset.sources.source import open_source
from trainer.files.vouched import CHECKSUM, checksum
from trainer.report.gather import gather
from trainer.report.render import render
from trainer.storage.collection import best_first, list_kept
from trainer.storage.log_lines import sealed_line
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import read_history, read_start

_FIXTURES = Path(__file__).parents[1] / "fixtures" / "catdog-0.1"
_RUN_FILES = ("config.json", "split.json", "evaluation.json", "events.jsonl", "metrics.csv")
_SEPARATOR = b"\n\0file\0"
"""Between the name of a run's file and its content: one case is one file of a run."""


@cache
def _run() -> dict[str, bytes]:
    files = {name: (_FIXTURES / "classic-stopped" / name).read_bytes() for name in _RUN_FILES}
    return {**files, "events.jsonl": b"".join(map(sealed_line, _events()))}


def _events() -> list[AnyEvent]:
    return [from_line(line) for line in (_FIXTURES / "classic-stopped" / "events.jsonl").read_bytes().splitlines()]


def _demand_true(log: bytes, state: RunState) -> None:
    """Demand that nothing is believed of a log but what was written, and that damage is told."""
    written = set(_run()["events.jsonl"].splitlines())
    first, *others = [line.rstrip(b"\r") for line in log.split(b"\n")[:-1]] or [b""]  # a kill may cut off the last
    if first not in written:  # it could be one of a former version's, which have no checksums
        return
    demand(state.damage or written.issuperset(others), "a changed line was not told")
    epochs = [event.metrics for event in _events() if isinstance(event, EpochFinished)]
    demand(all(row in epochs for row in state.history), "an epoch was believed that never was")


def _make_run(random: Random) -> bytes:
    name = random.choice(_RUN_FILES)
    content = _run()[name]
    if name.endswith(".json"):
        content = mutated_json(content, random)
        if random.random() < 0.5:
            content = _sealed(content)
    else:
        content = mutated_lines(content, random) if name.endswith(".jsonl") else mutated_bytes(content, random)
    return name.encode() + _SEPARATOR + content


def _sealed(content: bytes) -> bytes:
    """Return JSON with a checksum that fits: else no damage comes further than there."""
    try:
        values = json.loads(content)
        values.pop(CHECKSUM, None)
        return json.dumps({CHECKSUM: checksum({"format": 1, **values}), "format": 1, **values}).encode()
    except (ValueError, AttributeError, TypeError, RecursionError, OverflowError):
        return content


def _check_run(data: bytes, folder: Path) -> None:
    run = folder / "runs" / "one"
    run.mkdir(parents=True)
    name, _, content = data.partition(_SEPARATOR)
    for each, whole in {**_run(), name.decode(): content}.items():
        (run / each).write_bytes(whole)
    for kept in best_first(list_kept(folder / "runs")):
        demand(kept.title, "no title")
        demand(kept.created, "no time")
    state = read_history(run)
    demand_numbers(state.history)
    if name == b"events.jsonl":
        _demand_true(content, state)
    read_start(run)
    refusals = []
    opened = RunFolder.open(run)
    reports = [lambda: render(gather(run))] if zlib.crc32(data) % 5 == 0 else []  # which take longest
    for read in (opened.read_record, opened.read_dataset, opened.read_evaluation, *reports):
        try:
            found = read()
        except TrainerError as error:
            refusals.append(error)
        else:
            if not isinstance(found, str):
                demand_numbers(found)
    if refusals:
        raise refusals[0]
    demand_dataset(opened.read_dataset())


@cache
def _labels() -> bytes:
    photos = [
        {"digest": digest(jpeg(number)), "path": f"/nowhere/{number}.jpg", "key": f"nowhere/{number}.jpg"}
        | {"bytes": len(jpeg(number)), "modified_ns": 1, "width": 48, "height": 32}
        for number in range(4)
    ]
    lines = [
        {"line": "labels", "format": 1, "classes": ["cat", "dog"]},
        {"line": "folders", "folders": ["/nowhere"]},
        {"line": "photos", "photos": photos},
        {"line": "say", "label": "first", "photos": [photos[0]["digest"]], "accepted": False},
        {"line": "say", "label": "second", "photos": [photos[1]["digest"], photos[2]["digest"]], "accepted": True},
        {"line": "undo"},
        {"line": "say", "label": "neither", "photos": [photos[3]["digest"]]},
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _make_labels(random: Random) -> bytes:
    return mutated_lines(_labels(), random) if random.random() < 0.8 else mutated_bytes(_labels(), random)


def _check_labels(data: bytes, folder: Path) -> None:
    path = folder / "heap.labels"
    path.write_bytes(data)
    book = read_labels(path)
    demand_numbers(list(book.photos.values()))
    demand(book.classes[0] != book.classes[1], "two classes of one name")
    demand(set(book.counts()) == set(LABELS) and min(book.counts().values()) >= 0, "negative counts")
    for photo in book.photos.values():
        demand(photo.bytes >= 0 and photo.width >= 0 and photo.height >= 0, "a photo of negative size")
    before = dict(book.labels)
    with LabelFile.open(path) as file:
        demand(dict(file.labels) == before, "other labels for writing than for reading")
        file.say("skipped", ["0" * 32])
        file.undo()
        demand(dict(file.labels) == before, "what was taken back is still there")
    demand(dict(read_labels(path).labels) == before, "other labels after they were closed")
    with open_source(path) as source:
        source.list_files()


_SETTINGS = (
    b"[window]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb)\npage=classify\ntheme=dark\n\n"
    b"[engine]\ndevice=cpu\nthreads=4\nruns_folder=/nowhere/runs\nmodel=/nowhere/model.safetensors\n\n"
    b"[folders]\nphotos=/nowhere\n\n[datasets]\n"
    b'recent=/nowhere/a, "{\\"root\\":\\"/nowhere/b\\",\\"left_out\\":[\\"x\\"]}"\n'
    b"\n[notes]\nsplit=80/10/10\n"
)
_SETTING_VALUES = (
    *(
        b"",
        b"@Invalid()",
        b"@Variant(\\0\\0\\0\\x7f)",
        b"@Size(1 2)",
        b"@Rect(1 2 3 4)",
        b"@ByteArray()",
        b"-1",
        b"1e99",
    ),
    *(b"nan", b"\\x0", b"\\xd8\\x0", b"/dev/zero", b"a, b, c", b'"', b"{}", b'"{\\"root\\":1}"', b"@@x", b"%U12345678"),
    *(b"9" * 400, b"x" * 70000, b'"[' + b"[" * 3000 + b'"', b"true", b"\xff\xfe", b"@DateTime(\\0)", b"@Point(a b)"),
)


def _make_settings(random: Random) -> bytes:
    lines = _SETTINGS.split(b"\n")
    for _ in range(random.randrange(1, 4)):
        place = random.randrange(len(lines))
        key, sign, _ = lines[place].partition(b"=")
        lines[place] = key + (sign or b"=") + random.choice(_SETTING_VALUES)
    content = b"\n".join(lines)
    return mutated_bytes(content, random) if random.random() < 0.6 else content


def _check_settings(data: bytes, folder: Path) -> None:
    from catdog_gui.state.settings import Settings

    path = folder / "catdog.ini"
    path.write_bytes(data)
    settings = Settings(path)
    demand(settings.theme in ("system", "light", "dark"), "a theme that is none")
    demand(0 <= settings.threads <= 256, f"{settings.threads} threads")
    demand(settings.device in ("auto", "cpu", "cuda", "mps"), "a device that is none")
    demand(isinstance(settings.page, str), "a page that is no text")
    demand(isinstance(settings.runs_folder, Path), "runs in no folder")
    for purpose in ("photos", "dataset"):
        demand(isinstance(settings.last_folder(purpose), Path), "no folder")
    demand(settings.current_model is None or settings.current_model.is_file(), "a model that is not there")
    for choice in (*settings.recent_datasets, settings.last_dataset):
        if choice is not None:
            demand(isinstance(choice.name, str), "a dataset without a name")
            settings.remember_dataset(choice)
    _ = (settings.geometry, settings.note("split"), settings.runs_folder_is_default)
    settings.threads = 3
    settings.sync()
    demand(Settings(path).threads == 3, "what was set is forgotten")


RUN = Kind("run", _make_run, _check_run)
LABELS_KIND = Kind("labels", _make_labels, _check_labels)
SETTINGS = Kind("settings", _make_settings, _check_settings)
