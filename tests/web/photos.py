"""Photos that are hard to read alike, and a film for a camera, all of drawings."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.drawings.drawing import draw


def hard_photos(folder: Path) -> list[Path]:
    """Write photos of many kinds into a folder, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    cat, dog = (draw(name, seed=3, size=(800, 600)) for name in ("cat", "dog"))
    large = cat.resize((3001, 2003), Image.Resampling.BICUBIC)
    clear = dog.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    deep = Image.fromarray(np.asarray(cat.convert("L")).astype(np.uint16) * 257)
    turned = Image.Exif()
    turned[0x0112] = 6
    made: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "plain.jpg": (dog, {"quality": 90}),
        "large.jpg": (large, {"quality": 85}),
        "turned.jpg": (cat.transpose(Image.Transpose.ROTATE_90), {"exif": turned, "quality": 90}),
        "grey.jpg": (dog.convert("L"), {"quality": 90}),
        "progressive.jpg": (cat, {"quality": 80, "progressive": True}),
        "plain.png": (dog, {}),
        "clear.png": (clear, {}),
        "deep.png": (deep, {}),
        "palette.gif": (cat.quantize(), {}),
        "plain.webp": (dog, {"quality": 90}),
        "plain.bmp": (cat, {}),
        "wide.png": (dog.resize((4000, 1)), {}),
    }
    for name, (image, options) in made.items():
        image.save(folder / name, **options)  # type: ignore[arg-type]  # each format has its own
    return sorted(folder / name for name in made)


def broken_photos(folder: Path) -> dict[Path, str]:
    """Write files that are no whole photos, and return the beginning of what is said of each."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    draw("cat", seed=1, size=(320, 240)).save(content, "JPEG")
    whole = content.getvalue()
    made = {
        "half.jpg": (whole[: len(whole) // 2], "This photo is cut off."),
        "empty.jpg": (b"", "This file is empty."),
        "note.jpg": (b"Dear diary", "This file is not a photo"),
        "=1+1.jpg": (b"RIFF\x40\0\0\0WEBPVP8 " + bytes(60), "This photo is damaged."),
    }
    frame = whole.index(b"\xff\xc0") + 5  # where its height is
    bombs = {
        "bomb.jpg": whole[:frame] + b"\xff\xdc\xff\xdc" + whole[frame + 4 :],
        "bomb.png": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x01" + bytes(30) + b"IEND" + bytes(4),
        "bomb.gif": b"GIF89a\xff\xff\xff\xff" + bytes(30),
        "bomb.bmp": b"BM" + bytes(16) + (30_000).to_bytes(4, "little") + (-30_000).to_bytes(4, "little", signed=True),
    }
    made |= {name: (data, "This photo is too large (over 89 million pixels).") for name, data in bombs.items()}
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    return {folder / name: words for name, (_, words) in made.items()}


def write_film(file: Path, frames: Sequence[Image.Image], size: tuple[int, int] = (640, 480)) -> Path:
    """Write frames as a film that Chromium shows in the place of a camera (Y4M, colours of JPEG)."""
    half = (size[0] // 2, size[1] // 2)
    with file.open("wb") as film:
        film.write(b"YUV4MPEG2 W%d H%d F5:1 Ip A1:1 C420jpeg\n" % size)
        for frame in frames:
            light, *colours = frame.convert("RGB").resize(size).convert("YCbCr").split()
            film.write(b"FRAME\n" + light.tobytes() + b"".join(one.resize(half).tobytes() for one in colours))
    return file
