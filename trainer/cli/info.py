"""`catdog-cli info`."""

from rich.table import Table

from trainer.cli.console import AsJson, ModelPath, percent, print_json, stdout
from trainer.core.words import parameters, photos


def info(model: ModelPath, *, json: AsJson = False) -> None:
    """Show what a model file says about itself: its classes, how it was made, and how good it was."""
    from trainer.storage import model_file  # noqa: PLC0415 - torch takes seconds; --help must not

    description = model_file.load(model).description  # the weights too, so that a damaged file is noticed
    if json:
        print_json(description)
        return
    origin = description.origin
    grid = Table(box=None, show_header=False)
    grid.add_row("tells apart", " and ".join(description.classes))
    grid.add_row(
        "recipe", f"{description.recipe} ({parameters(description.parameters, description.trainable_parameters)})"
    )
    grid.add_row("photos are", f"resized to {description.preprocessing.image_size} pixels square")
    grid.add_row("learnt from", f"{photos(sum(origin.photos['train'].values()))} of {origin.dataset}")
    grid.add_row("kept epoch", f"{origin.epoch.epoch} (validation {percent(origin.epoch.val_accuracy)})")
    if description.test:
        low, high = description.test.accuracy_interval
        grid.add_row(
            "test accuracy",
            f"{percent(description.test.accuracy)} on {photos(description.test.photos)} "
            f"(95 % interval {percent(low)} to {percent(high)})",
        )
    if description.calibration:
        before, after = description.calibration.error_before, description.calibration.error_after
        grid.add_row(
            "calibrated",
            f"temperature {description.temperature:.2f}; probabilities are {percent(after)} off on average "
            f"(before: {percent(before)})",
        )
    grid.add_row("made", f"{origin.created} with CatDog {origin.catdog}")
    grid.add_row("size", f"{model.stat().st_size / 1e6:.1f} MB")
    stdout.print(grid)
