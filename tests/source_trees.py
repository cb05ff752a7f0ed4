"""The product's source as trees, parsed once for all tests that read it."""

import ast
from pathlib import Path

import tutor

ROOT = Path(tutor.__file__).parent
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}
"""By the file's path in the package; nobody changes them."""
