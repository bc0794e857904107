"""The download: progress, resuming, checking, cancelling, and every way in which a server or disk lets one down."""

import http.server
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.files.syncs import IN_ORDER, record_syncs
from trainer.core.errors import CancelledError, DiskError
from trainer.core.progress import never_cancelled, no_progress
from trainer.dataset import pets as download
from trainer.dataset.pets import download_pets, fetch_all
from trainer.files.download import DownloadError, fetch
from trainer.files.download import has_md5 as _has

ROW = b"Abyssinian_1 1 1 1"  # as in the lists: image, breed, species, breed within the species
CONTENT = bytes(range(256)) * 8192  # 2 MiB


class Server:
    """A server on this machine that counts what it sends, and can be told to misbehave."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges = True
        self.cut_after: int | None = None
        self.status: int | None = None
        self.sent: list[tuple[str, str | None]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{name}"

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.sent.append((request.path, asked))
        if self.status is not None:
            request.send_error(self.status)
            return
        content = self.files[request.path.lstrip("/")]
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        if start >= len(content) > 0 and start:
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        request.wfile.write(content[start : None if self.cut_after is None else start + self.cut_after])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.files["a.bin"] = CONTENT
    yield server
    server.close()


def get(server: Server, path: Path, **options: Any) -> None:
    digest = options.pop("digest", md5(CONTENT).hexdigest())
    fetch(
        server.url("a.bin"),
        path,
        partial(_has, digest),
        **{"progress": no_progress, "cancelled": never_cancelled, **options},
    )


def test_a_file_comes_whole_with_progress(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    get(server, tmp_path / "a.bin", progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert not list(tmp_path.glob("*.part"))


def test_an_interrupted_download_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.cut_after = 1_000_000
    with pytest.raises(DownloadError, match=r"could not be reached"):
        get(server, tmp_path / "a.bin")
    assert (tmp_path / "a.bin.part").stat().st_size == 1_000_000
    server.cut_after = None
    told: list[int] = []
    get(server, tmp_path / "a.bin", progress=lambda done, _total: told.append(done))
    assert server.sent[-1] == ("/a.bin", "bytes=1000000-")
    assert told[0] > 1_000_000
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_server_that_cannot_resume_sends_all_of_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.bin.part").write_bytes(b"x" * 5000)
    server.ranges = False
    get(server, tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_what_was_fetched_whole_but_not_renamed_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.bin.part").write_bytes(CONTENT)
    get(server, tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_is_not_the_one_is_refused_and_removed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="not the file that it should be"):
        get(server, tmp_path / "a.bin", digest="0" * 32)
    assert not list(tmp_path.iterdir())


def test_cancel_keeps_what_has_come(server: Server, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    with pytest.raises(CancelledError):
        get(server, tmp_path / "a.bin", cancelled=lambda: next(asked))
    assert 0 < (tmp_path / "a.bin.part").stat().st_size < len(CONTENT)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_server_in_trouble_is_said(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    with pytest.raises(DownloadError, match=f"127.0.0.1.*it answered {status}") as caught:
        get(server, tmp_path / "a.bin")
    assert "try again" in caught.value.remedy


def test_offline_is_said(tmp_path: Path, server: Server) -> None:
    url = server.url("a.bin")
    server.close()
    with pytest.raises(DownloadError, match="could not be reached") as caught:
        fetch(url, tmp_path / "a.bin", lambda _: True, progress=no_progress, cancelled=never_cancelled)
    assert "connection to the internet" in caught.value.remedy


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_disk_that_fills_up_is_not_called_a_lost_connection(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.bin.part").symlink_to("/dev/full")
    with pytest.raises(DiskError, match=r"a\.bin cannot be written \(No space left on device\)"):
        get(server, tmp_path / "a.bin")


@pytest.mark.skipif(os.name != "posix", reason="Windows syncs no folders")
def test_a_file_is_on_the_disk_before_it_has_its_name(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = record_syncs(monkeypatch, tmp_path / "a.bin")
    get(server, tmp_path / "a.bin")
    assert syncs == IN_ORDER


def test_a_full_disk_is_said_before_anything_is_fetched(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10_000

    monkeypatch.setattr(download.shutil, "disk_usage", lambda _path: Usage)
    with pytest.raises(DiskError, match=r"needs 1\.7 GB"):
        fetch_all(((server.url("a.bin"), ""),), tmp_path / "pets", progress=no_progress, cancelled=never_cancelled)
    assert not server.sent


def test_a_folder_that_cannot_be_made_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskError, match="cannot be written"):
        fetch_all(
            ((server.url("a.bin"), ""),), tmp_path / "file" / "pets", progress=no_progress, cancelled=never_cancelled
        )


class TestPets:
    """The whole way, with torchvision's class and two small archives in place of the real ones."""

    @pytest.fixture
    def pets(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
        from trainer.hardware.torchvision_shim import torchvision

        server.files["images.tar.gz"] = archive("images/Abyssinian_1.jpg", "images/beagle_1.jpg")
        server.files["annotations.tar.gz"] = archive("annotations/trainval.txt", "annotations/test.txt")
        resources = tuple(
            (server.url(name), md5(server.files[name]).hexdigest()) for name in ("images.tar.gz", "annotations.tar.gz")
        )
        monkeypatch.setattr(torchvision.datasets.OxfordIIITPet, "_RESOURCES", resources)
        monkeypatch.setattr(download, "PETS", replace(download.PETS, disk_bytes=0))
        return server

    def test_it_is_fetched_unpacked_and_tidied(self, pets: Server, tmp_path: Path) -> None:
        found = download_pets(tmp_path)
        assert (found / "images" / "Abyssinian_1.jpg").is_file()
        assert (found / "annotations" / "trainval.txt").is_file()
        assert not list(found.glob("*.tar.gz*"))

    @pytest.mark.skipif(not hasattr(os, "sync"), reason="Windows syncs each file by itself")
    def test_the_archives_go_once_the_photos_are_on_the_disk(
        self, pets: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[bool, int]] = []
        target = tmp_path / "oxford-iiit-pet"
        monkeypatch.setattr(
            os,
            "sync",
            lambda: seen.append(((target / "images" / "beagle_1.jpg").exists(), len(list(target.glob("*.tar.gz"))))),
        )
        download_pets(tmp_path)
        assert seen == [(True, 2)]

    def test_once_there_nothing_is_fetched_again(self, pets: Server, tmp_path: Path) -> None:
        download_pets(tmp_path)
        count = len(pets.sent)
        assert (download_pets(tmp_path) / "images").is_dir()
        assert len(pets.sent) == count

    def test_what_was_half_unpacked_is_unpacked_anew(self, pets: Server, tmp_path: Path) -> None:
        target = tmp_path / "oxford-iiit-pet"
        (target / "images").mkdir(parents=True)
        (target / "images.tar.gz").write_bytes(pets.files["images.tar.gz"])
        found = download_pets(tmp_path)
        assert (found / "images" / "beagle_1.jpg").is_file()
        assert [path for path, _ in pets.sent] == ["/annotations.tar.gz"]

    def test_progress_counts_megabytes_of_the_whole(self, pets: Server, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        download_pets(tmp_path, progress=lambda done, total: told.append((done, total)))
        assert {total for _, total in told} == {811}


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as file:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(ROW)
            file.addfile(entry, io.BytesIO(ROW))
    return data.getvalue()
