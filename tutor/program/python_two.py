"""Programs of Python 2, as many solutions of older courses are: what Python 3 does not read of them, left out at its place.

Lines and columns stay where they are, so that what is said of the program fits what its author sees.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

from tutor.late_patterns import compile_late

_OLD = compile_late(
    r"(?m)(?:^|[:;])[ \t]*print\b(?![ \t]*[(=.,)\]])[^\n]|\bexcept[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:|^[ \t]*raise[ \t]+[\w.]+[ \t]*,|<>"
)
_OPENING, _CLOSING = "([{", ")]}"


def leave_out_old(text: str) -> str:
    """A program without what only Python 2 has: ``print x``, ``raise E, "why"``, the name in ``except E, e``.

    A text without them comes back as it is; so does one that cannot be taken apart into words.

    >>> print(leave_out_old('for i in r:\\n    print "loss %d" % i\\n    x <> 2'))
    for i in r:
        pass
        x != 2
    """
    if _OLD.search(text) is None:
        return text
    rows = [list(line) for line in text.split("\n")]
    try:
        for (first, start), (last, end), instead in _find_old(text):
            for number in range(first - 1, last):
                row = rows[number]
                begin, stop = start if number == first - 1 else 0, end if number == last - 1 else len(row)
                row[begin:stop] = " " * (stop - begin)
            rows[first - 1][start : start + len(instead)] = instead
    except (tokenize.TokenError, SyntaxError):
        return text
    return "\n".join("".join(row).rstrip() if "".join(row).isspace() else "".join(row).rstrip(" ") for row in rows)


_OLD_NAMES = frozenset({"xrange", "raw_input", "unicode", "unichr", "basestring"})
_OLD_METHODS = frozenset({"iteritems", "itervalues", "iterkeys", "has_key"})
"""Methods of dictionaries that Python 3 does not have."""


def names_old(tree: ast.Module) -> bool:
    r"""Whether a program that Python 3 reads as well takes a name that only Python 2 has, and neither makes nor imports it.

    >>> names_old(ast.parse("for i in xrange(3): pass")), names_old(ast.parse("from past.builtins import xrange\nxrange(3)"))
    (True, False)
    >>> names_old(ast.parse("for k, v in params.iteritems(): pass"))
    True
    """
    used, made = set[str](), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in _OLD_METHODS:
            return True
        elif isinstance(node, ast.alias):
            made.add(node.asname or node.name)
    return bool(used & _OLD_NAMES - made)


def _find_old(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """Where something of Python 2 stands: its begin and end as line and column, and what stands there instead."""
    words = [word for word in tokenize.generate_tokens(io.StringIO(text).readline) if word.type not in (tokenize.COMMENT, tokenize.NL)]
    begins, depth = True, 0
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else word
        if word.string == "<>" or (word.string == "<" and following.string == ">" and following.start == word.end):
            yield word.start, following.end if word.string == "<" else word.end, "!="
        elif begins and word.string == "print" and following.string not in ("(", "=", ".", "[") and following.type != tokenize.NEWLINE:
            yield word.start, _find_end(words, place), "pass"
        elif begins and word.string in ("except", "raise"):
            stop = _find_end(words, place)
            comma = next((one for one in words[place : place + 12] if one.start < stop and one.string == ","), None)
            opened = any(one.string in _OPENING for one in words[place : place + 12] if comma is not None and one.start < comma.start)
            if comma is not None and not opened:
                end = stop if word.string == "raise" else words[words.index(comma) + 1].end
                yield comma.start, end, ""
        if word.string and word.string in _OPENING:
            depth += 1
        elif word.string and word.string in _CLOSING:
            depth -= 1
        begins = word.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT) or (depth == 0 and word.string in (":", ";"))


def _find_end(words: list[tokenize.TokenInfo], place: int) -> tuple[int, int]:
    depth = 0
    for number in range(place, len(words)):
        word = words[number]
        depth += (word.string in _OPENING and bool(word.string)) - (word.string in _CLOSING and bool(word.string))
        if word.type in (tokenize.NEWLINE, tokenize.ENDMARKER) or (depth == 0 and word.string == ";"):
            return words[number - 1].end
    return words[-1].end
