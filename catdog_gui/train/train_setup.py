"""What is set before a run: the photos, the recipe, the time, the usual settings, and the rest under a fold."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, translated
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.train.chosen_dataset import ChosenDataset
from catdog_gui.train.fold import Fold
from catdog_gui.train.recipe_cards import RecipeCards
from catdog_gui.train.time_choice import TimeChoice
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.forms.augment_form import AugmentForm
from catdog_gui.widgets.forms.augment_words import augment_words
from catdog_gui.widgets.forms.settings_form import SettingsForm
from catdog_gui.widgets.reflow import Reflow
from trainer.core.advice import refuse_too_few
from trainer.core.best_recipe import AUTO, AUTO_RECIPE
from trainer.core.config import TrainConfig
from trainer.core.errors import DatasetError, SettingError
from trainer.core.recipes import offered
from trainer.core.text import text
from trainer.dataset.records import Dataset
from trainer.dataset.split import refuse_uncuttable

_BESIDE_AUGMENT = mark("The photos that it sees")
USUAL = ("backbone", "epochs", "batch_size")
GROUPS = {
    mark("How it learns"): (
        "learning_rate",
        "optimiser",
        "schedule",
        "warmup",
        "weight_decay",
        "label_smoothing",
        "class_weighting",
        "patience",
    ),
    mark("The network"): ("tuned_stages", "dropout", "ema_decay"),
    mark("This run"): ("seed", "device", "precision", "threads", "shards"),
    _BESIDE_AUGMENT: ("image_size", "first_size", "last_size", "mixup"),
}
MORE = tuple(name for group in GROUPS.values() for name in group)
_TWO_COLUMNS = 760


class TrainSetup(QWidget):
    """`start_requested` carries a valid TrainConfig; with a wrong value the button is disabled.

    `footer` holds that button; the page keeps it in sight.
    """

    start_requested = Signal(object)
    earlier_requested = Signal()
    elsewhere_requested = Signal()
    last_requested = Signal()

    def __init__(self, draft: RunDraft, own_defaults: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._own_defaults = own_defaults
        self.dataset = ChosenDataset()
        self._unfit: DatasetError | None = None
        self.recipes = RecipeCards(offered(), first=AUTO_RECIPE)
        self.recipes.choose(draft.chosen)
        self.time = TimeChoice()
        self.usual = SettingsForm(TrainConfig, USUAL)
        self.more = SettingsForm(TrainConfig, groups=GROUPS, aside=(_BESIDE_AUGMENT,))
        self.augment = AugmentForm(draft)
        self.augment.show_levels_only()
        self.augment_details = AugmentForm(draft)
        self.augment_details.show_settings_only()
        self.start = QPushButton(tr("Start training"))
        self.start.setIcon(theme.icon("play", "on_accent"))
        self.start.setProperty("kind", "primary")
        self.start.setProperty("size", "large")
        self.start.clicked.connect(self._start)
        self.refusal = QLabel()
        self.refusal.setProperty("role", "danger")
        self.refusal.setWordWrap(True)
        self.footer = self._make_footer()
        self._lay_out()
        self._connect()
        self._follow_draft()

    def config(self) -> TrainConfig:
        """Return the settings of the next run. Raises SettingError, and DatasetError for photos that cannot do."""
        dataset = self.dataset.dataset
        if dataset is None:
            raise SettingError(text("No photos are chosen yet."), remedy=text("Choose them on the Data page."))
        if self._unfit is not None:
            raise self._unfit
        self.augment_details.settings.values()  # raises where one is refused, and says which it is
        settings = {**self.more.values(), **self.usual.values()}
        draft = self._draft
        return draft.recipe.config(
            dataset.root,
            **settings,
            time_budget=draft.seconds,
            augment=draft.augment,
            split=draft.split,
            class_folders=dataset.class_folders,
            left_out=dataset.left_out,
        )

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Name the photos that the run will learn from."""
        self.dataset.show_dataset(dataset)
        self._unfit = _why_unfit(dataset) if dataset is not None else None
        self._draft.set_photos(len(dataset.photos) if dataset is not None else 0)
        self._refresh()

    def _connect(self) -> None:
        for form in (self.usual, self.more):
            form.changed.connect(self._edited)
        for augment in (self.augment, self.augment_details):
            augment.changed.connect(self._refresh)
        self.recipes.changed.connect(self._draft.set_recipe)
        self.time.changed.connect(lambda: self._draft.set_seconds(self.time.seconds))
        self._draft.changed.connect(self._follow_draft)

    def _lay_out(self) -> None:
        recipe, settings, varied = (Card(tr("Recipe")), Card(tr("Settings")), Card(tr("Augmentation")))
        recipe.body.addWidget(self.recipes)
        settings.body.addWidget(self.time)
        settings.body.addWidget(self.usual)
        settings.body.addStretch(1)
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        varied.body.addWidget(self.augment)
        varied.body.addWidget(self.hint)
        varied.body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(self.dataset)
        layout.addWidget(recipe)
        layout.addWidget(Reflow(settings, varied, breakpoint_px=540))
        layout.addWidget(self._more_card())
        layout.addStretch(1)

    def _more_card(self) -> Card:
        card = Card()
        heading = QLabel(tr("Augmentation, one by one"))
        heading.setProperty("role", "subheading")
        heading.setContentsMargins(0, theme.M, 0, 0)
        training = _column(self.more)
        varied = _column(self.more.aside, heading, self.augment_details)
        self.fold = Fold(tr("More settings"), Reflow(training, varied, breakpoint_px=_TWO_COLUMNS))
        card.body.addWidget(self.fold)
        return card

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        row = QHBoxLayout(footer)
        row.setContentsMargins(theme.XL, theme.M, theme.XL, theme.M)
        row.setSpacing(theme.L)
        row.addWidget(self.start)
        row.addWidget(self.refusal, 1)
        self.last = _link(tr("Last result"), self.last_requested)
        self.last.hide()
        elsewhere = _link(tr("Train elsewhere…"), self.elsewhere_requested)
        earlier = _link(tr("Go on with an earlier run…"), self.earlier_requested)
        row.addWidget(Flow(self.last, elsewhere, earlier, spacing=theme.S))
        return footer

    def offer_last_result(self, there: bool) -> None:  # noqa: FBT001 - a plain switch
        """Offer a way back to the last run's result, where there is one."""
        self.last.setVisible(there)

    def _follow_draft(self) -> None:
        """Take the recipe's settings where the user has not set others, and show those that the recipe has."""
        draft = self._draft
        config = draft.usual
        idle = {*draft.recipe.idle_with(draft.augment), *(("epochs",) if draft.seconds else ())}
        best = draft.best
        self.recipes.cards[AUTO].say(translated(best.reason if best is not None else AUTO_RECIPE.summary))
        for form in (self.usual, self.more):
            form.show_only([name for name in form.rows if name not in idle])
            form.set_defaults({name: self._own_defaults.get(name, getattr(config, name)) for name in form.rows})
        self.more.set_values({"seed": draft.seed})
        self.hint.setText(augment_words(draft))
        self._refresh()

    def _edited(self) -> None:
        self._refresh()
        seed = self.more.rows["seed"]
        try:
            self._draft.set_split(self._draft.split, seed.value())
        except SettingError:
            return

    def _refresh(self) -> None:
        try:
            self.config()
        except (SettingError, DatasetError) as error:
            self.start.setEnabled(False)
            words = f"{translated(error.what)} {translated(error.remedy)}".rstrip()
            self.refusal.setText(words if self.dataset.dataset else "")
        else:
            self.start.setEnabled(True)
            self.refusal.clear()

    def _start(self) -> None:
        self.start_requested.emit(self.config())


def _why_unfit(dataset: Dataset) -> DatasetError | None:
    """Return why nothing can be learnt from these photos, or None."""
    try:
        refuse_too_few(dataset.class_counts())
        refuse_uncuttable(dataset)
    except DatasetError as error:
        return error
    return None


def _link(words: str, signal: SignalInstance) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("kind", "link")
    button.clicked.connect(signal)
    return button


def _column(*parts: QWidget) -> QWidget:
    column = QWidget()
    box = QVBoxLayout(column)
    box.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        box.addWidget(part)
    box.addStretch(1)
    return column
