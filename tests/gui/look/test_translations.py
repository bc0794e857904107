"""The way to another language: which sentences are found, and that a translation arrives in the window."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from catdog_gui.look import language
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import photo_count
from resources.translations import collect
from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.errors import SettingError
from trainer.core.recipes import RECIPES
from trainer.core.setting import describe
from trainer.inference.verdict import EVEN

GERMAN = {
    "%Ln photos": ("%Ln Foto", "%Ln Fotos"),
    "{made}, {status}": ("{status} am {made}",),
    "{setting} must be {allowed}, and {value} was given.": ("{value} geht nicht: {setting} ist {allowed}.",),
    "a whole number from {minimum} to {maximum}": ("eine ganze Zahl von {minimum} bis {maximum}",),
    "Epochs": ("Epochen",),
    "It could be either.": ("Es kann beides sein.",),
}


def read(code: str) -> list[collect.Sentence | collect.Wrong]:
    imports = "from catdog_gui.look.language import tr, tr_n, mark\nfrom trainer.core.text import plural, text as say\n"
    return list(collect.read_source(imports + code, "room/file.py"))


def fill(file: Path, translations: dict[str, tuple[str, ...]]) -> None:
    """Translate some sentences, as Qt Linguist does."""
    tree = ET.parse(file)
    for message in tree.getroot().iter("message"):
        words = translations.get(message.findtext("source") or "")
        translation = message.find("translation")
        if words is None or translation is None:
            continue
        del translation.attrib["type"]
        for element, text in zip(translation.findall("numerusform") or [translation], words, strict=True):
            element.text = text
    tree.write(file, encoding="utf-8", xml_declaration=True)


@pytest.fixture
def in_german(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a small German translation, and start as on a German system."""
    collect.main(["de"], tmp_path)
    file = tmp_path / "catdog_de.ts"
    fill(file, GERMAN)
    collect.main(["de"], tmp_path)
    monkeypatch.setattr(language, "resource", lambda name: tmp_path if name == "translations" else None)
    monkeypatch.setattr(language.QLocale, "system", lambda: QLocale("de_DE"))
    language.choose_language(qapp)
    yield file
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.setParent(None)
    QLocale.setDefault(QLocale("en_US"))
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize(
    ("code", "source", "one"),
    [
        ('tr("Saved as {path}", path=path)', "Saved as {path}", None),
        ('HINT = mark("Drop photos " "here")', "Drop photos here", None),
        ('raise Wrong(say("No photos in {path}.", path=path))', "No photos in {path}.", None),
        ('tr_n(count, "%n photo", "%n photos of {name}", name=name)', "%Ln photos of {name}", "%n photo"),
        ('plural(count, "One file", "%n files")', "%Ln files", "One file"),
        ('x: Annotated[int, Meta(ge=1, title="Epochs")] = 1', "Epochs", None),
    ],
)
def test_a_sentence_is_read_from_the_source_code(code: str, source: str, one: str | None) -> None:
    assert read(code) == [collect.Sentence(source, one, "room/file.py")]


def test_either_of_two_sentences_is_read_and_what_is_marked_elsewhere_is_passed_over() -> None:
    assert [found.source for found in read('tr("On" if on else "Off")') if isinstance(found, collect.Sentence)] == [
        "On",
        "Off",
    ]
    assert read("tr(HINT) + tr(hints[name]) + tr(hints.get(name, name)) + tr(self.hint)") == []
    assert read('widget.text("not ours")') == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('tr(f"{count} photos")', "is not a literal: f'{count} photos'"),
        ('tr("photos of " + name)', "is not a literal"),
        ('tr("{} photos".format(count))', "is not a literal"),
        ("tr()", "has no sentence"),
        ('HINT = "Drop"\ntr(HINT)', "HINT is a bare string: mark it"),
        ('tr_n(count, "%n photo", many)', "needs two literals"),
        ('tr_n(count, "one photo", "photos")', "does not say how many"),
        ('tr_n(count, "%n photo of {name}", "%n photos")', "names in the form for one"),
    ],
)
def test_a_sentence_that_cannot_be_read_is_refused(code: str, why: str) -> None:
    [found] = read(code)
    assert isinstance(found, collect.Wrong)
    assert found.place.startswith("room/file.py:")
    assert why in found.why


def test_every_sentence_of_catdog_can_be_read() -> None:
    sentences, wrong = collect.collect()
    assert wrong == []
    sources = {sentence.source for sentence in sentences}
    for setting in (*describe(TrainConfig).values(), *describe(AugmentConfig).values()):
        assert {setting.title, setting.help, setting.unit} <= sources | {""}
    for recipe in RECIPES.values():
        assert {recipe.title, recipe.summary, recipe.recommendation, *recipe.idle.values()} <= sources
    assert {"%Ln photos", str(EVEN)} <= sources
    assert {"Report of a training run", "%Ln files could not be read as photos and were left out."} <= sources


def test_the_sentences_of_a_template_are_read() -> None:
    template = (
        '{% if x %}{{ text("Photos of {name}", name=named(x)) }}{% endif %}{{ plural(n, "%n epoch", "%n epochs") }}'
    )
    found = list(collect.read_template(template, "room/page.jinja"))
    assert [(each.source, each.one) for each in found] == [("Photos of {name}", None), ("%Ln epochs", "%n epoch")]


@pytest.mark.usefixtures("qtbot", "in_german")
def test_a_translation_arrives_in_the_window() -> None:
    assert [photo_count(count) for count in (1, 2, 4000)] == ["1 Foto", "2 Fotos", "4.000 Fotos"]
    assert tr("{made}, {status}", made="1. Mai", status="beendet") == "beendet am 1. Mai"
    assert translated(EVEN) == translated(str(EVEN)) == "Es kann beides sein."
    with pytest.raises(SettingError) as caught:
        TrainConfig(dataset="", epochs=0)
    assert translated(caught.value.what) == "0 geht nicht: Epochen ist eine ganze Zahl von 1 bis 10.000."
    assert tr("Nobody translated this") == "Nobody translated this"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "Abbrechen"  # Qt's own words


def test_what_is_translated_stays_so_when_sentences_come_and_go(in_german: Path) -> None:
    kept = collect.Sentence("%Ln photos", "%n photo", "room/file.py")
    collect.refresh(in_german, [kept, collect.Sentence("A new one", None, "room/file.py")])
    messages = {message.findtext("source"): message for message in ET.parse(in_german).getroot().iter("message")}
    assert [form.text for form in messages["%Ln photos"].iter("numerusform")] == ["%Ln Foto", "%Ln Fotos"]
    fresh, gone = (messages[source].find("translation") for source in ("A new one", "It could be either."))
    assert fresh is not None
    assert gone is not None
    assert (fresh.get("type"), gone.get("type"), gone.text) == ("unfinished", "vanished", "Es kann beides sein.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Gespeichert", "lacks {path}"),
        ("Als {pfad} gespeichert", "lacks {path}; names {pfad}"),
        ("Als {path gespeichert", "cannot be filled in"),
    ],
)
def test_other_names_than_the_sentences_own_are_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "catdog_de.ts"
    collect.refresh(file, [collect.Sentence("Saved as {path}", None, "room/file.py")])
    fill(file, {"Saved as {path}": (text,)})
    [mistake] = collect.mistakes(file)
    assert why in mistake
    assert text in mistake
    fill_again = {"Saved as {path}": ("Als {path} gespeichert",)}
    file.unlink()
    collect.refresh(file, [collect.Sentence("Saved as {path}", None, "room/file.py")])
    fill(file, fill_again)
    assert collect.mistakes(file) == []


def test_what_is_no_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is no language"):  # make passes on what the system calls LANGUAGE
        collect.main(["en_US:en"], tmp_path)
    assert list(tmp_path.iterdir()) == []
