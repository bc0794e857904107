"""What is said where no photo is shown."""

from typing import Final

from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.photo_query import Filter
from catdog_gui.look.language import mark, tr

_OF_KIND: Final[dict[Filter, str]] = {
    "all": "",
    "first": mark("No photo is of the class {class_name}."),
    "second": mark("No photo is of the class {class_name}."),
    "unsure": mark("There is no photo on which the model is not sure."),
    "unreadable": mark("Every photo could be read."),
}


def nothing_words(photos: PhotoList, *, busy: bool) -> str:
    """Return why nothing is shown of these photos, as far as that is because of what is asked for; else empty."""
    query = photos.query
    if query.shows_all:
        return ""
    if busy:
        return tr("Nothing yet. Photos appear here as they are classified.")
    if query.limits_probability or (query.words.strip() and query.kind != "all"):
        return tr("No photo is like that. “Show all” takes every limit away.")
    if query.words.strip():
        return tr("There is no photo with “{words}” in its name.", words=query.words.strip())
    name = photos.classes[query.kind == "second"].capitalize()
    return tr(_OF_KIND[query.kind], class_name=name)
