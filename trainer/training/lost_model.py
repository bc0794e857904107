"""A run whose model is gone or damaged, and whose checkpoint is not: it goes on, and gets a model again."""

from trainer.core.text import Text, text
from trainer.files.atomic import disk_errors
from trainer.storage import model_file
from trainer.storage.model_description import DamagedModelError, read_description
from trainer.storage.run_folder import RunFolder
from trainer.training.run import Run


def damage_of_model(folder: RunFolder) -> DamagedModelError | None:
    """Return what is wrong with a run's model, if it is damaged.

    Raises ModelFileError where it cannot be read just now, or is whole and no model that this version reads.
    """
    if folder.model.is_file():
        try:
            model_file.load(folder.model)
        except DamagedModelError as error:
            return error
    return None


def set_aside(folder: RunFolder, damage: DamagedModelError) -> Text:
    """Give a run's damaged model another name, so that the run gets a new one, and return what the user should know.

    Only for the holder of the folder's lock. Raises DiskError.
    """
    aside = folder.model.with_name(f"{folder.model.name}.damaged")
    with disk_errors(aside):
        folder.model.replace(aside)
    return text("{what} It is now called {name}.", what=damage.what, name=aside.name)


def settle_model(run: Run) -> None:
    """See to it that the model of a run that goes on is there, or will be, and know of which epoch it is.

    At the end of an epoch a checkpoint has the network of that epoch. In the middle of one it has none that was
    validated, and the model comes with the next epoch. Raises DiskError.
    """
    progress = run.progress
    if not progress.history:
        return
    path, last = str(run.folder.model), progress.history[-1]
    if run.folder.model.is_file():
        kept = read_description(run.folder.model).origin.epoch
        # One that the run has yet to come to is found again, the same to the bit.
        run.second_best = kept if kept in progress.history and kept != progress.best else None
    elif progress.is_at_its_best:
        run.save_model(last)
        run.report.note(text("The run's model {path} was gone. It was written again from the checkpoint.", path=path))
    elif progress.batch == 0:
        run.second_best = last
        run.save_model(last)
        run.report.note(
            text(
                "The run's model {path} was gone. The best epoch cannot be had again: the model is now that of "
                "epoch {epoch}.",
                path=path,
                epoch=last.epoch,
            )
        )
    else:
        run.report.note(
            text(
                "The run's model {path} was gone. The best epoch cannot be had again: there will be a model when this "
                "epoch, {epoch}, has ended.",
                path=path,
                epoch=progress.epoch,
            )
        )
