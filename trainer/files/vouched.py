"""JSON files that vouch for themselves: each holds the SHA-256 of everything else in it.

People can read them, and lay them out anew: the checksum is over the values, not over the bytes. What was changed in
any other way, by a failing disk or by hand, is not believed.
"""

import hashlib
from typing import Any

import msgspec

from trainer.core.text import plain

FORMAT, CHECKSUM = "format", "sha256"


class ChecksumError(ValueError):
    """The content is not what was written."""


class NewerFormatError(ValueError):
    """A newer CatDog wrote it."""


def sealed(record: object, *, version: int) -> bytes:
    """Return a record as JSON for people, with its version and its checksum in front."""
    values = msgspec.json.decode(msgspec.json.encode(record, enc_hook=plain), type=dict[str, Any])
    values[FORMAT] = version
    head = {FORMAT: version, CHECKSUM: checksum(values)}
    return msgspec.json.format(msgspec.json.encode({**head, **values}), indent=2) + b"\n"


def unsealed(content: bytes, *, version: int, sealed_since: int = 1) -> dict[str, Any]:
    """Return the values of a sealed record with its version, without its checksum.

    A file of a version before `sealed_since`, or without any, has none and is returned as it is. Raises
    msgspec.DecodeError where it is no JSON object, ChecksumError where its checksum is missing or does not fit, and
    NewerFormatError where its version is above `version`.
    """
    try:
        values = msgspec.json.decode(content, type=dict[str, Any])
    except (UnicodeDecodeError, RecursionError) as error:
        raise ChecksumError(str(error)) from error
    its_version, its_checksum = values.get(FORMAT, 0), values.pop(CHECKSUM, None)
    if isinstance(its_version, int) and its_version > version:
        raise NewerFormatError(str(its_version))
    if its_checksum is None and isinstance(its_version, int) and its_version < sealed_since:
        return values
    if its_checksum != checksum(values):
        raise ChecksumError
    return values


def checksum(values: object) -> str:
    """Return the SHA-256 of values of JSON, in whatever order they stand."""
    return hashlib.sha256(msgspec.json.encode(values, enc_hook=plain, order="sorted")).hexdigest()
