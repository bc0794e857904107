"""Write or refresh a language's list of sentences, and compile it: `make translation LANGUAGE=de`.

The sentences are read from the source code: the literals in calls of tr, tr_n, mark, text and plural (in the templates
of the report and of the page, too), the titles and explanations of settings, and what recipes say of themselves. Qt's
own tools merge them with what is translated already (lupdate) and compile them (lrelease). Translate `catdog_de.ts`
with Qt Linguist (`.venv/bin/pyside6-linguist`), and run this again. A translation is only compiled while its {names}
are those of its sentence.
"""

import argparse
import ast
import re
import shutil
import string
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import jinja2
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
PACKAGES = ("trainer", "catdog_gui")
TEMPLATES = ("resources/report", "resources/web")
CONTEXT = "CatDog"
"""As in `catdog_gui.look.language`."""

_MODULES = {"catdog_gui.look.language", "trainer.core.text"}
_SINGLE, _COUNTED = {"tr", "mark", "text"}, {"tr_n", "plural"}
# Records whose own sentences are plain literals: `trainer.core.config` and `trainer.core.recipes`.
_RECORDS = {"Meta": ("title", "description", "extra"), "Recipe": ("title", "summary", "recommendation")}
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")


class Sentence(NamedTuple):
    """One to translate."""

    source: str
    """What Qt is asked for; of a plural the form for many, with %Ln for the count."""
    one: str | None
    """The form for one, as an aid to the translator; None where nothing is counted."""
    place: str
    """Which file it is from."""


class Wrong(NamedTuple):
    """A call whose sentence cannot be read from the source code."""

    place: str
    why: str


def collect(root: Path = ROOT) -> tuple[list[Sentence], list[Wrong]]:
    """Return every sentence once, in the order of the files, and the calls whose sentence cannot be read."""
    found: dict[tuple[str, bool], Sentence] = {}
    wrong: list[Wrong] = []
    sources = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    templates = sorted(path for folder in TEMPLATES for path in (root / folder).glob("*.html.jinja"))
    for file in (*sources, *templates):
        place = file.relative_to(root).as_posix()
        read = read_template if file.suffix == ".jinja" else read_source
        for outcome in read(file.read_text(encoding="utf-8"), place):
            if isinstance(outcome, Wrong):
                wrong.append(outcome)
            else:
                found.setdefault((outcome.source, outcome.one is not None), outcome)
    return list(found.values()), wrong


def read_source(code: str, place: str) -> Iterator[Sentence | Wrong]:
    """Yield the sentences of one file of source code."""
    tree = ast.parse(code)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _MODULES
        for alias in node.names
    }
    plain = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _literal(node.value) is not None
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = names.get(node.func.id, "")
            if name in _SINGLE:
                for outcome in _read(node.args[:1], plain):
                    yield _outcome(outcome, None, f"{place}:{node.lineno}")
            elif name in _COUNTED:
                yield _counted(node, f"{place}:{node.lineno}")
            own = [word.value for word in node.keywords if word.arg in _RECORDS.get(node.func.id, ())]
            for text in map(_literal, [part for value in own for part in _parts(value)]):
                if text:
                    yield Sentence(text, None, place)


def read_template(template: str, place: str) -> Iterator[Sentence | Wrong]:
    """Yield the sentences of a template of Jinja, by its calls of text and plural, as calls in Python."""
    for call in jinja2.Environment(autoescape=True).parse(template).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"text", "plural"}:
            words = [repr(word.value) if isinstance(word, nodes.Const) else "other" for word in call.args]
            code = f"from trainer.core.text import text, plural\n{call.node.name}({', '.join(words)})"
            yield from read_source(code, place)


def _parts(value: ast.expr) -> list[ast.expr]:
    return [part for each in value.values for part in _parts(each)] if isinstance(value, ast.Dict) else [value]


def _read(given: list[ast.expr], plain: set[str]) -> Iterator[str | Wrong]:
    """Yield the literals of a first argument; what is only named is marked where it was made."""
    if not given:
        yield Wrong("", "has no sentence")
        return
    match given[0]:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _read([body], plain)
            yield from _read([orelse], plain)
        case ast.Name(id=name) if name in plain:
            yield Wrong("", f"{name} is a bare string: mark it")
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call(func=ast.Attribute(attr="get")):
            pass
        case other:
            yield Wrong("", f"is not a literal: {ast.unparse(other)}")


def _outcome(found: str | Wrong, one: str | None, place: str) -> Sentence | Wrong:
    if isinstance(found, Wrong):
        return found._replace(place=place)
    return Sentence(found, one, place.rpartition(":")[0])


def _counted(call: ast.Call, place: str) -> Sentence | Wrong:
    forms = [_literal(form) for form in call.args[1:3]]
    if len(forms) != 2 or not all(forms):
        return Wrong(place, f"needs two literals, for one and for many: {ast.unparse(call)}")
    one, many = map(str, forms)
    if "%n" not in many:
        return Wrong(place, f"does not say how many: {many}")
    if _fields(one) - _fields(many):
        return Wrong(place, f"names in the form for one what is not in the other: {one}")
    return _outcome(many.replace("%n", "%Ln"), one, place)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def refresh(file: Path, sentences: Iterable[Sentence]) -> None:
    """Bring a .ts file up to date with the sentences, keeping its translations; make it where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sentences.cpp"
        source.write_text("\n".join(map(_call, sentences)), encoding="utf-8")
        language = file.stem.partition("_")[2]
        options = ("-locations", "none", "-source-language", "en", "-target-language", language, "-silent")
        _run("pyside6-lupdate", str(source), *options, "-ts", str(file))


def _call(sentence: Sentence) -> str:
    """Return the call in C++ that Qt's tool reads a sentence from, below a comment for the translator."""
    room = sentence.place.rpartition("/")[0]
    comment = f"//: {room}\n" if sentence.one is None else f"//: {room}. For one: {' '.join(sentence.one.split())}\n"
    escaped = sentence.source.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    count = "" if sentence.one is None else ", nullptr, n"
    return f'{comment}QCoreApplication::translate("{CONTEXT}", "{escaped}"{count});'


def mistakes(file: Path) -> list[str]:
    """Return what is wrong with the translations in a .ts file: {names} that are missing, or that nobody knows."""
    found = []
    for message in ET.parse(file).getroot().iter("message"):  # noqa: S314 - our own file
        source, translation = message.findtext("source") or "", message.find("translation")
        if translation is None or translation.get("type") in {"vanished", "obsolete"}:
            continue
        for form in translation.findall("numerusform") or [translation]:
            text = form.text or ""
            if text and (why := _difference(source, text)):
                found.append(f'"{text}", for "{source}", {why}')
    return found


def _difference(source: str, text: str) -> str:
    if "{" not in source:
        return ""
    try:
        missing, strange = _fields(source) - _fields(text), _fields(text) - _fields(source)
    except ValueError as error:
        return f"cannot be filled in: {error}"
    return "; ".join(
        f"{words} {', '.join(sorted(names))}" for words, names in (("lacks", missing), ("names", strange)) if names
    )


def _fields(template: str) -> set[str]:
    """Return the placeholders in a template, as they are written."""
    return {
        f"{{{name}{f':{spec}' if spec else ''}}}"
        for _, name, spec, _ in string.Formatter().parse(template)
        if name is not None
    }


def compile_translation(file: Path) -> Path:
    """Compile a .ts file, and return the .qm file that CatDog loads."""
    compiled = file.with_suffix(".qm")
    _run("pyside6-lrelease", "-silent", str(file), "-qm", str(compiled))
    return compiled


def _run(tool: str, *arguments: str) -> None:
    path = shutil.which(tool, path=str(Path(sys.executable).parent))
    if path is None:
        raise SystemExit(f"{tool} is missing; it comes with PySide6: run make test once.")
    subprocess.run([path, *arguments], check=True)


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> None:
    """Do all of it for one language, or say what hinders."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("language", help="such as de, pt_BR or zh_Hant")
    language = parser.parse_args(arguments).language
    if not _LANGUAGE.fullmatch(language):
        raise SystemExit(f"{language!r} is no language: name one as in make translation LANGUAGE=de.")
    sentences, wrong = collect()
    file = folder / f"catdog_{language}.ts"
    if not wrong:
        refresh(file, sentences)
        print(f"{file} has {len(sentences)} sentences.")
    hindrances = [f"{place} {why}" for place, why in wrong] or mistakes(file)
    if hindrances:
        raise SystemExit("\n".join(hindrances))
    print(f"{compile_translation(file)} is what CatDog loads.")


if __name__ == "__main__":
    main()
