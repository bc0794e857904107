"""The command line: `python -m trainer`, installed as `catdog-cli`."""

from trainer.cli.app import main

__all__ = ["main"]
