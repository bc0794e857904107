"""A run uses the user's answers, and says what they and leaks do to its result."""

import shutil
from pathlib import Path

import msgspec

from tests.training.run_numbers import Config
from trainer.core.events import AnyEvent, Noted
from trainer.dataset.answers import answer, open_answers
from trainer.dataset.scan import scan
from trainer.dataset.split import cut
from trainer.inference.evaluate import evaluate_model
from trainer.storage.run_folder import RunFolder
from trainer.training.loop import train


def test_a_run_uses_the_answers_and_says_so(small_config: Config, drawings: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(drawings, tmp_path / "set"))
    found = scan(folder)
    of_test = [photo for photo in cut(found, seed=small_config().seed).photos if photo.split == "test"]
    moved, dropped = of_test[0], of_test[1]
    with open_answers(found.classes) as file:
        answer(file, "second" if moved.class_index == 0 else "first", found, [moved])
        answer(file, "neither", found, [dropped])
    events: list[AnyEvent] = []
    result = train(small_config(dataset=str(folder), epochs=1), out=tmp_path / "runs", emit=events.append)
    assert result.status == "completed"
    run = RunFolder(Path(result.run_folder or ""))
    trained = {photo.path: photo for photo in run.read_dataset().photos}
    assert trained[moved.path].class_index != moved.class_index
    assert trained[moved.path].split == "test"
    assert dropped.path not in trained
    notes = [event.text for event in events if isinstance(event, Noted)]
    assert "1 photo counts as the other class, as you said. 1 photo is left out, as you said." in notes
    on_test = next(note for note in notes if note.startswith("1 test photo counts as the other class"))
    assert msgspec.json.decode(run.health.read_bytes())["sentences"][-1] == on_test
    evaluated = evaluate_model(run.model, folder)
    assert evaluated.split == "test", "answers do not make a dataset unknown to its model"
    assert evaluated.photos == len(of_test) - 1
