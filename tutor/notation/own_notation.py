"""A notation of one's own, read from a TOML file as those of the courses, with every fault at once.

What may stand in it is a table; patterns are filled in with places of a network only (``{l}``, ``{j}`` …), so that no text of a file can
reach anything else, and what comes out has to be in the closed part of LaTeX that `tutor.notation.symbol` reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from string import Formatter
from typing import Any

from tutor.errors import Problems, TutorError, hint_near
from tutor.notation.symbol import read_symbol
from tutor.text import make_visible

PLACES: Mapping[str, Any] = {
    "l": 2, "p": 1, "j": 1, "i": 2, "n": 5, "l0": 1, "j0": 0, "i0": 1, "L": "L", "M": "L-1", "c": ",",
    "o": 1, "o0": 0, "h": 2, "h0": 1, "k": ",",
}  # fmt: skip
"""What a pattern may name, with an example of each: layers (``l``, ``p``, ``L``), neurons (``j``, ``i``, from 0: ``j0``), a number.

``o`` and ``o0`` are an output's number, nothing where there is only one; ``h`` and ``h0`` a hidden layer, and ``k`` the comma behind it,
nothing where there is only one.
"""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "factors": ("dot", "cross", "none"), "numbers": ("dot", "cross", "none"), "indicator": ("brackets", "cases"),
    "chain": ("full", "reuse"), "update": ("arrow", "next", "index", "prime"), "affine": ("plain", "transposed"),
    "vectors": ("plain", "bold", "arrow"), "matrices": ("plain", "bold"), "time": ("index", "angle", "raised"),
}  # fmt: skip
ROLES = (
    "total", "input", "weight", "bias", "shared_bias", "sum", "activation", "output", "target", "loss", "delta", "one", "unit", "units",
)  # fmt: skip
TABLES: Mapping[str, tuple[str, ...]] = {"functions": (), "roles": ROLES, "arrays": ROLES, "text": ROLES}
"""The tables, and the keys of each; any name of a function."""
_PLAIN_FILE = re.compile(r"[^\W.][\w .+-]{0,99}\.toml")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")


class OwnNotation(str):
    """The name of a notation file that an exercise brought along, with the ``text`` of the file.

    It stands where the name of a course stands, goes to other processes with the exercise, and is no other file of the same name.

    >>> OwnNotation("my.toml", 'rate = "gamma"') == "my.toml"
    False
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, name: str, text: str) -> OwnNotation:
        """A name with what stands in its file."""
        made = super().__new__(cls, name)
        made.text = text
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnNotation) and str(self) == str(other) and self.text == other.text

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __reduce__(self) -> tuple[type[OwnNotation], tuple[str, str]]:
        return OwnNotation, (str(self), self.text)

    def __str__(self) -> str:
        return self[:]


def is_plain_file(name: str) -> bool:
    """Whether a name is that of a TOML file in the same folder: no path, nothing hidden.

    >>> [is_plain_file(name) for name in ("my.toml", "../my.toml", "/etc/my.toml", "sub/my.toml", ".toml", "c:my.toml")]
    [True, False, False, False, False, False]
    """
    return _PLAIN_FILE.fullmatch(name) is not None


def check_own_notation(raw: Mapping[str, Any], where: str, known: Collection[str], text: str = "") -> Mapping[str, Any]:
    """What a file says of a notation, checked; ``known`` are the names of notations that it may extend, ``text`` is that of the file.

    Raises `Problems` with every fault of the file, and its line where the text is given.

    >>> check_own_notation({"rate": "gamma"}, "my.toml", ["plain"])
    {'extends': 'plain', 'rate': 'gamma'}
    """
    problems = [problem.put_at(line) if (line := name_line(problem.where, text)) else problem for problem in _list_faults(raw, known)]
    if problems:
        raise Problems(problems, where=make_visible(where, 120))
    return {"extends": "plain", **raw}


_HEAD = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_ENTRY = re.compile(r"""\s*["']?([\w (),-]*[\w)-])["']?(?:\s*\.\s*["']?([\w -]*[\w-])["']?)?\s*=""")


def name_line(place: str, text: str) -> str:
    """The line where a key stands in a TOML file, in words; nothing where that is not seen.

    >>> name_line("functions.swish", 'title = "t"\\n[functions]\\nswish = "z*sigmoid(z)"')
    'line 3'
    """
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = head[1]
            found.setdefault(table, number)
        elif entry := _ENTRY.match(line):
            found.setdefault(".".join(part for part in (table, *entry.groups()) if part), number)
    number = found.get(place) or found.get(place.partition(".")[0], 0)
    return f"line {number}" if number else ""


def _list_faults(raw: Mapping[str, Any], known: Collection[str]) -> Iterator[TutorError]:
    for key, value in raw.items():
        if key in TABLES:
            yield from _list_table_faults(key, value)
            continue
        check = _CHECKS.get(key) or (_check_choice if key in CHOICES else None)
        if check is None:
            everything = (*TABLES, *CHOICES, *_CHECKS)
            hint = hint_near(key, everything) or ", ".join(everything)
            yield TutorError(f"there is no key {make_visible(key, 60)}", where=make_visible(key, 60), hint=hint)
        elif problem := check(key, value, known):
            yield problem


def _check_choice(key: str, value: Any, _: object) -> TutorError | None:
    if value in CHOICES[key]:
        return None
    return TutorError(f"{make_visible(str(value), 60)} is no {key}", where=key, hint=f"one of {', '.join(CHOICES[key])}")


def _check_text(key: str, value: Any, _: object) -> TutorError | None:
    good = isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()
    return None if good else TutorError("a short text belongs here", where=key)


def _check_rate(key: str, value: Any, _: object) -> TutorError | None:
    good = isinstance(value, str) and _NAME.fullmatch(value)
    return None if good else TutorError("the name of the step size belongs here", where=key, hint='rate = "eta"')


def _check_digits(key: str, value: Any, _: object) -> TutorError | None:
    good = type(value) is int and 2 <= value <= 15
    return None if good else TutorError("how many digits are shown", where=key, hint="2 to 15")


def _check_base(key: str, value: Any, known: Any) -> TutorError | None:
    if isinstance(value, str) and value in known:
        return None
    return TutorError(f"there is no notation {make_visible(str(value), 60)} to extend", where=key, hint=f"one of {', '.join(known)}")


_CHECKS: Mapping[str, Callable[[str, Any, Any], TutorError | None]] = {
    "extends": _check_base, "title": _check_text, "rate": _check_rate, "digits": _check_digits,
}  # fmt: skip


def _list_table_faults(table: str, entries: Any) -> Iterator[TutorError]:
    if not isinstance(entries, dict):
        yield TutorError("a table belongs here", where=table, hint=f"[{table}]")
        return
    for key, pattern in entries.items():
        place = f"{table}.{make_visible(key, 60)}"
        if TABLES[table] and key not in TABLES[table]:
            hint = hint_near(key, ROLES) or ", ".join(ROLES)
            yield TutorError(f"there is no {make_visible(key, 60)} in a network", where=place, hint=hint)
        elif not _NAME.fullmatch(key):
            yield TutorError("no function is called so", where=place, hint="such as sigmoid = '\\sigma'")
        elif not isinstance(pattern, str) or len(pattern) > 200:
            yield TutorError("a short piece of LaTeX belongs here", where=place, hint=r"such as 'w_{{{j}{i}}}^{{({l})}}'")
        else:
            try:
                read_symbol(pattern if table == "functions" else fill_pattern(pattern, PLACES))
            except TutorError as error:
                yield error.put_at(place)


def fill_pattern(pattern: str, places: Mapping[str, Any]) -> str:
    """A pattern with its places filled in; nothing but these can be named in it.

    Raises `TutorError` for another name, and for anything else in braces.

    >>> fill_pattern("w_{{{j}{i}}}^{{({l})}}", PLACES)
    'w_{12}^{(2)}'
    """
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        raise TutorError("a brace is missing", hint=r"{l} is a place; braces of LaTeX are doubled: w_{{{j}}}") from None
    for _, name, spec, conversion in parts:
        if name is not None and (name not in places or spec or conversion):
            hint = f"the places are {', '.join(places)}; braces of LaTeX are doubled"
            raise TutorError(f"there is no place {make_visible(name, 40)}", hint=hint)
    return pattern.format(**places)
