"""Takes the pictures of the page in README, of drawings.

    python -m tests.web.screenshots [FOLDER]

Trains on drawings, makes the page of that model, and opens it in Chromium: on a desktop, and on a phone that sees a
drawing. Takes a minute or two; the pictures go into resources/screenshots, or into the FOLDER.
"""

import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.web.chromium import Chromium
from tests.web.photos import write_film
from tests.web.seen import DONE
from trainer.core.recipes import recipe
from trainer.drawings.drawing import draw
from trainer.drawings.samples import draw_dataset
from trainer.export.onnx_file import unproven_onnx
from trainer.export.web import write_page
from trainer.training.loop import train

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "resources" / "screenshots")
READY = "document.body.classList.contains('ready')"
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
DRAWINGS = 400


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ["CATDOG_HOME"] = str(home)
        draw_dataset(home / "drawings", count=DRAWINGS)
        config = recipe("transfer").config(str(home / "drawings"), epochs=8, image_size=160)
        result = train(config, out=home / "runs")
        assert result.model is not None, result.error
        page = write_page(home / "page", *unproven_onnx(Path(result.model)))
        photos = [home / f"{animal} {seed}.png" for seed in range(4) for animal in ("cat", "dog")]
        for photo in photos:
            draw("cat" if "cat" in photo.name else "dog", seed=90_000 + int(photo.stem[4:]), size=(640, 480)).save(
                photo
            )
        film = write_film(home / "film.y4m", [draw("dog", seed=90_001, size=(640, 480))] * 5)
        with Chromium(home / "browser", *CAMERA, f"--use-file-for-fake-video-capture={film}") as browser:
            take(browser, page, photos)


def take(browser: Chromium, page: Path, photos: list[Path]) -> None:
    """Take the pictures of a page."""
    browser.look_like(1100, 800)
    browser.open(page.as_uri())
    browser.until(READY)
    browser.give("#files", photos)
    browser.until(DONE)
    browser.run("document.querySelectorAll('[data-part=why]')[1].click()")
    save(browser, "web-light")
    browser.run("document.querySelector('[data-part=clear]').click()")
    browser.look_like(390, 780, dark=True, phone=True)
    browser.run("document.getElementById('camera').click()")
    browser.until("document.querySelector('#live [data-part=title]').textContent")
    browser.run("document.activeElement.blur()")
    save(browser, "web-phone")


def save(browser: Chromium, name: str) -> None:
    """Save what the page shows as a small picture."""
    file = FOLDER / f"{name}.png"
    browser.picture(file)
    Image.open(file).convert("RGB").save(file.with_suffix(".webp"), quality=80, method=6)
    file.unlink()


if __name__ == "__main__":
    main()
