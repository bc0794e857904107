"""`catdog-cli explain`: the heat maps it writes, and what it leaves alone."""

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from tests.cli.command import as_json, run
from tests.sorting.faults import tree
from trainer.storage.run_folder import RunFolder


def test_each_photo_gets_a_heat_map_and_nothing_is_overwritten(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    for kind in ("cats", "dogs"):  # two photos of one name
        (photos / kind).mkdir(parents=True)
        shutil.copy2(next((drawings / kind).iterdir()), photos / kind / "one.jpg")
    (photos / "broken.jpg").write_bytes(b"no photo")
    before = tree(photos)
    out = tmp_path / "maps"
    asked = ("explain", photos, "-r", "--out", out, "--model", finished_model)
    done = run(*asked, code=1)
    assert "what speaks for" in done.stdout
    assert "broken.jpg" in done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["one (2).heat.jpg", "one.heat.jpg"]
    assert tree(photos) == before
    photo = Image.open(photos / "cats" / "one.jpg").convert("RGB")
    shown = Image.open(out / "one.heat.jpg")
    assert shown.size == photo.size
    difference = np.abs(np.asarray(shown, dtype=float) - np.asarray(photo, dtype=float)).mean(axis=2)
    assert difference.max() > 40  # where the heat is
    kept = (out / "one.heat.jpg").read_bytes()
    again = as_json(*asked, "--opacity", "0.3", code=1)
    assert (out / "one.heat.jpg").read_bytes() == kept
    assert [Path(each["heat_map"]).name for each in again if each["heat_map"]] == [
        "one (3).heat.jpg",
        "one (4).heat.jpg",
    ]
    for each in again:
        if each["heat_map"]:
            shares = each["probabilities"]
            assert each["explains"] == max(shares, key=shares.__getitem__)
        else:
            assert each["error"]


def test_a_photo_with_the_longest_name_gets_one_too(drawings: Path, finished_model: Path, tmp_path: Path) -> None:
    photo = tmp_path / f"{'n' * 251}.jpg"
    shutil.copy2(next(drawings.rglob("*.jpg")), photo)
    run("explain", photo, "--out", tmp_path / "maps", "--model", finished_model)
    assert [len(path.name) for path in (tmp_path / "maps").iterdir()] == [255]


def test_a_photo_of_neither_class_has_none(tmp_path: Path) -> None:
    photo = tmp_path / "grey.png"
    Image.new("RGB", (300, 200), "grey").save(photo)
    done = run("explain", photo, "--out", tmp_path / "maps")  # by the starter model
    assert "not sure" in done.stdout
    assert "speaks for" not in done.stdout
    assert list((tmp_path / "maps").iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_left_as_it_is(drawings: Path, tmp_path: Path) -> None:
    taken = tmp_path / "maps"
    taken.write_text("mine")
    refused = run("explain", drawings, "-r", "--out", taken, code=2)
    assert f"{taken} is not a folder" in refused.stderr
    assert taken.read_text() == "mine"


def test_the_model_of_a_run_names_the_training_photos_that_a_photo_is_like(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    learnt = RunFolder(finished_model.parent).read_dataset().of_split("train")[0].path
    asked = ("explain", drawings / learnt, "--model", finished_model, "--out", tmp_path / "maps")
    done = run(*asked)
    said = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("like ")]
    assert len(said) == 6
    assert said[0] == f"like {learnt} (cat, 1.00)"
    [found] = as_json(*asked)
    assert found["neighbours"][0]["name"] == learnt
    assert {near["class"] for near in found["neighbours"]} <= {"cat", "dog"}
    assert [f"like {near['name']} ({near['class']}, {near['similarity']:.2f})" for near in found["neighbours"]] == said


def test_without_training_photos_or_with_damaged_ones_the_heat_map_is_there(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    photo = next(drawings.rglob("*.jpg"))
    model = tmp_path / "model.safetensors"
    shutil.copy(finished_model, model)
    asked = ("explain", photo, "--model", model, "--out", tmp_path / "maps")
    done = run(*asked)
    assert "This model brings no training photos along." in done.stderr
    assert "like " not in done.stdout
    (tmp_path / "training_photos.safetensors").write_bytes(b"damaged")
    done = run(*asked, "--json")
    assert "are damaged. Delete this file" in done.stderr
    [found] = json.loads(done.stdout)
    assert found["neighbours"] is None
    assert Path(found["heat_map"]).is_file()
