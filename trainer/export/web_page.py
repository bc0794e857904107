"""The page that tells photos apart in any browser: the template of `resources/web` with all that it needs inside.

A page that is opened from a disk may load nothing that lies beside it. So the model, ONNX Runtime and the scripts are
in the page itself, and its policy forbids every connection.
"""

import base64
import binascii
import gzip
import hashlib
import json
import lzma
import re
import zlib
from collections.abc import Callable
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from trainer.core.class_colours import CLASSES_DARK, CLASSES_LIGHT
from trainer.core.results import EvaluationMetrics
from trainer.core.text import Text, text
from trainer.core.version import version
from trainer.export.page_folder import MARK
from trainer.export.web_words import words
from trainer.files.resources import resource

Say = Callable[[str], str]

# In the order in which they are put together: each uses only those before it.
_PAGE_SCRIPTS = ("words.js", "verdict.js", "heat.js", "cards.js", "model.js", "drop.js", "camera.js", "page.js")
_WORKER_SCRIPTS = ("decode.js", "engine.js")
_ICONS = ("image", "photos", "camera", "close", "save", "reset", "broken")
_RIGHT_TO_LEFT = {"ar", "ckb", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
"""Languages by their codes (ISO 639)."""


_NETWORK = re.compile(rb'<script type="text/plain" id="network">([A-Za-z0-9+/=]*)</script>')
_MOST_BYTES = 2**30


class PageModel(NamedTuple):
    """What the page needs of a model."""

    network: bytes
    """The ONNX file."""
    title: str
    classes: tuple[str, str]
    image_size: int
    test: EvaluationMetrics | None
    """How it fared on the test split of its own dataset."""


def page(model: PageModel, *, say: Say = str, language: str = "en") -> str:
    """Return the page as HTML. `say` says a sentence of the engine in that language."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource("web")), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals |= {"text": lambda template, **values: say(Text(template, values))}
    colours = {"light": CLASSES_LIGHT, "dark": CLASSES_DARK}
    style = Markup(environment.get_template("page.css.jinja").render(colours=colours))  # noqa: S704 - our own
    script = _in_script(_joined(_PAGE_SCRIPTS))
    known = {
        "words": words(model.classes, say),
        "classes": model.classes,
        "side": model.image_size,
        "language": language,
    }
    return environment.get_template("page.html.jinja").render(
        language=language,
        direction="rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr",
        policy=_policy(script, style),
        title=title(model.classes, say),
        classes=model.classes,
        facts=_facts(model, say),
        version=version(),
        runtime_version=_runtime_version(),
        licence=_runtime("LICENSE.txt").decode(),
        mark=Markup(MARK),  # noqa: S704 - our own
        icon="data:image/svg+xml;base64," + base64.b64encode(resource("icons", "catdog.svg").read_bytes()).decode(),
        logo=_drawing("catdog"),
        icons={name: _drawing(name) for name in _ICONS},
        style=style,
        script=script,
        words=_in_script(json.dumps(known).replace("<", "\\u003c")),
        engine=_in_script(_worker()),
        runtime=_packed(lzma.decompress(_runtime("ort-wasm-simd-threaded.wasm.xz"))),
        network=_packed(model.network),
    )


def network_of(page_bytes: bytes) -> bytes:
    """Return the ONNX file in a whole page. Raises ValueError where there is none."""
    found = _NETWORK.search(page_bytes)
    if found is None:
        raise ValueError("There is no network in it.")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip's, which alone would unpack without a limit
    try:
        network = unpacking.decompress(base64.b64decode(found[1], validate=True), _MOST_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from error
    if not unpacking.eof:
        raise ValueError("The network is cut off, or too large.")
    return network


def service_worker(page_digest: str) -> str:
    """Return the script that keeps this page for when there is no network."""
    return resource("web", "service-worker.js").read_text(encoding="utf-8").replace("{{ digest }}", page_digest)


def licences() -> str:
    """Return the licence of ONNX Runtime and the notices of what it is made of."""
    parts = (_runtime("LICENSE.txt"), lzma.decompress(_runtime("ThirdPartyNotices.txt.xz")))
    return "\n\n".join([f"ONNX Runtime Web {_runtime_version()}", *(part.decode() for part in parts)])


def title(classes: tuple[str, str], say: Say = str) -> str:
    """Return the page's title, such as "Cat or dog?"."""
    whole = say(text("{first} or {second}?", first=classes[0], second=classes[1]))
    return whole[:1].upper() + whole[1:]


def _facts(model: PageModel, say: Say) -> str:
    if model.test is None:
        return say(text("Model: {title}.", title=model.title))
    return say(
        text(
            "Model: {title}. It was right on {accuracy:.1%} of {photos:,} test photos.",
            title=model.title,
            accuracy=model.test.accuracy,
            photos=model.test.photos,
        )
    )


def _policy(script: str, style: str) -> str:
    """Return the Content-Security-Policy: these scripts, this style, pictures made here, and no connection at all."""
    hashes = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (script, style)]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}' 'wasm-unsafe-eval'; style-src 'sha256-{hashes[1]}'; "
        "img-src blob: data:; media-src blob:; worker-src blob: 'self'; connect-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )


def _joined(names: tuple[str, ...]) -> str:
    """Return modules as one script, without what they tell each other by import and export."""
    parts = [resource("web", name).read_text(encoding="utf-8") for name in names]
    joined = "\n".join(re.sub(r"^import .*;$\n?", "", part, flags=re.MULTILINE) for part in parts)
    return re.sub(r"^export ", "", joined, flags=re.MULTILINE)


def _worker() -> str:
    """Return the worker's script: ONNX Runtime, known as `ort`, and ours in a scope of its own.

    It is no module, because Chromium lets a page from a disk start no worker that is one.
    """
    runtime = _runtime("ort.wasm.bundle.min.mjs").decode().replace("import.meta.url", "self.location.href")
    body, names, _ = re.split(r"export\{([^}]*)\};", runtime)
    given = ", ".join(": ".join(reversed(pair.split(" as "))) for pair in names.split(","))
    return f'"use strict";{body}const ort = {{{given}}};\n{{\n{_joined(_WORKER_SCRIPTS)}}}\n'


def _in_script(code: str) -> Markup:
    """Return code for the inside of a script element, which such signs would end."""
    assert not re.search(r"</script|<!--", code, flags=re.IGNORECASE)
    return Markup(code)  # noqa: S704 - our own


def _packed(data: bytes) -> Markup:
    # No time in it, so that the same model makes the same page.
    return Markup(base64.b64encode(gzip.compress(data, mtime=0)).decode())  # noqa: S704 - letters and digits


def _drawing(name: str) -> Markup:
    drawing = resource("icons", f"{name}.svg").read_text(encoding="utf-8").strip()
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704 - our own


def _runtime_version() -> str:
    return str(json.loads(_runtime("SOURCE.json"))["version"])


def _runtime(name: str) -> bytes:
    return resource("web", "runtime", name).read_bytes()
