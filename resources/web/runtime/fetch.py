"""Fetches ONNX Runtime Web anew, as SOURCE.json says, and puts what the page needs of it beside this file.

    python resources/web/runtime/fetch.py

To take another version, name it with its address and integrity (`npm view onnxruntime-web@VERSION dist`) in SOURCE.json
first. ThirdPartyNotices.txt is of the same project (https://github.com/microsoft/onnxruntime) and changes seldom.
"""

import base64
import hashlib
import io
import json
import lzma
import tarfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
WASM, SCRIPT = "ort-wasm-simd-threaded.wasm", "ort.wasm.bundle.min.mjs"


def main() -> None:
    """Fetch, compare with what was promised, and write."""
    source = json.loads((HERE / "SOURCE.json").read_text())
    with urllib.request.urlopen(source["url"]) as answer:
        package = answer.read()
    kind, _, promised = source["integrity"].partition("-")
    if base64.b64encode(hashlib.new(kind, package).digest()).decode() != promised:
        raise SystemExit("What came is not what SOURCE.json promises.")
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        wasm, script = (_read(tar, f"package/dist/{name}") for name in (WASM, SCRIPT))
    (HERE / f"{WASM}.xz").write_bytes(lzma.compress(wasm, preset=9 | lzma.PRESET_EXTREME))
    (HERE / SCRIPT).write_bytes(script)
    sums = {WASM: hashlib.sha256(wasm).hexdigest(), SCRIPT: hashlib.sha256(script).hexdigest()}
    (HERE / "SOURCE.json").write_text(json.dumps(source | {"sha256": sums}, indent=2) + "\n")


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    assert member is not None
    return member.read()


if __name__ == "__main__":
    main()
