"""Values in the texts of a program: ``"%d of %d" % (i, n)``, ``f"{loss:.4f}"``."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from tutor.code.code_values import NotRead
from tutor.code.library_calls import take_real
from tutor.errors import tell
from tutor.numbers.arrays import np

FIELD = re.compile(r"\w{0,40}")
MOST_FIELDS = 50
PLAIN_SPEC = re.compile(r"[<>^=]?[+ -]?0?\d{0,2},?(\.\d{1,2})?[defgEG%]?")


def take_plain(value: Any) -> Any:
    """A value as Python writes it in a text: a number, a text, or nothing; of anything else its kind, of which no key is made.

    >>> take_plain(2.5), take_plain(np.ones((40, 40)))
    (2.5, 'ndarray')
    """
    value = take_real(value)
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(())[()]
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, int | float | str | None) else type(value).__name__


def write_formatted(value: Any, part: ast.FormattedValue, node: ast.AST) -> str:
    """A value in a text, `{loss:.4f}`.  Raises `NotRead` for one that would be wider than a number is."""
    parts = getattr(part.format_spec, "values", ())
    spec = "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
    if not all(isinstance(one, ast.Constant) for one in parts) or not PLAIN_SPEC.fullmatch(spec):
        raise NotRead(tell("this way to write a number is not read"), node)
    value = take_plain(value)
    return format(value, spec) if spec and isinstance(value, int | float) else str(value)


def fill_fields(text: str, values: Sequence[Any], named: Mapping[str, Any]) -> str:
    """``"W{}".format(2)``: a text with its fields filled.  Raises `NotRead` for a field that would be wider than a number is.

    >>> fill_fields("W{} {name:d}", [2], {"name": 7})
    'W2 7'
    """
    fields = [*Formatter().parse(text)]
    if len(fields) > MOST_FIELDS or any(
        mark or not FIELD.fullmatch(name or "") or not PLAIN_SPEC.fullmatch(spec or "") for _, name, spec, mark in fields
    ):
        raise NotRead(tell("this way to write a number is not read"))
    return text.format(*map(_shorten, values), **{word: _shorten(one) for word, one in named.items()})


def _shorten(value: Any) -> Any:
    plain = take_plain(value)
    return plain[:200] if isinstance(plain, str) else plain
