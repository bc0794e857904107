"""Choosing a recipe: its settings and augmentation come along, and what does nothing for it is not shown."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RECIPE_NOTE, RunController
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.train.page import TrainPage
from catdog_gui.train.train_setup import MORE, USUAL, TrainSetup
from tests.gui.recorded import dataset
from trainer.core.best_recipe import AUTO, AUTO_RECIPE, Machine, choose
from trainer.core.config import AugmentConfig
from trainer.core.recipes import RECIPES


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> TrainPage:
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.resize(900, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.setup.fold.heading.click()
    context.choose_dataset(dataset())
    return page


@pytest.fixture
def setup(page: TrainPage) -> TrainSetup:
    return page.setup


def shown(setup: TrainSetup) -> set[str]:
    return {name for name, row in setup.more.rows.items() if row.editor.isVisible() and row.title.isVisible()}


def test_a_newcomer_gets_the_best_and_the_last_choice_is_kept(page: TrainPage, context: Context, qtbot: QtBot) -> None:
    assert page.setup.recipes.chosen() == AUTO == next(iter(page.setup.recipes.cards))
    assert page.setup.config().recipe == "transfer"
    page.setup.recipes.cards["compact"].click()
    assert context.settings.note(RECIPE_NOTE) == "compact"
    context.run_controller = RunController(context.settings, context)
    again = TrainPage(context)
    qtbot.addWidget(again)
    assert again.setup.recipes.chosen() == "compact"
    again.setup.show_dataset(dataset())
    assert again.setup.config().recipe == "compact"


def test_a_last_choice_that_is_gone_is_forgotten(context: Context) -> None:
    draft = RunDraft(recipe="a recipe of tomorrow")
    assert (draft.chosen, draft.recipe.name) == (AUTO, "transfer")


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_brings_all_its_settings(setup: TrainSetup, name: str) -> None:
    setup.recipes.cards[name].click()
    assert setup.config() == RECIPES[name].config("/photos/pets")
    for form in (setup.usual, setup.more):
        assert all(not row.reset.isEnabled() for row in form.rows.values())


def test_settings_of_ones_own_stay_where_the_other_recipe_has_them_too(setup: TrainSetup) -> None:
    setup.usual.rows["epochs"].set_value(7)
    setup.recipes.cards["compact"].click()
    assert setup.config().epochs == 7
    assert setup.config().batch_size == RECIPES["compact"].config("").batch_size
    assert setup.usual.rows["epochs"].reset.text() == "Reset to 100"


@pytest.mark.parametrize("name", list(RECIPES))
def test_what_does_nothing_for_a_recipe_is_not_shown(setup: TrainSetup, name: str) -> None:
    setup.recipes.cards[name].click()
    of_backbones, of_sizes = {"backbone", "tuned_stages"}, {"first_size", "last_size"}
    idle = {"classic": of_backbones | of_sizes, "compact": of_backbones, "transfer": of_sizes}
    assert shown(setup) == set(MORE) - idle[name]


def test_a_wrong_value_out_of_sight_neither_counts_nor_stops_the_run(setup: TrainSetup) -> None:
    setup.recipes.cards["compact"].click()
    row = setup.more.rows["first_size"]
    row.editor.lineEdit().setText("700")
    row.editor.edited.emit()
    assert not setup.start.isEnabled()
    setup.recipes.cards["transfer"].click()
    assert setup.start.isEnabled()
    assert setup.config().first_size == 0


def test_a_size_that_the_recipe_cannot_take_is_refused_before_the_run(setup: TrainSetup) -> None:
    setup.recipes.cards["compact"].click()
    row = setup.more.rows["image_size"]
    row.editor.lineEdit().setText("65")
    row.editor.edited.emit()
    assert not setup.start.isEnabled()
    assert setup.refusal.text() == (
        "Image size must be an even number in the recipe compact, and 65 was given. Choose 64 or 66."
    )
    setup.recipes.cards["classic"].click()
    assert setup.start.isEnabled()


def test_every_setting_that_is_named_exists() -> None:
    for recipe in RECIPES.values():
        assert set(recipe.idle_with(recipe.augment)) <= {*USUAL, *MORE}
        assert recipe.recommendation
    assert not set(USUAL) & set(MORE)
    assert len(set(MORE)) == len(MORE)


class TestBest:
    """The first card chooses for the photos and the time."""

    def test_it_says_what_it_chose_and_why(self, setup: TrainSetup) -> None:
        card = setup.recipes.cards[AUTO]
        best = choose(40, machine=Machine(os.cpu_count() or 1))
        assert card.summary == best.reason
        assert card.accessibleDescription().startswith("For 40 photos, transfer learning on Lite2")
        assert setup.config() == RECIPES["transfer"].config("/photos/pets", backbone="efficientnet-lite2")
        assert not any(row.reset.isEnabled() for form in (setup.usual, setup.more) for row in form.rows.values())

    def test_on_a_slow_machine_it_chooses_again_once_that_is_known(self, page: TrainPage, context: Context) -> None:
        context.choose_dataset(dataset(count=4_000))
        card, draft = page.setup.recipes.cards[AUTO], context.run_controller.draft
        before = card.summary
        draft.set_look_seconds(0.06 * (os.cpu_count() or 1))
        assert before.startswith("For 4,000 photos, transfer learning on Lite2")
        assert card.summary.startswith("For 4,000 photos, transfer learning on Lite0")
        assert page.setup.config().backbone == "efficientnet-lite0"

    def test_without_photos_it_says_what_it_will_do(self, context: Context, qtbot: QtBot) -> None:
        page = TrainPage(context)
        qtbot.addWidget(page)
        assert page.setup.recipes.cards[AUTO].summary == AUTO_RECIPE.summary

    def test_too_little_time_is_told_before_the_run(self, setup: TrainSetup, context: Context) -> None:
        draft = context.run_controller.draft
        draft.set_photos(400_000)
        draft.set_seconds(60)
        assert "even the fastest way" in setup.recipes.cards[AUTO].summary
        assert setup.config().augment == AugmentConfig.level("off")
        assert setup.config().image_size == 192

    def test_another_recipe_has_its_own_settings_again(self, setup: TrainSetup) -> None:
        setup.recipes.cards["transfer"].click()
        assert setup.config() == RECIPES["transfer"].config("/photos/pets")
        setup.recipes.cards[AUTO].click()
        assert setup.config().backbone == "efficientnet-lite2"


class TestAugmentation:
    def test_it_follows_the_recipe_until_one_is_chosen(self, setup: TrainSetup) -> None:
        form = setup.augment
        for name in ("compact", "classic"):
            setup.recipes.cards[name].click()
            assert setup.config().augment == RECIPES[name].config("").augment
            assert form.as_recipe.isChecked()
            assert not any(button.isChecked() for button in form.levels.values())
        form.levels["strong"].click()  # the same as the recipe has, but of the user's own will
        assert (form.as_recipe.isChecked(), form.levels["strong"].isChecked()) == (False, True)
        setup.recipes.cards["compact"].click()
        assert setup.config().augment == AugmentConfig.level("strong")
        assert form.levels["strong"].isChecked()
        form.as_recipe.click()
        assert setup.config().augment == RECIPES["compact"].config("").augment
        assert form.as_recipe.isChecked()

    def test_a_second_click_keeps_the_choice(self, setup: TrainSetup) -> None:
        setup.augment.as_recipe.click()
        assert setup.augment.as_recipe.isChecked()
        setup.augment.levels["off"].click()
        setup.augment.levels["off"].click()
        assert setup.augment.levels["off"].isChecked()

    def test_transfer_only_mirrors_and_says_what_more_would_cost(self, setup: TrainSetup) -> None:
        assert "mirrored" in setup.hint.text()
        setup.recipes.cards["classic"].click()
        assert "mirrored" not in setup.hint.text()
        setup.augment.levels["strong"].click()
        setup.recipes.cards["transfer"].click()
        assert setup.config().augment == AugmentConfig.level("strong")
        assert "many times longer" in setup.hint.text()
        setup.augment.levels["off"].click()
        assert "many times longer" not in setup.hint.text()
        setup.augment.as_recipe.click()
        assert setup.config().augment == RECIPES["transfer"].config("").augment

    def test_one_setting_alone_is_marked_as_ones_own(self, setup: TrainSetup) -> None:
        setup.recipes.cards["compact"].click()
        row = setup.augment_details.settings.rows["crop"]
        assert row.value() == 0.5
        row.set_value(0.3)
        row.changed.emit()
        assert setup.config().augment.crop == 0.3
        assert row.reset.text() == "Reset to 0.5"
        assert not setup.augment.as_recipe.isChecked()
        row.reset.click()
        assert setup.config().augment == RECIPES["compact"].config("").augment

    def test_the_data_page_shows_what_the_recipe_does(
        self, page: TrainPage, context: Context, drawings: Path, qtbot: QtBot
    ) -> None:
        data = DataPage(context)
        qtbot.addWidget(data)
        panel = data.view.augment
        panel.show_photo(next(drawings.rglob("cat*.jpg")).read_bytes)

        def only_mirrored() -> bool:
            original = panel.preview.images[0]
            known = (original, original.flipped(Qt.Orientation.Horizontal))
            return all(image in known for image in panel.preview.images)

        qtbot.waitUntil(lambda: len(panel.preview.images) == 8, timeout=30_000)
        assert only_mirrored()
        assert "mirrored" in panel.hint.text()
        page.setup.recipes.cards["compact"].click()
        qtbot.waitUntil(lambda: not only_mirrored(), timeout=30_000)
        assert panel.level.text() == "Augmentation: as Compact has it"
        page.setup.augment.levels["light"].click()
        assert panel.level.text() == "Augmentation: light"
