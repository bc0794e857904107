"""Sentences of the engine, which remember how they were made."""

import pickle
import re
from pathlib import Path

import msgspec
import pytest

from trainer.core.errors import DatasetError, PhotoError
from trainer.core.events import Noted, RunFailed, from_line, to_line
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.text import Text, join, plain, plural, text
from trainer.dataset.photo import open_photo


def test_a_sentence_is_a_string_that_knows_its_template() -> None:
    sentence = text("The file {path} cannot be read.", path="a.jpg")
    assert sentence == "The file a.jpg cannot be read."
    assert (sentence.template, sentence.values) == ("The file {path} cannot be read.", {"path": "a.jpg"})


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 photos of cat"), (1, "1 photo of cat"), (4000, "4,000 photos of cat")]
)
def test_counts_are_singular_or_plural(count: int, words: str) -> None:
    assert plural(count, "%n photo of {name}", "%n photos of {name}", name="cat") == words


def test_sentences_are_joined_and_stay_apart_for_translation() -> None:
    joined = join([text("One {x}.", x=1), "Two."])
    assert joined == "One 1. Two."
    assert [type(part) for part in joined.values.values()] == [Text, str]


def test_a_sentence_survives_pickling_and_is_stored_as_a_plain_string() -> None:
    sentence = plural(1, "%n photo", "%n photos")
    again = pickle.loads(pickle.dumps(sentence))
    assert again == sentence
    assert (again.template, again.one, again.counted) == ("%n photos", "%n photo", 1)
    assert msgspec.json.encode([sentence], enc_hook=plain) == b'["1 photo"]'
    with pytest.raises(NotImplementedError):
        plain(object())


def test_an_error_keeps_its_sentences_through_a_record_a_process_and_a_file() -> None:
    error = DatasetError(text("There are no photos in {path}.", path="a {b}"), remedy=text("Choose another."), path="a")
    record = ErrorRecord.of(error)
    for sentence in (error.sentence, record.sentence, pickle.loads(pickle.dumps(record)).sentence):
        assert sentence == "There are no photos in a {b}. Choose another."
        assert [part.template for part in sentence.values.values()] == [
            "There are no photos in {path}.",
            "Choose another.",
        ]
    ended = RunFailed(result=RunResult(status="failed", error=record))
    assert from_line(to_line(ended)) == ended
    assert from_line(to_line(Noted(text=plural(1, "%n file", "%n files")))) == Noted(text="1 file")


def test_what_is_unexpected_is_said_around_the_words_of_the_system() -> None:
    assert ErrorRecord.of(ValueError("{odd}")).what == "Something unexpected went wrong (ValueError: {odd})."
    assert ErrorRecord.of(MemoryError()).sentence.startswith("The computer ran out of memory. Close")


@pytest.mark.parametrize("name", ["a.jpg", "none"])
def test_the_reasons_why_a_photo_cannot_be_read_are_whole_sentences(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no photo at all")
    with pytest.raises(PhotoError) as caught:
        open_photo(tmp_path / name)
    assert re.fullmatch(r"This file is not a photo, .*\.|There is no such file\. .*\.", caught.value.what)
    assert isinstance(caught.value.what, Text)
