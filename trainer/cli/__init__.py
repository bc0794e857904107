"""The command line: `python -m trainer`, installed as `catdog-cli`."""

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from trainer.cli.app import run  # noqa: PLC0415 - so that Ctrl+C is answered during the imports too

        run()
    except KeyboardInterrupt:
        sys.exit(130)
