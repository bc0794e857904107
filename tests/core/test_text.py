"""Sentences of the engine, which remember how they were made."""

import pickle

import msgspec
import pytest

from trainer.core.text import Text, join, plain, plural, text


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
