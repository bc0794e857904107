"""The Debian package in a Debian with nothing else in it: it installs, works, and leaves nothing behind."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.installer.bare import Bare

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("CATDOG_E2E_SHOTS", ROOT / "build" / "e2e")) / "installer"
TRAIN = ["--epochs", "4", "--image-size", "64", "--batch-size", "8", "--learning-rate", "0.001", "--optimiser", "adam",
         "--augment", "off", "--dropout", "0"]  # fmt: skip


@pytest.fixture(scope="module")
def learnt(bare: Bare) -> dict[str, set[str]]:
    """Train in the home of one user, in a folder with spaces and letters of many scripts; return the libraries used."""
    folder = "/home/bob/Mein Ördner фото"
    assert bare.run("mkdir", folder, user="bob").returncode == 0
    drawn = bare.run("catdog-cli", "samples", f"{folder}/drawings", "--count", "240", user="bob")
    assert drawn.returncode == 0, drawn.stderr
    words = ["catdog-cli", "train", f"{folder}/drawings", *TRAIN, "--out", f"{folder}/runs"]
    return {"training": libraries_of(bare.command(*words, user="bob"))}


def libraries_of(command: list[str], *, seconds: float = 600) -> set[str]:
    """Run a command to its end and return every library that it, or what it started, had loaded at some time."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found: set[str] = set()
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        found |= mapped_libraries(process.pid)
        time.sleep(0.1)  # a library stays loaded for as long as the program runs, so none is missed
    process.kill()
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return found


def mapped_libraries(pid: int) -> set[str]:
    """Return the libraries that a process has loaded."""
    try:
        text = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    except OSError:
        return set()  # it has just ended
    return set(re.findall(r"(/\S.*\.so[.\d]*)$", text, flags=re.MULTILINE))


def test_training_works_for_a_second_user_without_network(bare: Bare, learnt: dict[str, set[str]]) -> None:
    (model,) = (bare.root / "home/bob").glob("Mein*/runs/*/model.safetensors")
    inside = "/" + str(model.relative_to(bare.root))
    bare.run("catdog-cli", "samples", "/home/bob/new", "--count", "20", "--seed", "9", user="bob", check=True)
    done = bare.run("catdog-cli", "predict", "/home/bob/new", "-r", "--model", inside, user="bob")
    assert done.returncode == 0, done.stderr
    right = [line for line in done.stdout.splitlines() if line.split()[0] == Path(line.split()[-1]).name[:3]]
    assert len(done.stdout.splitlines()) == 20
    assert len(right) >= 15, done.stdout


def test_the_window_works_and_every_library_is_of_a_package_that_it_depends_on(
    bare: Bare, learnt: dict[str, set[str]], display: str
) -> None:
    learnt["window"] = libraries_of(bare.command("catdog", "--smoke", user="alice", display=display))
    asked_for = closure(bare)
    for name, libraries in learnt.items():
        foreign = {path for path in libraries if f"{bare.root}/opt/catdog/" not in path}
        assert any("libc.so" in path for path in foreign), name
        strangers = {path: owner for path in foreign if (owner := owner_of(bare, path)) not in asked_for}
        assert not strangers, f"{name} loads what no dependency brings: {strangers}"
    print(sorted(Path(path).name for path in learnt["window"] | learnt["training"]))


def closure(bare: Bare) -> set[str]:
    """Return the package's dependencies, their dependencies, and so on, without what is only recommended."""
    only = ("--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances")
    done = bare.run("apt-cache", "depends", "--recurse", "--installed", *only, "catdog", check=True)
    return {line for line in done.stdout.splitlines() if line and not line.startswith((" ", "<"))}


def owner_of(bare: Bare, path: str) -> str:
    """Return the package that a file inside belongs to. Debian's older paths lack the /usr of /usr/lib."""
    inside = path.removeprefix(str(bare.root))
    for place in (inside, inside.removeprefix("/usr")):
        done = bare.run("dpkg", "-S", place)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    return f"nobody's: {inside}"


@pytest.fixture
def window(bare: Bare, learnt: dict[str, set[str]], display: str) -> Iterator[subprocess.Popen[bytes]]:
    """Open the installed program's window for the user who has no photos, with the other one's model."""
    (model,) = (bare.root / "home/bob").glob("Mein*/runs/*/model.safetensors")
    shutil.copy(model, bare.root / "tmp" / "model.safetensors")
    (bare.root / "tmp" / "model.safetensors").chmod(0o644)
    words = ["catdog", "--model", "/tmp/model.safetensors"]
    process = subprocess.Popen(bare.command(*words, user="alice", display=display))
    yield process
    process.terminate()
    process.wait(timeout=30)


def test_a_photo_dragged_from_another_window_is_classified(
    bare: Bare, window: subprocess.Popen[bytes], drawings: Path, display: str
) -> None:
    desk = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    (name,) = wait_for(lambda: xdotool(desk, "search", "--onlyvisible", "--name", "^CatDog$"), "the window")
    xdotool(desk, "windowmove", name, "0", "0")
    photo = bare.root / "tmp" / "a photo.jpg"
    shutil.copy(next(drawings.rglob("dog*.jpg")), photo)
    photo.chmod(0o644)
    wait_for(lambda: "libtorch_cpu" in " ".join(mapped_libraries(window.pid)), "the engine")
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = screenshot(desk, "1-before")
    script = ROOT / "tests" / "gui" / "e2e" / "drag_source.py"
    # It names the file as it is called inside.
    words = [sys.executable, script, "1160", "100", "/tmp/a photo.jpg"]
    with subprocess.Popen(words, env=desk, stdout=subprocess.PIPE, text=True) as source:
        assert source.stdout is not None
        try:
            wait_for(lambda: xdotool(desk, "search", "--onlyvisible", "--name", "^Drag source$"), "the other window")
            drag(desk, (1250, 190), (600, 400))
            assert source.stdout.readline().strip() == "The drag ended as CopyAction"
            wait_for(lambda: coloured(screenshot(desk, "2-after")) > coloured(before) + 500, "the verdict")
        finally:
            source.kill()


def drag(desk: dict[str, str], start: tuple[int, int], end: tuple[int, int]) -> None:
    moves: list[str] = ["mousemove", *map(str, start), "sleep", "0.2", "mousedown", "1"]
    for step in range(1, 13):
        place = [str(a + (b - a) * step // 12) for a, b in zip(start, end, strict=True)]
        moves += ["mousemove", *place, "sleep", "0.05"]
    xdotool(desk, *moves, "sleep", "0.5", "mouseup", "1")


def xdotool(desk: dict[str, str], *words: str) -> list[str]:
    done = subprocess.run(["xdotool", *words], env=desk, capture_output=True, text=True, check=False)
    return done.stdout.split()


def screenshot(desk: dict[str, str], name: str) -> Path:
    file = SHOTS / f"{name}.png"
    subprocess.run(["import", "-window", "root", str(file)], env=desk, check=True)
    return file


def coloured(picture: Path) -> int:
    """Return how many points have the exact colour of one of the classes: a verdict's bar is made of them."""
    from catdog_gui.look.theme import DARK, LIGHT

    wanted = {tuple(bytes.fromhex(colour[1:])) for look in (LIGHT, DARK) for colour in look.classes}
    colours = Image.open(picture).convert("RGB").getcolors(maxcolors=1_000_000)
    assert colours is not None
    return sum(count for count, colour in colours if colour in wanted)


def wait_for(condition: object, what: str, *, seconds: float = 90) -> list[str]:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer if isinstance(answer, list) else []
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come")


def test_the_portable_archive_works_from_a_users_folder(bare: Bare, archive: Path, display: str) -> None:
    folder = bare.root / "home/alice/Übung 1"
    folder.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", folder, "--strip-components=1"], check=True)
    subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    done = bare.run("/home/alice/Übung 1/catdog", "--smoke", user="alice", display=display)
    assert done.returncode == 0, done.stderr
    assert "everything works" in done.stderr
    shutil.rmtree(folder)


def test_what_the_system_shows_of_it_is_there(bare: Bare) -> None:
    share = bare.root / "usr/share"
    for name in ("applications/catdog.desktop", "man/man1/catdog-cli.1.gz", "doc/catdog/copyright",
                 "icons/hicolor/256x256/apps/catdog.png"):  # fmt: skip
        assert (share / name).is_file(), name
    assert len(list((share / "metainfo").glob("*.metainfo.xml"))) == 1
    owners = {(file.stat().st_uid, file.stat().st_gid) for file in (bare.root / "opt/catdog").rglob("*")}
    assert owners == {(0, 0)}


def test_removing_leaves_only_what_the_user_made(bare: Bare, learnt: dict[str, set[str]]) -> None:
    done = bare.run("apt-get", "purge", "-y", "catdog", network=True)
    assert done.returncode == 0, done.stderr
    left = {path for path in bare.files() if "catdog" in path.lower()}
    assert not left
    assert not (bare.root / "opt/catdog").exists()
    assert list((bare.root / "home/bob").glob("Mein*/runs/*/model.safetensors"))
