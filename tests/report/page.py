"""A report as a reader of HTML sees it."""

from html.parser import HTMLParser
from typing import Self

VOID = {"meta", "link", "img", "input", "br", "path", "circle"}


class Page(HTMLParser):
    """The elements of a page in order, each with its attributes, and all its words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._pieces: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    @property
    def words(self) -> str:
        """What can be read, in one line, without the style sheet."""
        return " ".join("".join(self._pieces).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    @classmethod
    def read(cls, path: object) -> Self:
        """Return the page in a file."""
        with open(str(path), encoding="utf-8") as file:  # noqa: PTH123 - any path
            return cls(file.read())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._pieces.append(data if not self._open or self._open[-1] in {"bdi", "code"} else f" {data} ")
