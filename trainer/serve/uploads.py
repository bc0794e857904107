"""The photos in a request: its raw body, or the files of a form (multipart/form-data, RFC 7578).

A file's name is what the caller calls it. It comes back beside the verdict and is used for nothing else.
"""

import logging
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from trainer.core.text import text
from trainer.serve import refusals
from trainer.serve.refusals import RefusalError

_RAW = "application/octet-stream"
# Parts of a form beside its photos: each costs time, and a form of ours has none.
_FIELDS = 100
# What is wrong with a form, the caller is told. The parser would print it on the service's terminal, too.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


class Upload(NamedTuple):
    """One photo as it came."""

    name: str
    """As the caller calls it; empty for a raw body."""
    content: bytes
    """Of the file, whatever it may be."""


async def uploads(content_type: str, body: AsyncIterator[bytes], most: int) -> list[Upload]:
    """Return the photos in a body, at least one and at most `most`. Raises RefusalError."""
    kind, options = parse_options_header(content_type)
    if kind == b"multipart/form-data":
        found = await _files(options.get(b"boundary", b""), body, most)
    elif kind.startswith(b"image/") or kind in (b"", _RAW.encode()):
        whole = b"".join([part async for part in body])
        found = [Upload("", whole)] if whole else []
    else:
        raise RefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            text("Send files as multipart/form-data, or one photo as the body with a type such as image/jpeg."),
            {"Accept-Post": f"multipart/form-data, image/*, {_RAW}"},
        )
    if not found:
        raise _bad(text("There is no photo in the request. With curl: -F photo=@cat.jpg"))
    return found


def _bad(detail: str) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, detail)


async def _files(boundary: bytes, body: AsyncIterator[bytes], most: int) -> list[Upload]:
    form = _Form(most)
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async for part in body:
            parser.write(part)
        parser.finalize()
    except FormParserError:
        raise _bad(text("The form is damaged. Send it again; with curl: -F photo=@cat.jpg")) from None
    if not form.whole:
        raise _bad(text("The form is cut off. Send it again."))
    return form.found


class _Form:
    """Collects the files of a form. Its other fields are ignored."""

    def __init__(self, most: int) -> None:
        self.found: list[Upload] = []
        self.whole = False
        self._most, self._parts = most, 0
        self._field, self._value, self._disposition = b"", b"", b""
        self._name: str | None = None
        self._content: list[bytes] = []

    def callbacks(self) -> Any:
        """Return what the parser calls."""
        pieces: dict[str, Callable[..., None]] = {
            "on_part_begin": self._begin,
            "on_header_field": self._add_to_field,
            "on_header_value": self._add_to_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._add_content,
            "on_part_end": self._end,
            "on_end": self._finish,
        }
        return pieces

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > self._most + _FIELDS:
            raise refusals.too_many(self._most)
        self._name, self._disposition, self._content = None, b"", []

    def _add_to_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"filename" in options:
            self._name = options[b"filename"].decode(errors="replace")

    def _add_content(self, data: bytes, start: int, end: int) -> None:
        if self._name is not None:
            self._content.append(data[start:end])

    def _end(self) -> None:
        if self._name is None or (not self._name and not self._content):  # a file field that was left empty
            return
        if len(self.found) == self._most:
            raise refusals.too_many(self._most)
        self.found.append(Upload(self._name, b"".join(self._content)))
        self._content = []

    def _finish(self) -> None:
        self.whole = True
