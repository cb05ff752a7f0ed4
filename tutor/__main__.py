"""``python -m tutor`` is the command ``tutor``."""

from tutor.cli import main

main()
