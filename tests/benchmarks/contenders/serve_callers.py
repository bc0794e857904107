"""Asks a service about photos over several connections at once; `serve.py` starts it.

    python -m tests.benchmarks.contenders.serve_callers URL FOLDER COUNT CONNECTIONS PHOTOS

Prints photos a second, and the median and 99th percentile of a request's milliseconds. The photos are in memory before
the clock starts.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.contenders.verdicts_worker import spread
from tests.benchmarks.harness.figures import percentile

_BOUNDARY = "benchmark-7d1f0c"
_WARM_UP = 32
_OK = b"HTTP/1.1 200"


def request(host: str, photos: Sequence[bytes]) -> bytes:
    """Return the bytes of one request: a photo as its body, or several as a form."""
    if len(photos) == 1:
        kind, body = "image/jpeg", photos[0]
    else:
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'.encode()
        body = b"".join(head + photo + b"\r\n" for photo in photos) + f"--{_BOUNDARY}--\r\n".encode()
    lines = f"POST /predict HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return lines.encode() + body


async def call(host: str, port: int, requests: Iterator[bytes], times: list[float]) -> None:
    """Send what is left of the requests over one connection, and note how long each took."""
    reader, writer = await asyncio.open_connection(host, port)
    for one in requests:
        began = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(_OK), head
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        verdicts = json.loads(await reader.readexactly(int(fields[b"content-length"])))
        times.append(1000 * (time.perf_counter() - began))
        assert not any(verdict["error"] for verdict in verdicts)
    writer.close()
    await writer.wait_closed()


async def ask(url: str, photos: Sequence[bytes], connections: int, each: int) -> dict[str, float]:
    """Return what was measured."""
    place = urlsplit(url)
    assert place.hostname is not None
    assert place.port is not None
    requests = [request(place.netloc, photos[start : start + each]) for start in range(0, len(photos), each)]
    await call(place.hostname, place.port, iter(requests[: max(1, _WARM_UP // each)]), [])
    times: list[float] = []
    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(call(place.hostname, place.port, waiting, times) for _ in range(connections)))
    seconds = time.perf_counter() - began
    return {"rate": len(photos) / seconds, "median": percentile(times, 0.5), "p99": percentile(times, 0.99)}


def main() -> None:
    """Do what the arguments say and print it."""
    url, folder, count, connections, each = sys.argv[1:]
    photos = [photo.read_bytes() for photo in spread(Path(folder), int(count))]
    print(json.dumps(asyncio.run(ask(url, photos, int(connections), int(each)))))


if __name__ == "__main__":
    main()
