"""Shapes of what a dictionary holds that a program is given, from its documentation: ``Wf -- weights, of shape (n_a, n_a + n_x)``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from tutor.code.guess_shapes import Sizes, read_documented

_DIGITS = re.compile(r"[(,]\s*(?:[2-9]|\d\d+)\s*[,)]")
"""Sizes of an example, (20, 2): they hold for that alone."""


def find_entry(trees: Iterable[ast.AST], key: str, sizes: Sizes) -> tuple[int, ...] | None:
    r'''The shape of an entry, where all documentation that says one says the same, and says it in letters.

    >>> text = 'def f(p):\n    """p: dictionary with\n    W -- weights of shape (n_a, n_x)\n    V -- weights of shape (20, 2)"""'
    >>> sizes = Sizes()
    >>> find_entry([ast.parse(text)], "W", sizes) == (sizes.find("n_a"), sizes.find("n_x")), find_entry([ast.parse(text)], "V", sizes)
    (True, None)
    '''
    if not re.fullmatch(r"\w{1,30}", key):
        return None
    named = re.compile(rf"^\W*{key}\s*(--|:|-|\()")
    found: set[tuple[int, ...]] = set()
    for tree in trees:
        for node in ast.walk(tree):
            said = (ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef) else ""
            for line in said.split("\n") if key in said else ():
                if named.match(line) and not _DIGITS.search(line):
                    shape = read_documented(line, sizes).get(key)
                    found |= {shape} if shape and max(shape) > 1 else set()  # (1, 1) is said in no letters
    return found.pop() if len(found) == 1 else None
