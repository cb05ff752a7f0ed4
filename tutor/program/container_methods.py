"""The methods of a program's lists, dictionaries and texts: hs.append(h), params.items(), kind.lower()."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tutor.errors import tell
from tutor.program.expression_reader import OF_MODULES
from tutor.program.operand_reader import LONGEST
from tutor.program.program_values import is_whole


def call_container(reader: Any, of: Any, word: str, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
    """A method of a list, a dictionary or a text."""
    if isinstance(of, list) and word in ("append", "extend", "pop", "insert", "reverse", "copy", "index"):
        if word in ("append", "extend") and len(values) == 1 and len(of) < LONGEST:
            owner = node.func.value if isinstance(node.func, ast.Attribute) else node
            one = reader.name_entry(owner, len(of), values[0]) if word == "append" else None
            of.extend([one] if word == "append" else list(reader.list_rounds(values[0], node)))
            return None
        if word == "insert" and len(values) == 2 and is_whole(values[0]) and len(of) < LONGEST:
            return of.insert(values[0], values[1])
        if word == "copy" or (word == "reverse" and not values):
            return list(of) if word == "copy" else of.reverse()
        if word == "pop" and of and all(is_whole(value) and -len(of) <= value < len(of) for value in values):
            return of.pop(*values[:1])
        raise reader.source.refuse(node, tell("the method {word} is not read", word=word))
    if isinstance(of, dict) and word in ("items", "values", "keys", "get", "update", "setdefault", "pop", "copy"):
        if word in ("get", "setdefault", "pop"):
            if not values or not isinstance(values[0], str | int | tuple):
                return None
            usual = values[1] if len(values) > 1 else None
            return of.setdefault(values[0], usual) if word == "setdefault" else (of.get if word == "get" else of.pop)(values[0], usual)
        if word == "update":
            of.update(values[0] if values and isinstance(values[0], dict) else named)
            return None
        return {"items": list(of.items()), "values": list(of.values()), "keys": list(of), "copy": dict(of)}.get(word)
    if isinstance(of, str):
        return _call_text(of, word, values)
    if isinstance(of, list) and word in OF_MODULES:
        return of
    return reader.call_known_word(word, node, [of, *values], named)


def _call_text(of: str, word: str, values: Sequence[Any]) -> Any:
    """A method of a text: 'W{}'.format(1), kind.lower()."""
    if word == "format" and all(isinstance(value, str | int) for value in values) and re.fullmatch(r"([^{}]|[{][0-9]{0,2}[}])*", of):
        given = iter(values)
        numbered = re.search(r"[{][0-9]", of)
        try:
            return re.sub(r"[{]([0-9]*)[}]", lambda m: str(values[int(m[1])] if numbered else next(given)), of)[:LONGEST]
        except (IndexError, StopIteration):
            return ""
    if word in ("lower", "upper", "strip", "title") and not values:
        return getattr(of, word)()
    if word in ("startswith", "endswith", "split", "replace") and values and all(isinstance(value, str) for value in values):
        return getattr(of, word)(*values) if len(of) <= LONGEST and word != "replace" else of
    return ""
