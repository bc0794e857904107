"""The settings form: the engine's ranges and words, refusals in place, defaults marked, resets."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from catdog_gui.look.language import translated
from catdog_gui.widgets.forms.number_field import NumberField
from catdog_gui.widgets.forms.settings_form import SettingsForm
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.errors import SettingError
from trainer.core.setting import describe


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    form = SettingsForm(TrainConfig)
    qtbot.addWidget(form)
    form.show()
    return form


def type_into(form: SettingsForm, name: str, text: str) -> None:
    editor = form.rows[name].editor
    assert isinstance(editor, NumberField)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


@pytest.mark.parametrize("kind", [TrainConfig, AugmentConfig])
def test_every_setting_of_the_engine_has_a_row_with_its_words(kind: type, qtbot: QtBot) -> None:
    form = SettingsForm(kind)
    qtbot.addWidget(form)
    assert list(form.rows) == list(describe(kind))
    for name, setting in describe(kind).items():
        row = form.rows[name]
        assert row.title.text() == (f"{setting.title} ({setting.unit})" if setting.unit else setting.title)
        assert setting.help in row.editor.toolTip()
        assert translated(setting.allowed) in row.editor.toolTip()
        assert row.editor.accessibleName() == setting.title
        assert row.value() == setting.default
        assert type(row.value()) is type(setting.default)


def test_typed_values_come_back(form: SettingsForm) -> None:
    type_into(form, "epochs", "7")
    type_into(form, "learning_rate", "3e-4")
    type_into(form, "dropout", "0,25")
    values = form.values()
    assert (values["epochs"], values["learning_rate"], values["dropout"]) == (7, 3e-4, 0.25)


@pytest.mark.parametrize("text", ["0", "10001", "2.5", "many", "", "-3"])
def test_a_wrong_value_is_refused_in_place_with_the_range(form: SettingsForm, text: str) -> None:
    row = form.rows["epochs"]
    row.editor.setFocus()
    row.editor.selectAll()
    QTest.keyClick(row.editor, Qt.Key.Key_Delete)
    QTest.keyClicks(row.editor, text)
    assert row.editor.text() == text
    assert row.refusal.isVisible()
    assert row.refusal.text() == "Must be a whole number from 1 to 10,000."
    assert row.editor.property("invalid") is True
    problem = form.problem()
    assert problem is not None
    assert "Epochs" in problem.what
    with pytest.raises(SettingError):
        form.values()
    type_into(form, "epochs", "1,200")
    assert not row.refusal.isVisible()
    assert form.problem() is None


def test_nan_and_infinity_are_refused(form: SettingsForm) -> None:
    for text in ("nan", "inf"):
        type_into(form, "dropout", text)
        assert form.rows["dropout"].refusal.isVisible()


def test_the_default_is_marked_and_can_be_had_back(form: SettingsForm) -> None:
    row = form.rows["batch_size"]
    assert (row.reset.text(), row.reset.isEnabled()) == ("default", False)
    type_into(form, "batch_size", "64")
    assert (row.reset.text(), row.reset.isEnabled()) == ("Reset to 32", True)
    row.reset.click()
    assert row.value() == 32
    assert row.reset.text() == "default"


def test_other_defaults_are_followed_only_where_nothing_was_set(form: SettingsForm) -> None:
    type_into(form, "epochs", "5")
    form.set_defaults({"epochs": 12, "batch_size": 8})
    assert form.values()["epochs"] == 5
    assert form.values()["batch_size"] == 8
    assert form.rows["epochs"].reset.text() == "Reset to 12"


def test_the_arrow_keys_step_and_stop_at_the_ends(form: SettingsForm) -> None:
    editor = form.rows["epochs"].editor
    type_into(form, "epochs", "2")
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert form.values()["epochs"] == 1
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert form.values()["epochs"] == 1
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert form.values()["epochs"] == 2


@pytest.mark.parametrize("name", [name for name, known in describe(TrainConfig).items() if known.kind is float])
def test_fractions_step_within_their_range(form: SettingsForm, name: str) -> None:
    editor = form.rows[name].editor
    seen = {form.values()[name]}
    for _ in range(200):
        QTest.keyClick(editor, Qt.Key.Key_Up)
        seen.add(form.values()[name])  # raises where a step leaves the range
    assert max(seen) == describe(TrainConfig)[name].maximum
    assert len(seen) > 4


def test_the_wheel_changes_nothing(form: SettingsForm) -> None:
    editor = form.rows["epochs"].editor
    editor.setFocus()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(editor.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, turn)
    assert form.values()["epochs"] == 30


def test_choices_and_switches(form: SettingsForm, qtbot: QtBot) -> None:
    box = form.rows["optimiser"].editor
    assert isinstance(box, QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == list(describe(TrainConfig)["optimiser"].choices)
    with qtbot.waitSignal(form.changed):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert form.values()["optimiser"] == box.currentText() != "rmsprop"
    varied = SettingsForm(AugmentConfig)
    qtbot.addWidget(varied)
    flip = varied.rows["flip"].editor
    assert isinstance(flip, QCheckBox)
    flip.click()
    assert varied.values()["flip"] is False
    assert varied.rows["flip"].reset.text() == "Reset to on"


def test_setting_values_from_outside_is_no_edit(form: SettingsForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.set_values({"epochs": 3, "optimiser": "adam"})
    assert (form.values()["epochs"], form.values()["optimiser"]) == (3, "adam")


def test_a_row_that_is_not_shown_has_no_value_and_is_never_wrong(qtbot: QtBot) -> None:
    groups = {"Numbers": ("epochs", "patience"), "Others": ("optimiser",)}
    form = SettingsForm(TrainConfig, groups=groups)
    qtbot.addWidget(form)
    form.show()
    type_into(form, "epochs", "0")
    assert form.rows["epochs"].refusal.isVisible()
    form.show_only(["optimiser"])
    assert form.values() == {"optimiser": "rmsprop"}
    assert form.problem() is None
    shown = {title: heading.isVisible() for title, (heading, _names) in form.headings.items()}
    assert shown == {"Numbers": False, "Others": True}
    for part in ("title", "editor", "reset", "refusal"):
        assert not getattr(form.rows["epochs"], part).isVisible(), part
    form.show_only(["epochs", "patience", "optimiser"])
    assert form.problem() is not None
    assert form.rows["epochs"].refusal.isVisible()
    assert form.headings["Numbers"][0].isVisible()


def test_choices_whose_names_say_too_little_have_titles(qtbot: QtBot) -> None:
    form = SettingsForm(TrainConfig, ("backbone",))
    qtbot.addWidget(form)
    box = form.rows["backbone"].editor
    assert isinstance(box, QComboBox)
    assert [box.itemText(row) for row in range(3)] == ["Faster (Lite0)", "In between (Lite1)", "More accurate (Lite2)"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert form.values() == {"backbone": "efficientnet-lite2"}
    assert form.rows["backbone"].reset.text() == "Reset to Faster (Lite0)"
