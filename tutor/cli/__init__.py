"""The command line: the only room that touches files, processes and the terminal.  Everything heavy is imported on use."""

from tutor.cli.app import main

__all__ = ["main"]
