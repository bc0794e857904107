"""The sentences that the page's scripts say (`resources/web`); those that stand on it are in its template.

A script fills in what stands in braces here, so each sentence is given its own names as values.
"""

from collections.abc import Callable

from trainer.core.text import text
from trainer.dataset.photo import photo_error
from trainer.inference.verdict import BOTH, EVEN, neither


def words(classes: tuple[str, str], say: Callable[[str], str] = str) -> dict[str, str]:
    """Return every sentence by its name in the scripts, said by `say`, for a model of these classes."""
    sentences = {
        "percent": text("{number} %", number="{number}"),
        "count": text("{name}: {count}", name="{name}", count="{count}"),
        "progress": text("{done} of {total}", done="{done}", total="{total}"),
        "waiting": text("Waiting…"),
        "unsure": text("Not sure"),
        "unreadable": text("Cannot be read"),
        "unlike": neither(classes),
        "both": BOTH,
        "either": EVEN,
        "nearest": text("Nearest: {nearest}", nearest="{nearest}"),
        "spoken": text("{photo}: {words}", photo="{name}", words="{words}"),
        "heat": text("Heat map of what speaks for {name}", name="{name}"),
        "pasted": text("Pasted photo {number}", number="{number}"),
        "shot": text("Photo {number} of the camera", number="{number}"),
        "empty": photo_error("empty").what,
        "damaged": photo_error("unreadable").what,
        "cutOff": photo_error("truncated").what,
        "noPhoto": photo_error("not an image").what,
        "tooLarge": photo_error("too large").what,
        "unreadableFile": text("This file can no longer be read. Choose it again."),
        "otherFormat": text("This browser cannot open photos of this format. Save it as JPEG or PNG."),
        "tooLargeHere": text("This photo is too large for this device. Save it smaller."),
        "tooOld": text("The model cannot run in this browser. Use a newer one, of 2023 or later."),
        "cameraForbidden": text("The page may not use the camera. Allow it in the browser's settings for this page."),
        "cameraMissing": text("There is no camera here."),
        "cameraBroken": text("The camera gives no picture. Close other programs that use it."),
        "cameraInsecure": text("The browser gives the camera only to pages from a file on this device or over https."),
    }
    return {name: say(sentence) for name, sentence in sentences.items()}
