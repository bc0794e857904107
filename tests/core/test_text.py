"""Sentences of the engine, which remember how they were made."""

import copy
import os
import pickle
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.core.errors import DatasetError, PhotoError
from trainer.core.events import Noted, RunFailed, from_line, to_line
from trainer.core.results import ErrorRecord, EvaluatedPhoto, Prediction, RunResult
from trainer.core.text import Text, join, plain, plural, text
from trainer.dataset.photo import open_photo
from trainer.dataset.records import Problem


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
    odd = os.fsdecode(b"bad\xff.jpg")
    assert msgspec.json.encode(text("{path}!", path=odd), enc_hook=plain) == rb'"bad\\udcff.jpg!"'


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


_NAMES = st.sampled_from(["path", "name", "count"])
_PLAIN = st.text() | st.integers() | st.floats(allow_nan=False)


def _sentences(inner: st.SearchStrategy[object]) -> st.SearchStrategy[Text]:
    """Return made-up sentences with values, which may be sentences themselves."""
    values = st.dictionaries(_NAMES, inner, max_size=3)
    words = st.text(st.characters(codec="utf-8", exclude_characters="{}"))

    def make(values: dict[str, object], words: str, counted: int | None) -> Text:
        template = words + "".join(f" {{{name}}}" for name in values)
        return text(template, **values) if counted is None else plural(counted, template, f"%n{template}", **values)

    return st.builds(make, values, words, st.none() | st.integers(0, 9999))


TEXTS = st.recursive(_PLAIN, _sentences, max_leaves=5).filter(lambda value: isinstance(value, Text))


@given(what=TEXTS, remedy=TEXTS)
def test_whatever_a_sentence_holds_its_record_survives_pickling_copying_and_json(what: Text, remedy: Text) -> None:
    error = ErrorRecord.of(DatasetError(what, remedy=remedy))
    ended = RunFailed(result=RunResult(status="failed", error=error))
    for again in (pickle.loads(pickle.dumps(ended)), copy.deepcopy(ended)):
        assert again == ended
        assert again.result.error is not None
        kept = again.result.error.what
        assert (kept.template, kept.one, kept.counted) == (what.template, what.one, what.counted)
        assert kept.values == what.values
    assert msgspec.structs.replace(error, exit_code=2).what is what
    prediction = Prediction(path="", class_name=None, probability=None, probabilities=None, error=what)
    row = EvaluatedPhoto(path="", class_name="a", predicted="b", probability=0.5, reason=remedy)
    problem = Problem(path="", kind="empty", reason=what)
    assert from_line(to_line(ended)) == ended
    for record in (ended, prediction, row, problem, error, Noted(text=what)):
        encoded = msgspec.json.encode(record, enc_hook=plain)
        assert msgspec.json.decode(encoded, type=type(record)) == record
    assert type(msgspec.json.decode(msgspec.json.encode(problem, enc_hook=plain), type=Problem).reason) is str
