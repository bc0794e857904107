"""JSON files with a checksum: laid out anew they are believed, with another value in them they are not."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.core.text import text
from trainer.files.vouched import ChecksumError, NewerFormatError, sealed, unsealed

RECORD = {"name": "Möhre 🐈", "loss": 0.1, "photos": [1, 2, {"of": None}], "format": 0}


def test_what_was_sealed_is_read_again_with_its_version() -> None:
    content = sealed(RECORD, version=2)
    assert unsealed(content, version=2) == {**RECORD, "format": 2}
    first, second, *_ = json.loads(content)
    assert (first, second) == ("format", "sha256")
    assert unsealed(sealed({"what": text("{count} photos", count=3)}, version=1), version=1)["what"] == "3 photos"


def test_it_may_be_laid_out_anew() -> None:
    values = json.loads(sealed(RECORD, version=1))
    other = json.dumps(dict(reversed(values.items())), indent=7, ensure_ascii=True).encode()
    assert unsealed(other, version=1) == {**RECORD, "format": 1}


@given(st.data())
def test_no_flipped_bit_is_believed(data: st.DataObject) -> None:
    content = bytearray(sealed(RECORD, version=1))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = unsealed(bytes(content), version=1)
    except (ChecksumError, NewerFormatError, msgspec.DecodeError):
        return
    assert found == {**RECORD, "format": 1}  # the bit was in the layout


@pytest.mark.parametrize(
    "change", [{"loss": 0.2}, {"more": 1}, {"sha256": None}, {"sha256": "0" * 64}, {"format": "1"}]
)
def test_a_value_changed_by_hand_is_not_believed(change: dict[str, Any]) -> None:
    values = json.loads(sealed(RECORD, version=1)) | change
    with pytest.raises(ChecksumError):
        unsealed(json.dumps(values).encode(), version=1)


def test_versions_before_the_checksum_are_read_and_newer_ones_refused() -> None:
    assert unsealed(b'{"format": 2}', version=3, sealed_since=3) == {"format": 2}
    assert unsealed(b'{"a": 1}', version=1) == {"a": 1}
    with pytest.raises(ChecksumError):
        unsealed(b'{"format": 3}', version=3, sealed_since=3)
    with pytest.raises(NewerFormatError):
        unsealed(b'{"format": 4}', version=3)
    with pytest.raises(msgspec.DecodeError):
        unsealed(b"[]", version=1)
