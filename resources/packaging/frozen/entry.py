"""Where the packaged program begins, under both its names: `catdog` is the window, `catdog-cli` the command line.

One program under two names, because each program file carries all of the compiled Python modules.
"""

import os
import sys
from pathlib import Path


def main() -> int:
    """Run what the name asks for."""
    if "--multiprocessing-fork" in sys.argv:  # asked here first: the module takes some of the time to the first paint
        from multiprocessing import freeze_support  # noqa: PLC0415

        freeze_support()
    _leave_others_their_libraries()
    if Path(sys.argv[0]).stem.lower() == "catdog-cli":
        from trainer.cli import main as command_line  # noqa: PLC0415 - brings no Qt along

        command_line()
        return 0
    from catdog_gui.start.app import main as window  # noqa: PLC0415 - see above

    return window()


def _leave_others_their_libraries() -> None:
    """Undo what the start set for this process alone: programs that it starts, such as a browser, bring their own."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    if sys.platform == "darwin":  # the bundled OpenSSL looks for certificates where the build machine had them
        os.environ.setdefault("SSL_CERT_FILE", "/etc/ssl/cert.pem")


if __name__ == "__main__":
    sys.exit(main())
