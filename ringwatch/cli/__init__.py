"""The command line: one file a command."""

from ringwatch.cli.app import main

__all__ = ["main"]
