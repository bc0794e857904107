"""How an earlier run goes on: to the epoch that was planned, or for more of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import day
from catdog_gui.state.context import Context
from trainer.core.recipes import RECIPES
from trainer.storage.run_list import RunSummary

# Many times what anybody trains for; the engine's own limit is larger.
_MOST_EPOCHS = 10_000


def can_go_on(run: RunSummary) -> bool:
    """Whether a run can be gone on with, to its planned end or beyond."""
    return run.resumable or run.extendable


def ask_how_to_go_on(parent: QWidget, context: Context, run: RunSummary) -> None:
    """Ask for how many epochs a run goes on; if the user agrees, show the Train page and let it go on there."""
    if context.run_controller.running:
        context.say(tr("Another run is in progress. Wait until it ends, or stop it."))
        return
    dialog = GoOnDialog(run, parent)
    dialog.accepted.connect(lambda: go_on(context, run, dialog.epochs.value()))
    dialog.open()


def go_on(context: Context, run: RunSummary, epochs: int | None = None) -> None:
    """Let a run go on, on the Train page."""
    if not context.run_controller.running:
        context.show_page("train")
        # A complete run has ended for the number that was planned: it goes on only if one is asked for.
        changed = None if epochs == run.config.epochs and not run.extendable else epochs
        seconds = run.config.time_budget if changed is None else 0  # with other epochs its time no longer counts
        augmented = not run.config.augment.only_mirrors
        context.run_controller.resume(
            run.folder, changed, recipe=run.config.recipe, seconds=seconds, augmented=augmented
        )


def run_words(run: RunSummary) -> str:
    """Return which run it is, in a line: its dataset, its recipe, when it began."""
    recipe = RECIPES.get(run.config.recipe)
    return tr(
        "{dataset} · {recipe} · {when}",
        dataset=run.config.photos.name,
        recipe=translated(recipe.title) if recipe is not None else run.config.recipe,
        when=day(run.created),
    )


def state_words(run: RunSummary) -> str:
    """Return how a run ended and how far it is, in a sentence."""
    done = {"done": run.epochs, "planned": run.config.epochs}
    if run.status == "completed" and run.epochs < run.config.epochs:
        return tr("Ended by itself after {done} of {planned} epochs.", **done)
    if run.status == "completed":
        return tr_n(run.epochs, "Completed after %n epoch.", "Completed after %n epochs.")
    if run.status == "running":
        return tr("In progress.")
    if run.status == "stopped":
        return tr("Stopped after {done} of {planned} epochs.", **done)
    if run.status == "failed":
        return tr("Ended with an error after {done} of {planned} epochs.", **done)
    return tr("Cut off after {done} of {planned} epochs.", **done)


class GoOnDialog(QDialog):
    """`epochs` holds the number of epochs that the run is to have in all."""

    def __init__(self, run: RunSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Go on with this run"))
        which = QLabel(run_words(run))
        which.setProperty("role", "heading")
        how_far = QLabel(state_words(run))
        self.epochs = QSpinBox()
        theme.pad_field(self.epochs)
        self.epochs.setAccessibleName(tr("Epochs in all"))
        self.epochs.setRange(max(1, run.epochs + run.extendable), _MOST_EPOCHS)
        # Half as much again is enough to see whether more epochs help.
        longer = run.epochs + max(1, run.epochs // 2)
        self.epochs.setValue(longer if run.extendable else run.config.epochs)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self.words.setMinimumWidth(380)
        self.epochs.valueChanged.connect(self._explain)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.agree = buttons.addButton(tr("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.agree.setProperty("kind", "primary")
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()  # a form would set the words above the field's middle
        row.setSpacing(theme.M)
        row.addWidget(QLabel(tr("Epochs in all")))
        row.addWidget(self.epochs, 1)
        column = QVBoxLayout(self)
        column.setSpacing(theme.M)
        for part in (which, how_far):
            part.setTextFormat(Qt.TextFormat.PlainText)
            part.setWordWrap(True)
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(buttons)
        self._explain()

    def _explain(self) -> None:
        """Say what the chosen number of epochs does."""
        words = [_what_follows(self._run, self.epochs.value())]
        if self._run.extendable and self._run.epochs < self._run.config.epochs:
            words.append(tr("Its patience, which had ended it, begins anew."))
        self.words.setText(" ".join(words))


def _what_follows(run: RunSummary, epochs: int) -> str:
    """Return what happens to a run, and to its learning rate, that is to have so many epochs in all."""
    config = run.config
    if not run.saved:
        return tr("Nothing of it was saved yet, so it begins again.")
    if epochs == run.epochs:
        return tr("All of its epochs are done: its best epoch is calibrated and tested.")
    if epochs == config.epochs and not run.extendable:
        return tr("It goes on exactly where it was last saved, as if it had never stopped.")
    if config.schedule == "cosine":
        return tr(
            "The learning rate falls over all {epochs} epochs, so it rises again at first where it had fallen far.",
            epochs=epochs,
        )
    if run.epochs < config.warmup * epochs:
        return tr("The warm-up is a share of all {epochs} epochs, so the learning rate is low at first.", epochs=epochs)
    return tr("It goes on exactly where it was last saved, up to epoch {epochs}.", epochs=epochs)
