"""Whatever the system refuses of a file is told with the file, the reason and a remedy."""

import errno
import os
from pathlib import Path

import pytest

from trainer.core.errors import DiskError
from trainer.core.os_errors import disk_error, is_of_a_file
from trainer.core.results import ErrorRecord


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Free some space on the disk and try again."),
        (errno.EACCES, "Change its permissions, or those of its folder."),
        (errno.EISDIR, "Rename or remove what has its name, and try again."),
        (errno.ESTALE, "Try again, or choose another folder."),
    ],
)
def test_a_refusal_names_file_reason_and_remedy(number: int, remedy: str) -> None:
    reason = os.strerror(number)
    record = ErrorRecord.of(OSError(number, reason, "/photos/{a}.jpg"))
    assert record.sentence == f"/photos/{{a}}.jpg cannot be used ({reason}). {remedy}"
    assert record.path == "/photos/{a}.jpg"
    assert f"[Errno {number}]" in record.details


def test_of_two_names_the_one_to_be_written_is_told() -> None:
    error = OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b")
    assert disk_error(error).what == "b cannot be used (Invalid cross-device link)."
    assert disk_error(error, Path("c")).path == "c"


def test_a_name_that_is_no_text_is_told_by_its_bytes() -> None:
    assert disk_error(OSError(errno.EIO, "broken", b"a\xff.jpg")).path == "a\\xff.jpg"


def test_a_disk_that_names_no_file_is_no_surprise_either() -> None:
    error = OSError(errno.EIO, "Input/output error")
    assert isinstance(disk_error(error), DiskError)
    assert ErrorRecord.of(error).what == "A file cannot be read or written (Input/output error)."


def test_what_is_not_about_a_file_stays_unexpected() -> None:
    assert not is_of_a_file(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
    assert ErrorRecord.of(BrokenPipeError(errno.EPIPE, "Broken pipe")).what.startswith("Something unexpected")
