"""Two windows on one settings file: nothing that either of them kept is lost, and the file is whole at any moment."""

import subprocess
import sys
from pathlib import Path

from catdog_gui.state.settings import Settings

# Keeps notes of its own, one after another, as soon as it is told to.
KEEP = """
import sys
from pathlib import Path
from catdog_gui.state.settings import Settings
settings = Settings(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    settings.set_note(f"{sys.argv[2]}-{number}", "kept" * 50)
    settings.sync()
"""


def test_two_processes_may_keep_settings_in_one_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config" / "catdog.ini"
    before = Settings(file)
    before.theme = "dark"
    before.sync()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    both = [
        subprocess.Popen([sys.executable, "-c", KEEP, str(file), name], text=True, **pipes) for name in ("one", "two")
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    looks = 0
    while any(process.poll() is None for process in both):
        assert Settings(file).theme == "dark"
        looks += 1
    assert looks
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    found = Settings(file)
    assert found.theme == "dark"
    lost = [f"{name}-{n}" for name in ("one", "two") for n in range(40) if found.note(f"{name}-{n}") != "kept" * 50]
    assert lost == []
    assert [path.name for path in file.parent.iterdir()] == ["catdog.ini"]
