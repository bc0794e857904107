"""No sentence that the window shows goes past translation, and none of the engine's errors does.

Read from the source code: a string in a call that shows its argument has to be made by `tr`, `text` or their like.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

METHODS = {
    *("setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setStatusTip"),
    *("setWindowTitle", "setTitle", "setInformativeText", "setDetailedText", "setLabelText", "setButtonText"),
    *("setHorizontalHeaderLabels", "setHeaderLabels", "setSpecialValueText", "setPlainText", "setHtml", "setSuffix"),
    *("setPrefix", "setItemText", "setTabText", "addAction", "addMenu", "addTab", "addItem", "addItems", "addRow"),
    *("addButton", "say", "notify", "note_failure", "drawText", "question", "warning", "information"),
    *("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory", "getText"),
}
CLASSES = {
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QAction", "QMenu", "QGroupBox"),
    *("QStandardItem", "QTableWidgetItem", "QListWidgetItem", "QTreeWidgetItem", "QMessageBox", "QProgressDialog"),
    *("Card", "Notice", "Figure", "Fold", "DropZone", "ElidedLabel", "FolderField", "PhotoTiles", "Tile"),
}
TRANSLATING = {"tr", "tr_n", "mark", "translated", "text", "plural"}
NO_SENTENCES = {"objectName", "kind", "icon", "tone", "role", "parent", "options"}
"""Keyword arguments that nobody reads."""

TONES = {"info", "advice", "warning", "error", "success"}
"""Of a notice; not words that are shown."""
OWN_NAME = "CatDog"
"""The same in every language."""


def shown_strings(code: str) -> Iterator[tuple[int, str]]:
    """Yield each string with letters that a call shows as it stands, with its line."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        attribute, name = getattr(node.func, "attr", ""), getattr(node.func, "id", "")
        if attribute in METHODS or name in CLASSES or attribute in CLASSES:
            given = [*node.args, *(word.value for word in node.keywords if word.arg not in NO_SENTENCES)]
            for argument in given:
                yield from ((node.lineno, found) for found in _bare(argument))


def _bare(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(words)):
            if (
                re.search(r"[^\W\d_]{2}", re.sub(rf"<[^>]*>|&\w+;|\*\.\w+|{OWN_NAME}", "", words))
                and words not in TONES
            ):
                yield words
        case ast.JoinedStr(values=parts):
            pieces = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts]
            yield from _bare(ast.Constant("".join(pieces)))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_bare(body), *_bare(orelse))
        case ast.BinOp(left=left, right=right):
            yield from (*_bare(left), *_bare(right))
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            yield from (found for value in values for found in _bare(value))
        case ast.Call(func=ast.Attribute(attr="join" | "format" | "capitalize", value=value), args=arguments):
            yield from (found for part in (value, *arguments) for found in _bare(part))
        case _:
            pass


def bare_errors(code: str) -> Iterator[tuple[int, str]]:
    """Yield what is given to an error, a note or advice as a plain string, with its line."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        if name.endswith(("Error", "ErrorRecord")) and name not in _SYSTEMS:
            given = [*node.args[-1:], *(word.value for word in node.keywords if word.arg in {"remedy", "what"})]
        elif name in {"note", "AdviceGiven"}:
            given = [*node.args, *(word.value for word in node.keywords if word.arg in {"text", "remedy"})]
        else:
            continue
        yield from ((node.lineno, found) for argument in given for found in _bare(argument))


_SYSTEMS = {"OSError", "ValueError", "RuntimeError", "TypeError", "KeyError", "AttributeError", "FileNotFoundError"} | {
    *("AssertionError", "NotImplementedError", "TimeoutError", "ImportError", "LookupError", "PermissionError")
}


def prose(code: str) -> Iterator[tuple[int, str]]:
    """Yield each string that reads like English and is neither translated nor for programmers, with its line."""
    yield from _prose(ast.parse(code))


def _prose(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():  # docstrings, and mistakes of ours
            return
        case ast.Call(func=ast.Name(id=name)) if name in TRANSLATING:
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="_log" | "logging"))):
            return
        case ast.Dict(values=values):  # the keys are what the engine calls things
            parts: list[ast.AST] = list(values)
        case ast.JoinedStr() as joined:
            yield from ((joined.lineno, words) for words in _bare(joined) if _reads_english(words))
            parts = [part for part in joined.values if isinstance(part, ast.FormattedValue)]
        case ast.Constant(value=str(words)) if _reads_english(words):
            yield (node.lineno, words)
            return
        case _:
            parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _prose(part)


def _reads_english(words: str) -> bool:
    return bool(_ENGLISH.search(words)) and not _STYLE.search(words)


_STYLE = re.compile(r"[a-z-]+: [^;]+;")
_ENGLISH = re.compile(r"\b[A-Za-z]?[a-z]+[,:;]? [a-z]{2,}\b")
# What no window shows: style sheets, and what is said in the terminal.
NOT_SHOWN = {
    *("catdog_gui/look/stylesheet.py", "catdog_gui/start/arguments.py", "catdog_gui/start/display.py"),
    *("catdog_gui/start/smoke.py", "catdog_gui/start/entry.py"),
}
KEPT = {
    "CatDog practice drawings": "the name of a folder, which stays what it is",
    "CatDog practice drawings {}": "the same",
    "Qt for Python": "a name",
}


def sources(package: str) -> list[Path]:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    return files


def test_the_window_shows_nothing_untranslated() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {words}"
        for file in sources("catdog_gui")
        for line, words in shown_strings(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_english_of_the_window_goes_past_translation() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {words}"
        for file in sources("catdog_gui")
        if file.relative_to(ROOT).as_posix() not in NOT_SHOWN
        for line, words in prose(file.read_text(encoding="utf-8"))
        if words not in KEPT
    ]
    assert found == []


def test_no_error_note_or_advice_of_the_engine_is_a_plain_string() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {words}"
        for file in (*sources("trainer"), *sources("catdog_gui"))
        if "cli" not in file.parts  # the terminal speaks English
        for line, words in bare_errors(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('label.setText("Photos")', ["Photos"]),
        ('label.setText(f"{count} photos")', ["{} photos"]),
        ('QLabel("On" if on else "Off")', ["On", "Off"]),
        ('button = QPushButton(icon("photo"), "Open" + dots)', ["Open"]),
        ('box.addItems(["Light", tr("Dark")])', ["Light"]),
        ('view.setText(" · ".join(["a", "photos"]))', ["photos"]),
        ('label.setText(tr("Photos"))', []),
        ('label.setText(f"{percent(share)} · {names[0]}")', []),
        ('QLabel(objectName="heading")', []),
        ('label.setText("<b></b>&nbsp;→")', []),
        ('window.setWindowTitle(f"CatDog {version}")', []),
        ("label.setText(f\"{words} <a href='{address}'>{title}</a>\")", []),
        ('dialog.getOpenFileName(self, tr("Choose"), filter=tr("Zip files") + " (*.zip)")', []),
        ('Notice("advice", "Too few")', ["Too few"]),
    ],
)
def test_what_would_be_found(code: str, found: list[str]) -> None:
    assert [words for _, words in shown_strings(code)] == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (
            'raise DatasetError(f"No photos in {path}.", remedy="Choose another.")',
            ["No photos in {}.", "Choose another."],
        ),
        ('raise PhotoError("truncated", "is cut off", path=path)', ["is cut off"]),
        ('report.note("The loss overflowed.")', ["The loss overflowed."]),
        ('raise DiskError(text("No room."), remedy=text("Make some."))', []),
        ('raise ValueError("a mistake of ours")', []),
    ],
)
def test_which_errors_would_be_found(code: str, found: list[str]) -> None:
    assert [words for _, words in bare_errors(code)] == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('"""What it is."""\nself.words = "Choose a photo"', ["Choose a photo"]),
        ('return f"{count} photos of {name}"', ["{} photos of {}"]),
        ('return tr("Choose a photo") + _NAMES["not sure"]', ["not sure"]),
        ('_NAMES = {"class folders": mark("a folder for each class")}', []),
        ('raise ValueError("it cannot be so")', []),
        ('rule = f"h1 {{ font-size: {size}pt; font-weight: 600 }}"', []),
    ],
)
def test_which_prose_would_be_found(code: str, found: list[str]) -> None:
    assert [words for _, words in prose(code)] == found
