"""A display for the window: the one there is, or one of Xvfb's that nobody sees."""

import os
import shutil
import sys


def in_display(command: list[str]) -> list[str]:
    """Return the command as it has to be started where there is no display."""
    xvfb = shutil.which("xvfb-run")
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and xvfb:
        return [xvfb, "-a", "-s", "-screen 0 1280x900x24", *command]
    return command


def ensure(module: str) -> None:
    """Start this program again under Xvfb where there is no display, so that all its children share one."""
    command = in_display([sys.executable, "-m", module, *sys.argv[1:]])
    if command[0] != sys.executable:
        os.execv(command[0], command)


def environment() -> dict[str, str]:
    """Return what a window needs in its environment where there is no display at all."""
    has_none = sys.platform == "linux" and not os.environ.get("DISPLAY")
    return {"QT_QPA_PLATFORM": "offscreen"} if has_none else {}
