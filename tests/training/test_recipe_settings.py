"""Settings that a recipe cannot do are refused before any work, also of runs that CatDog 0.1 began."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.recipes import recipe
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.training.loop import resume, train


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"recipe": "classic", "first_size": 48}, "First size does nothing in the recipe classic"),
        ({"recipe": "classic", "last_size": 64}, "Last size does nothing in the recipe classic"),
        ({"recipe": "classic", "backbone": "convnext-tiny"}, "Backbone does nothing in the recipe classic"),
        (
            {"recipe": "compact", "image_size": 65},
            "Image size must be an even number in the recipe compact",
        ),
        ({"recipe": "compact", "first_size": 65, "last_size": 65}, "First size must be an even number"),
        (
            {"recipe": "transfer", "last_size": 64, "augment": AugmentConfig.level("off")},
            "Last size does nothing in the recipe transfer",
        ),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_anything_is_made(
    given: dict[str, Any], sentence: str, small_config: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    result = train(small_config(**given), out=tmp_path / "runs")
    assert result.error is not None
    assert sentence in result.error.what
    assert (result.error.exit_code, result.run_folder) == (2, None)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("given", [{}, {"tuned_stages": 1}, {"augment": AugmentConfig.level("light")}])
def test_transfer_mixes_what_its_backbone_makes_of_the_photos(
    given: dict[str, Any], drawings: Path, tmp_path: Path
) -> None:
    usual = {"epochs": 2, "image_size": 64, "batch_size": 8, "threads": 1, "precision": "float32"}
    mixed, plain = (
        train(recipe("transfer").config(str(drawings), **usual, **given, mixup=mixup), out=tmp_path / "runs")
        for mixup in (1.0, 0.0)
    )
    assert mixed.status == "completed", mixed.error
    assert mixed.evaluation is not None
    assert mixed.evaluation.accuracy > 0.8
    assert mixed.history[0].train_objective != plain.history[0].train_objective


def changed(result: RunResult, **settings: Any) -> Path:
    """Return a run's folder, after its settings were changed as if it had been begun with others."""
    folder = Path(result.run_folder or "")
    run = RunFolder(folder)
    record = run.read_record()
    run.write_record(structs.replace(record, config=structs.replace(record.config, **settings)))
    return folder


def test_a_former_run_that_never_made_a_step_is_refused_with_the_reason(
    small_config: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    folder = changed(train(small_config(epochs=1), out=tmp_path / "runs"), first_size=100)
    for name in ("last.ckpt", "model.safetensors"):
        (folder / name).unlink()
    error = resume(folder).error
    assert error is not None
    assert "First size does nothing in the recipe classic" in error.what


def test_a_former_run_with_idle_settings_goes_on(small_config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    folder = changed(train(small_config(epochs=1), out=tmp_path / "runs"), backbone="convnext-tiny", tuned_stages=2)
    assert resume(folder, epochs=2).status == "completed"
