"""Values in the texts of a program: ``"%d of %d" % (i, n)``, ``f"{loss:.4f}"``."""

from __future__ import annotations

import ast
import re
from typing import Any

from tutor.code.code_values import NotRead
from tutor.code.library_calls import take_real
from tutor.errors import tell
from tutor.numbers.arrays import np

PLAIN_SPEC = re.compile(r"[<>^=]?[+ -]?0?\d{0,2},?(\.\d{1,2})?[defgEG%]?")


def take_plain(value: Any) -> Any:
    """A value as Python writes it in a text: a number, or the beginning of anything else.

    >>> take_plain(2.5), take_plain([1])
    (2.5, '[1]')
    """
    value = take_real(value)
    return (
        value
        if isinstance(value, int | float | str)
        else int(value)
        if isinstance(value, np.integer)
        else str(value)[:50]
    )


def write_formatted(value: Any, part: ast.FormattedValue, node: ast.AST) -> str:
    """A value in a text, `{loss:.4f}`.  Raises `NotRead` for one that would be wider than a number is."""
    parts = getattr(part.format_spec, "values", ())
    spec = "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
    if not all(isinstance(one, ast.Constant) for one in parts) or not PLAIN_SPEC.fullmatch(spec):
        raise NotRead(tell("this way to write a number is not read"), node)
    return format(value, spec) if spec and isinstance(value, int | float | np.number) else str(value)
