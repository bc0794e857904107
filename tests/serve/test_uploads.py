"""What is found in a body: forms as browsers and curl write them, raw photos, and any bytes at all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.serve.running import BOUNDARY, FORM, form
from trainer.serve.refusals import RefusalError
from trainer.serve.uploads import Upload, uploads

KIND = FORM["Content-Type"]


def read(content_type: str, body: bytes, *, most: int = 64, step: int = 7) -> list[Upload]:
    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    return asyncio.run(uploads(content_type, parts(), most))


def refused(content_type: str, body: bytes, *, most: int = 64) -> RefusalError:
    with pytest.raises(RefusalError) as told:
        read(content_type, body, most=most)
    return told.value


def test_a_form_has_its_files_in_order_with_their_names() -> None:
    content = b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n\0\xff" * 9
    body = form(("cat.jpg", b"one"), ("../../etc/passwd", content), ("Kätzchen 猫.jpg", b""))
    for step in (1, 7, 10_000):
        assert read(KIND, body, step=step) == [
            Upload("cat.jpg", b"one"),
            Upload("../../etc/passwd", content),
            Upload("Kätzchen 猫.jpg", b""),
        ]


def test_other_fields_and_files_left_empty_are_ignored() -> None:
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="comment"\r\n\r\nhello\r\n'.encode()
    assert read(KIND, field + form(("", b""), ("a", b"x"))) == [Upload("a", b"x")]
    said = refused(KIND, field + form())
    assert (said.status, "no photo" in said.detail) == (400, True)


def test_a_raw_body_is_one_photo() -> None:
    for kind in ("image/jpeg", "image/whatever; q=1", "application/octet-stream", ""):
        assert read(kind, b"bytes of a photo") == [Upload("", b"bytes of a photo")]
        assert refused(kind, b"").status == 400


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"]
)
def test_other_types_are_refused_with_those_that_are_taken(kind: str) -> None:
    said = refused(kind, b"{}")
    assert said.status == 415
    assert "image/*" in said.headers["Accept-Post"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", form(("a", b"x"))),
        (KIND, form(("a", b"x"))[:-20]),
        (KIND, b"no form"),
        (KIND, b""),
        (f"multipart/form-data; boundary={'b' * 300}", form(("a", b"x"))),
        (KIND, form(("a", b"x")).replace(b"Content-Disposition", b"X" * 10_000)),
        (KIND, f"--{BOUNDARY}\r\n".encode() + b"A: b\r\n" * 100 + b"\r\n"),
    ],
)
def test_damaged_forms_are_refused(kind: str, body: bytes) -> None:
    assert refused(kind, body).status == 400


def test_more_photos_than_allowed_are_refused() -> None:
    two = form(("a", b"x"), ("b", b"y"))
    assert len(read(KIND, two, most=2)) == 2
    assert refused(KIND, two, most=1).status == 413
    fields = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n'.encode() * 200
    assert refused(KIND, fields + two, most=2).status == 413


@settings(deadline=None, max_examples=200)
@given(
    kind=st.sampled_from([KIND, "multipart/form-data; boundary=", "image/png", "multipart/form-data; boundary=-"])
    | st.text(st.characters(max_codepoint=255), max_size=40),
    body=st.binary(max_size=200)
    | st.lists(st.sampled_from([b"--", BOUNDARY.encode(), b"\r\n", b"\r", b"x", b": "]), max_size=40).map(b"".join),
)
@example(kind=KIND, body=b"--" + BOUNDARY.encode() + b"\r\n\r\n")
@example(kind='multipart/form-data; boundary="\xe4"', body=b"--\xe4--")
def test_any_body_is_read_or_refused(kind: str, body: bytes) -> None:
    with contextlib.suppress(RefusalError):  # and nothing else
        assert read(kind, body)
